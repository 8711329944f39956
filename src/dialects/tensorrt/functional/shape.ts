import type { Tensor } from '../../../engine'
import { Tensor as TensorClass } from '../../../engine'
import type { DType } from '../../../engine'
import type { SampleMode } from '../enums'
import { holds } from '../infer/shuffle'
import { LayerType } from '../layer-type'
import { axisOf, constantOf, dataType, layer, rankOf, staticSize, toTensor } from './core'
import type { Type } from './core'

export function castTo(x: Tensor, dtype: DType): Tensor {
  return x.dtype === dtype ? x : layer(LayerType.CAST, [x], { to_type: dataType(dtype) })
}

/**
 * The shape of a tensor, int64, or cast, to int32 within bounds; with `dim` one size, of rank 0: SHAPE, then GATHER and a SHUFFLE.
 * @throws RangeError for a dimension that it does not have
 */
export function shape(
  x: Tensor,
  dim: number | null = null,
  castToDtype: DType | null = null,
  clipBeforeCast: readonly [lower: number, upper: number] | null = null,
): Tensor {
  const whole = layer(LayerType.SHAPE, [x])
  const bounded = clipBeforeCast && castToDtype === 'int32' ? clipped(whole, ...clipBeforeCast) : whole
  const typed = castToDtype ? castTo(bounded, castToDtype) : whole
  if (dim === null) return typed
  return view(gather(typed, 0, axisOf(dim, rankOf(x))), [])
}

/** The upper bound first. @throws RangeError where the bounds are the wrong way round */
export function clipped(x: Tensor, lower: number, upper: number): Tensor {
  if (lower > upper) throw new RangeError(`the lower bound ${lower} is above the upper, ${upper}`)
  const bound = (n: number): Tensor => expandDimsLike(toTensor(n, x.dtype), x)
  const below = layer(LayerType.ELEMENTWISE, [x, bound(upper)], { op: 'MIN' })
  return layer(LayerType.ELEMENTWISE, [below, bound(lower)], { op: 'MAX' })
}

/** GATHER by elements: indices of the same rank, or a number, which becomes a CONSTANT [1]. */
export function gather(x: Tensor, dim: number, indices: Tensor | number): Tensor {
  const at = typeof indices === 'number' ? constantOf('int32', [indices]) : indices
  if (rankOf(x) !== rankOf(at)) throw new RangeError(`gather takes indices of rank ${x.rank}, not ${at.rank}`)
  return layer(LayerType.GATHER, [x, at], { mode: 'ELEMENT', axis: axisOf(dim, rankOf(x)) })
}

/**
 * SHUFFLE that gives `x` another shape of the same size, of numbers or an integer tensor. A 0 stands for the size of `x` at that
 * place, unless `zeroIsPlaceholder` is false, and one -1 for what is left.
 * @throws RangeError where the sizes do not fit, or there is more than one -1
 */
export function view(x: Tensor, sizes: readonly number[] | Tensor, zeroIsPlaceholder = true): Tensor {
  const flag = zeroIsPlaceholder ? {} : { zero_is_placeholder: false }
  if (sizes instanceof TensorClass) return layer(LayerType.SHUFFLE, [x, sizes], flag)
  const refuse = (): never => {
    throw new RangeError(`cannot view ${x} as [${sizes.join(',')}]`)
  }
  if (sizes.filter((d) => d === -1).length > 1 || sizes.some((d) => d < -1 || !Number.isInteger(d))) refuse()
  if (!holds(x.shape, sizes, zeroIsPlaceholder)) refuse()
  return layer(LayerType.SHUFFLE, [x], { reshape_dims: sizes, ...flag })
}

/** SHUFFLE by its second transposition. */
export function permute(x: Tensor, dims: readonly number[]): Tensor {
  return layer(LayerType.SHUFFLE, [x], { second_transpose: dims.map((d) => axisOf(d, rankOf(x))) })
}

export function transpose(x: Tensor, dim0: number, dim1: number): Tensor {
  const rank = rankOf(x)
  const [a, b] = [axisOf(dim0, rank), axisOf(dim1, rank)]
  return permute(
    x,
    Array.from({ length: rank }, (_, i) => (i === a ? b : i === b ? a : i)),
  )
}

/** Dimensions from the first to the last become one. Sizes outside may be open where there is one at most. */
export function flatten(x: Tensor, startDim = 0, endDim = -1): Tensor {
  const rank = rankOf(x)
  const [start, end] = [axisOf(startDim, rank), axisOf(endDim, rank)]
  const sizes = x.shape!
  const inner = sizes.slice(start, end + 1)
  const flat = inner.every((d) => typeof d === 'number') ? inner.reduce<number>((n, d) => n * Number(d), 1) : -1
  const outer = (from: number, to: number): number[] =>
    sizes.slice(from, to).map((d, i) => (typeof d === 'number' ? d : from + i < start ? 0 : -1))
  return view(x, [...outer(0, start), flat, ...outer(end + 1, rank)])
}

/** New dimensions of 1 at these places: the sizes there are are gathered one by one, and joined with the ones. */
export function expandDims(x: Tensor, dim: number | readonly number[], shapeCastDtype: DType | null = null): Tensor {
  const dims = typeof dim === 'number' ? [dim] : dim
  const sizes = shape(x, null, shapeCastDtype)
  const out: (Tensor | number)[] = []
  for (let i = 0, j = 0; i < rankOf(x) + dims.length; i++) out.push(dims.includes(i) ? 1 : gather(sizes, 0, j++))
  return view(x, concat(out), false)
}

export const unsqueeze = (x: Tensor, axis: number): Tensor => expandDims(x, axis < 0 ? axis + rankOf(x) + 1 : axis)

/** Takes out dimensions that are 1, among `dim` where it is given. */
export function squeeze(x: Tensor, dim: number | readonly number[] | null = null, zeroIsPlaceholder = false): Tensor {
  const rank = rankOf(x)
  const among = dim === null ? x.shape!.map((_, i) => i) : [dim].flat().map((d) => axisOf(d, rank))
  const kept = x.shape!.flatMap((d, i) => (d === 1 && among.includes(i) ? [] : [shape(x, i)]))
  return view(x, kept.length > 0 ? concat(kept) : [], zeroIsPlaceholder)
}

/** A whole number becomes an int64, any other of the type of what it is brought to the rank of. */
export function expandDimsLike(left: Tensor | number, right: Tensor): Tensor {
  const own = typeof left === 'number' && Number.isInteger(left) ? 'int64' : right.dtype
  const x = toTensor(left, own)
  const missing = rankOf(right) - rankOf(x)
  return missing > 0 ? expandDims(x, [...new Array(missing).keys()]) : x
}

/** CONCATENATION; numbers become CONSTANTs, scalars of rank 0 get a dimension, and beside int64 all are int64. */
export function concat(inputs: readonly (Tensor | number)[], dim = 0): Tensor {
  if (inputs.length === 0) throw new RangeError('there is nothing to concatenate')
  const isLong = inputs.some((t) => (typeof t === 'number' ? Math.abs(t) >= 2 ** 31 : t.dtype === 'int64'))
  const tensors = inputs.map((t) => {
    if (typeof t === 'number') return toTensor(t, isLong ? 'int64' : null)
    return t
  })
  const wide = tensors.map((t) => (rankOf(t) === 0 ? view(t, [1]) : t))
  const same = isLong ? wide.map((t) => (t.dtype === 'int32' ? castTo(t, 'int64') : t)) : wide
  return layer(LayerType.CONCATENATION, same, { axis: axisOf(dim, rankOf(same[0]!)) })
}

export const stack = (inputs: readonly Tensor[], dim = 0): Tensor =>
  concat(
    inputs.map((t) => unsqueeze(t, dim)),
    dim,
  )

type Sizes = readonly number[] | Tensor

/** SLICE by starts and sizes (not ends), each of numbers or an integer tensor. @param type of the result, where the caller knows it */
export function slice(
  x: Tensor,
  starts: Sizes,
  sizes: Sizes,
  strides: Sizes | null = null,
  mode: SampleMode | null = null,
  fillValue: number | Tensor | null = null,
  type?: Type,
): Tensor {
  const operand = (v: Sizes | null): Tensor | null => (v instanceof TensorClass ? v : null)
  const list = (v: Sizes | null): readonly number[] | null => (v instanceof TensorClass ? null : v)
  const fill = typeof fillValue === 'number' ? constantOf(x.dtype ?? 'float32', [fillValue], []) : fillValue
  const inputs = [x, operand(starts), operand(sizes), operand(strides), mode === 'FILL' ? fill : null]
  while (inputs.at(-1) === null) inputs.pop()
  const [start, wanted] = [list(starts), list(sizes)]
  const stride = strides === null ? new Array<number>(rankOf(x)).fill(1) : list(strides)
  const attributes = {
    ...(start && { start }),
    ...(wanted && { shape: wanted }),
    ...(stride && { stride }),
    ...(mode && { mode }),
  }
  return layer(LayerType.SLICE, inputs, attributes, type && { type })
}

/** Reverses dimensions. @throws RangeError where a size is not known */
export function flip(x: Tensor, dims: readonly number[]): Tensor {
  const rank = rankOf(x)
  const turned = new Set(dims.map((d) => axisOf(d, rank)))
  const sizes = x.shape!.map((_, i) => staticSize(x, i))
  return slice(
    x,
    sizes.map((n, i) => (turned.has(i) ? n - 1 : 0)),
    sizes,
    sizes.map((_, i) => (turned.has(i) ? -1 : 1)),
  )
}

/**
 * Parts of `splitSize`, or of the sizes that a list gives, along one dimension, whose size has to be known.
 * @throws RangeError where the sizes do not add up
 */
export function split(x: Tensor, splitSizeOrSections: number | readonly number[], dim = 0): Tensor[] {
  const rank = rankOf(x)
  const axis = axisOf(dim, rank)
  const size = staticSize(x, axis)
  const sections = sectionsOf(size, splitSizeOrSections)
  const long = (n: number): Tensor => constantOf('int64', [n])
  const starts = Array.from({ length: rank }, () => long(0))
  const sizes = Array.from({ length: rank }, (_, i) => shape(x, i))
  const isEqual = typeof splitSizeOrSections === 'number'
  if (isEqual) sizes[axis] = long(splitSizeOrSections)
  return sections.map((n, i) => {
    // Where a list says the sizes, each start is the one before with what was taken there.
    if (isEqual) starts[axis] = long(n * i)
    else if (i > 0) starts[axis] = layer(LayerType.ELEMENTWISE, [starts[axis]!, sizes[axis]!], { op: 'SUM' })
    if (!isEqual) sizes[axis] = long(n)
    const part = { dtype: x.dtype, shape: x.shape!.map((d, k) => (k === axis ? n : d)) }
    return slice(x, concat(starts), concat(sizes), null, null, null, part)
  })
}

function sectionsOf(size: number, wanted: number | readonly number[]): readonly number[] {
  if (typeof wanted !== 'number') {
    if (wanted.reduce((a, b) => a + b, 0) !== size)
      throw new RangeError(`[${wanted.join(',')}] are not the ${size} there are`)
    return wanted
  }
  if (!(wanted > 0) || size % wanted !== 0) throw new RangeError(`${size} is not split into parts of ${wanted}`)
  return new Array<number>(size / wanted).fill(wanted)
}

export function chunk(x: Tensor, chunks: number, dim = 0): Tensor[] {
  const size = staticSize(x, dim)
  if (size % chunks !== 0) throw new RangeError(`${size} is not split into ${chunks} parts`)
  return split(x, size / chunks, dim)
}

/** All slices along a dimension, without it: by one view each, or where several sizes are not known by squeezing. */
export const unbind = (x: Tensor, dim = 0): Tensor[] => {
  const axis = axisOf(dim, rankOf(x))
  const left = x.shape!.filter((_, i) => i !== axis)
  const sizes = left.map((d) => (typeof d === 'number' ? d : -1))
  const isOpen = left.filter((d) => typeof d !== 'number').length > 1
  return split(x, 1, axis).map((part) => (isOpen ? squeeze(part, axis) : view(part, sizes)))
}

import type { DType, Shape, Tensor } from '../../../engine'
import { Tensor as TensorClass } from '../../../engine'
import { addDims } from '../../onnx'
import { LayerType } from '../layer-type'
import { axisOf, constantOf, dataType, layer, layers, rankOf, staticSize, toTensor } from './core'
import { add, broadcastHelper, cast, minimum, mul, sub } from './elementwise'
import { castTo, chunk, concat, expandDims, flatten, permute, shape, slice, view } from './shape'

/** Reads dimensions of 1 again and again, by a stride of 0 there: a SLICE whose strides are min(size − 1, 1). */
export function expand(x: Tensor, expandShape: Tensor): Tensor {
  const rank = rankOf(x)
  const strides = concat(Array.from({ length: rank }, (_, i) => minimum(sub(shape(x, i), 1), 1)))
  return slice(x, new Array<number>(rank).fill(0), expandShape, strides)
}

/** One slice along a dimension, which goes. */
export function select(x: Tensor, dim: number, index: number | Tensor): Tensor {
  const at = index instanceof TensorClass ? index : constantOf('int32', [index])
  const axis = axisOf(dim, rankOf(x))
  const kept = x.shape!.flatMap((_, i) => (i === axis ? [] : [shape(x, i)]))
  const found = layer(LayerType.GATHER, [x, at], { axis })
  return view(found, kept.length > 0 ? concat(kept) : [])
}

/** Slices along a dimension, by an index of rank 1. */
export function indexSelect(x: Tensor, dim: number, index: Tensor): Tensor {
  const axis = axisOf(dim, rankOf(x))
  const sizes = x.shape!.map((_, i) => (i === axis ? shape(index, 0) : shape(x, i)))
  return view(layer(LayerType.GATHER, [x, index], { axis }), concat(sizes))
}

export const gatherNd = (x: Tensor, indices: Tensor, batchDims = 1): Tensor =>
  layer(LayerType.GATHER, [x, indices], { mode: 'ND', ...(batchDims !== 0 && { num_elementwise_dims: batchDims }) })

export const scatter = (x: Tensor, dim: number, indices: Tensor, updates: Tensor): Tensor =>
  layer(LayerType.SCATTER, [x, indices, updates], { mode: 'ELEMENT', axis: axisOf(dim, rankOf(x)) })

export const scatterNd = (x: Tensor, indices: Tensor, updates: Tensor): Tensor =>
  layer(LayerType.SCATTER, [x, indices, updates], { mode: 'ND' })

export const nonzero = (x: Tensor): Tensor => layer(LayerType.NON_ZERO, [x])

function maskedIndices(x: Tensor, mask: Tensor): [Tensor, Tensor] {
  const [wide, wideMask] = broadcastHelper(x, mask)
  return [wide, permute(nonzero(expand(wideMask, shape(wide))), [1, 0])]
}

/** The elements under a mask, of rank 1. */
export function maskedSelect(x: Tensor, mask: Tensor): Tensor {
  const [wide, indices] = maskedIndices(x, mask)
  return layer(LayerType.GATHER, [wide, indices], { mode: 'ND' })
}

/** Puts the elements of `source`, in order, under a mask. */
export function maskedScatter(x: Tensor, mask: Tensor, source: Tensor): Tensor {
  const [wide, indices] = maskedIndices(x, mask)
  return scatterNd(wide, indices, view(source, [-1]))
}

/** start, start + 1 ... as long as they are below the end: FILL with LINSPACE. */
export function arange(start: Tensor | number, end: Tensor | number, dtype: DType): Tensor {
  const whole = dtype === 'int32' ? 'int32' : 'int64'
  const from = typeof start === 'number' ? constantOf(whole, [start], []) : start
  const to = typeof end === 'number' ? constantOf(whole, [end], []) : end
  const common = from.dtype === to.dtype ? from.dtype : whole
  const [a, b] = common ? [castTo(from, common), castTo(to, common)] : [from, to]
  const step = toTensor(1, a.dtype)
  const count = castTo(view(sub(b, a), [1]), 'int64')
  const known = typeof start === 'number' && typeof end === 'number' ? Math.max(end - start, 0) : null
  const type = { dtype: a.dtype, shape: [known] }
  const filled = layer(LayerType.FILL, [count, a, step], { to_type: dataType(a.dtype ?? 'int64') }, { type })
  return cast(filled, dtype)
}

/** Repeats along each dimension, the last first. */
export function repeat(x: Tensor, sizes: readonly number[]): Tensor {
  let y = x
  for (let k = -1; k >= -sizes.length; k--) y = concat(new Array<Tensor>(sizes.at(k)!).fill(y), k)
  return y
}

/** Repeats each element along a dimension, so often, or as often as a scalar says. */
export function repeatInterleave(x: Tensor, repeats: number | Tensor, dim: number): Tensor {
  const rank = rankOf(x)
  const axis = axisOf(dim, rank)
  const wide = expandDims(x, axis + 1)
  const sizes = Array.from({ length: rank + 1 }, (_, i) => (i === axis + 1 ? repeats : shape(wide, i)))
  const tiled = expand(wide, concat(sizes))
  const flat = Array.from({ length: rank }, (_, i) => shape(x, i))
  flat[axis] = mul(flat[axis]!, repeats)
  return view(tiled, concat(flat))
}

/** The place of the largest element, int32. */
export function argmax(x: Tensor, dim: number, keepdim = false): Tensor {
  const rank = rankOf(x)
  const axis = axisOf(dim, rank)
  const [, indices] = layers(LayerType.TOPK, [x], { op: 'MAX', k: 1, axes: 1 << axis }, 2)
  if (keepdim) return indices!
  const kept = Array.from({ length: rank }, (_, i) => i).filter((i) => i !== axis)
  const at = constantOf('int32', kept)
  return view(indices!, layer(LayerType.GATHER, [shape(indices!), at], { mode: 'ELEMENT', axis: 0 }))
}

/**
 * Pads the last dimensions before and after, the last dimension first: SLICE that fills, from starts and sizes that are worked out of the
 * pads by layers. @throws RangeError where the pads are not pairs of some of the dimensions
 */
export function pad(x: Tensor, pads: readonly number[] | Tensor, mode = 'constant', value = 0): Tensor {
  const rank = rankOf(x)
  if (mode !== 'constant') throw new RangeError(`pad fills with a constant, not by ${mode}`)
  const known = pads instanceof TensorClass ? null : pads
  const flat = pads instanceof TensorClass ? flatten(pads) : pads
  const count = flat instanceof TensorClass ? staticSize(flat, 0) : flat.length
  if (count % 2 !== 0 || count > 2 * rank) throw new RangeError(`pads come in pairs, ${rank} at most`)
  const rows = view(flat instanceof TensorClass ? cast(flat, 'int32') : constantOf('int32', flat), [-1, 2])
  const pairs = concat([constantOf('int32', [0, 0], [1, 2]), rows])
  const padded = count / 2
  const order = Array.from({ length: rank }, (_, i) => (i < rank - padded ? 0 : rank - i))
  const [before, after] = chunk(indexSelect(pairs, 0, constantOf('int32', order)), 2, 1) as [Tensor, Tensor]
  const starts = cast(mul(flatten(before), -1), 'int32')
  const sizes = cast(add(flatten(add(before, after)), shape(x)), 'int32')
  const strides = new Array<number>(rank).fill(1)
  return slice(x, starts, sizes, strides, 'FILL', toTensor(value, x.dtype), {
    dtype: x.dtype,
    shape: paddedShape(x, known),
  })
}

function paddedShape(x: Tensor, pads: readonly number[] | null): Shape {
  return x.shape!.map((d, i) => {
    const at = 2 * (x.shape!.length - 1 - i)
    return pads === null ? null : addDims(d, (pads[at] ?? 0) + (pads[at + 1] ?? 0))
  })
}

import type { Tensor } from '../../../engine'
import { ConstantValue } from '../../../engine'
import type { ReduceOperation } from '../enums'
import { LayerType } from '../layer-type'
import { maskOfAxes } from '../masks'
import { axisOf, constant, constantOf, layer, rankOf, staticSize } from './core'
import { add, cast, clip, div, exp, gelu, log, mul, pow, quickGelu, silu, sqrt, sub } from './elementwise'
import { arange, expand } from './indexing'
import { chunk, concat, expandDims, expandDimsLike, shape, slice, view } from './shape'

type Dims = number | readonly number[]

export function reduce(x: Tensor, op: ReduceOperation, dim: Dims, keepdim = false): Tensor {
  const axes = maskOfAxes([dim].flat().map((d) => axisOf(d, rankOf(x))))
  return layer(LayerType.REDUCE, [x], { op, axes, ...(keepdim && { keep_dims: true }) })
}
export const prod = (x: Tensor, dim: Dims, keepdim = false): Tensor => reduce(x, 'PROD', dim, keepdim)
export const min = (x: Tensor, dim: Dims, keepdim = false): Tensor => reduce(x, 'MIN', dim, keepdim)
export const max = (x: Tensor, dim: Dims, keepdim = false): Tensor => reduce(x, 'MAX', dim, keepdim)
export const mean = (x: Tensor, dim: Dims, keepdim = false): Tensor => reduce(x, 'AVG', dim, keepdim)
export const sum = (x: Tensor, dim: Dims, keepdim = false): Tensor => reduce(x, 'SUM', dim, keepdim)

export function softmax(x: Tensor, dim: number | null = null): Tensor {
  return layer(LayerType.SOFTMAX, [x], { axes: 1 << axisOf(dim ?? -1, rankOf(x)) })
}

export function logSoftmax(x: Tensor, dim: number): Tensor {
  const off = sub(x, max(x, dim, true))
  return sub(off, log(sum(exp(off), dim, true)))
}

/** NORMALIZATION over the last dimensions; weight and bias get its rank. How variances are worked out is a plugin's, there as here. */
export function layerNorm(
  x: Tensor,
  normalizedShape: number | readonly number[],
  weight: Tensor | null = null,
  bias: Tensor | null = null,
  eps = 1e-5,
  _useDiffOfSquares = true,
): Tensor {
  const sizes = typeof normalizedShape === 'number' ? [normalizedShape] : normalizedShape
  const filled = (value: number): Tensor => {
    const count = sizes.reduce((a, b) => a * b, 1)
    return constant(ConstantValue.of(x.dtype ?? 'float32', sizes, new Float32Array(count).fill(value)))
  }
  const [scale, shift] = [expandDimsLike(weight ?? filled(1), x), expandDimsLike(bias ?? filled(0), x)]
  const rank = rankOf(x)
  const axes = maskOfAxes(sizes.map((_, i) => rank - sizes.length + i))
  return layer(LayerType.NORMALIZATION, [x, scale, shift], { axes, epsilon: eps })
}

/** x / √(mean(x²) + ε) · weight, by its layers, in float32. */
export function rmsNorm(
  x: Tensor,
  normalizedShape: number | readonly number[],
  numGroups = 1,
  weight: Tensor | null = null,
  eps = 1e-6,
): Tensor {
  const sizes = typeof normalizedShape === 'number' ? [normalizedShape] : normalizedShape
  const dims = sizes.map((_, i) => -i - 1)
  const grouped = numGroups > 1 ? inGroups(x, numGroups) : { x, shape: null }
  const dtype = grouped.x.dtype ?? 'float32'
  const wide = cast(grouped.x, 'float32')
  const variance = mean(pow(wide, 2), dims, true)
  const y = cast(div(wide, sqrt(add(variance, eps))), dtype)
  const back = grouped.shape ? view(y, grouped.shape) : y
  return weight ? mul(back, weight) : back
}

function inGroups(x: Tensor, groups: number): { x: Tensor; shape: Tensor } {
  const whole = shape(x)
  const channels = staticSize(x, -1)
  return { x: view(x, concat([...sizesOf(x).slice(0, -1), groups, channels / groups])), shape: whole }
}

/** Sizes as a view takes them: -1 where one is not known, as the module has it; where several are not, layers work them out. */
function sizesOf(x: Tensor): (Tensor | number)[] {
  const isOpen = x.shape!.filter((d) => typeof d !== 'number').length > 1
  return x.shape!.map((d, i) => (typeof d === 'number' ? d : isOpen ? shape(x, i) : -1))
}

/** NORMALIZATION of each group of channels, then weight and bias of each channel. */
export function groupNorm(
  x: Tensor,
  numGroups: number,
  weight: Tensor | null = null,
  bias: Tensor | null = null,
  eps = 1e-5,
): Tensor {
  const rank = rankOf(x)
  const channels = staticSize(x, 1)
  const whole = shape(x)
  const sizes = sizesOf(x)
  const groups = view(x, concat([sizes[0]!, numGroups, channels / numGroups, ...sizes.slice(2)]))
  const ones = [1, numGroups, ...new Array<number>(rank - 1).fill(1)]
  const filled = (value: number): Tensor =>
    constant(ConstantValue.of(x.dtype ?? 'float32', ones, new Float32Array(numGroups).fill(value)))
  const axes = maskOfAxes(Array.from({ length: rank - 1 }, (_, i) => i + 2))
  const y = view(layer(LayerType.NORMALIZATION, [groups, filled(1), filled(0)], { axes, epsilon: eps }), whole)
  const each = concat([channels, ...new Array<number>(rank - 2).fill(1)])
  const scaled = weight ? mul(y, view(weight, each)) : y
  return bias ? add(scaled, view(bias, each)) : scaled
}

/** The second half gates the first: silu(gate) · x. */
export function swiglu(x: Tensor): Tensor {
  const [first, gate] = chunk(x, 2, -1)
  return mul(silu(gate!), first!)
}

export function geglu(x: Tensor): Tensor {
  const [a, b] = chunk(x, 2, -1)
  return mul(a!, gelu(b!))
}

/** quickGelu(a) · (b + 1) of the even and the odd elements of the last dimension, both bounded where there is a limit. */
export function gegelu(x: Tensor, limit: number | null = null): Tensor {
  const rank = rankOf(x)
  const last = rank - 1
  const zeros = new Array<number>(rank).fill(0)
  const sizes = concat(zeros.map((_, i) => (i === last ? div(shape(x, i), 2) : shape(x, i))))
  const strides = zeros.map((_, i) => (i === last ? 2 : 1))
  const a = slice(x, zeros, sizes, strides)
  const b = slice(
    x,
    zeros.map((_, i) => (i === last ? 1 : 0)),
    sizes,
    strides,
  )
  const gate = limit === null ? a : clip(a, -1e20, limit)
  const linear = limit === null ? b : clip(b, -limit, limit)
  let one = arange(constantOf('int32', [1], []), constantOf('int32', [2], []), linear.dtype ?? 'float32')
  for (let i = 1; i < rank; i++) one = expandDims(one, 0)
  const ones = expand(one, concat(zeros.map((_, i) => shape(linear, i))))
  return mul(quickGelu(gate), add(linear, ones))
}

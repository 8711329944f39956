import type { Attributes, ConstantValue, Tensor } from '../../../engine'
import { isConstantValue } from '../../../engine'
import { LayerType } from '../layer-type'
import { layer, rankOf, staticSize } from './core'
import { broadcastHelper, cast } from './elementwise'
import { concat, expandDims, squeeze, stack, view } from './shape'

export interface MatmulOptions {
  readonly transa?: boolean
  readonly transb?: boolean
  /** Products of float16 are summed in float32: CASTs before and behind. Default true. */
  readonly useFp32Acc?: boolean
  readonly name?: string
}

/**
 * MATRIX_MULTIPLY of the last two dimensions, those before broadcast.
 * @throws RangeError where a rank is unknown or the shapes do not fit
 */
export function matmul(input: Tensor, mat2: Tensor, options: MatmulOptions = {}): Tensor {
  const { transa = false, transb = false, useFp32Acc = true, name } = options
  const widened = useFp32Acc && input.dtype === 'float16' && mat2.dtype === 'float16'
  const [x, y] = widened ? broadcastHelper(cast(input, 'float32'), cast(mat2, 'float32')) : broadcastHelper(input, mat2)
  refuseSizes(x, y, transa, transb)
  const attributes = { op0: transa ? 'TRANSPOSE' : 'NONE', op1: transb ? 'TRANSPOSE' : 'NONE' }
  const product = layer(LayerType.MATRIX_MULTIPLY, [x, y], attributes, { name })
  if (product.shape === null)
    throw new RangeError(
      `batches of ${x.name} and ${y.name} do not broadcast: [${String(x.shape)}] and [${String(y.shape)}]`,
    )
  return widened ? cast(product, 'float16') : product
}

function refuseSizes(a: Tensor, b: Tensor, transa: boolean, transb: boolean): void {
  const [m, n] = [a.shape!.at(transa ? -2 : -1), b.shape!.at(transb ? -1 : -2)]
  if (typeof m === 'number' && typeof n === 'number' && m !== n)
    throw new RangeError(`cannot multiply ${a} by ${b}: inner sizes ${m} and ${n} differ`)
}

export const einsum = (equation: string, inputs: readonly Tensor[]): Tensor =>
  layer(LayerType.EINSUM, inputs, { equation })
export const outer = (x: Tensor, vec2: Tensor): Tensor => einsum('i,j->ij', [x, vec2])

interface ConvOptions {
  readonly prePadding?: readonly number[]
  readonly postPadding?: readonly number[]
  readonly bias?: Tensor | null
  readonly stride?: readonly number[]
  readonly padding?: readonly number[]
  readonly dilation?: readonly number[]
  readonly groups?: number
}

type ConvOptions3d = Omit<ConvOptions, 'stride' | 'padding' | 'dilation'> &
  Readonly<Partial<Record<'stride' | 'padding' | 'dilation', number | readonly number[]>>>

/** Weights that a CONSTANT layer holds; null for a tensor that is worked out. */
function heldBy(x: Tensor): ConstantValue | null {
  const value = x.parent?.kind === LayerType.CONSTANT ? x.parent.record.attributes['weights'] : null
  return isConstantValue(value) ? value : null
}

function convolution(kind: 'CONVOLUTION' | 'DECONVOLUTION', x: Tensor, weight: Tensor, o: ConvOptions): Tensor {
  const spatial = rankOf(weight) - 2
  const sizes = Array.from({ length: spatial }, (_, i) => staticSize(weight, i + 2))
  const groups = o.groups ?? 1
  const kernel = heldBy(weight)
  const bias = o.bias ? heldBy(o.bias) : null
  const inputs = [x, kernel ? null : weight, o.bias && !bias ? o.bias : null]
  while (inputs.at(-1) === null) inputs.pop()
  const attributes: Attributes = {
    num_output_maps: kind === 'CONVOLUTION' ? staticSize(weight, 0) : staticSize(weight, 1) * groups,
    kernel_size_nd: sizes,
    ...(o.stride && { stride_nd: o.stride }),
    ...(o.padding && { padding_nd: o.padding }),
    ...(o.prePadding && { pre_padding: o.prePadding }),
    ...(o.postPadding && { post_padding: o.postPadding }),
    ...(o.dilation && { dilation_nd: o.dilation }),
    ...(groups !== 1 && { num_groups: groups }),
    ...(kernel && { kernel }),
    ...(bias && { bias }),
  }
  return layer(kind, inputs, attributes)
}

export function conv2d(input: Tensor, weight: Tensor, options: ConvOptions = {}): Tensor {
  const x = rankOf(input) === 3 ? expandDims(input, 0) : input
  const y = convolution('CONVOLUTION', x, weight, options)
  return rankOf(input) === 3 ? withoutBatch(y) : y
}
/** One picture without a batch stays one. */
const withoutBatch = (y: Tensor): Tensor => {
  const sizes = y.shape!.slice(1)
  return sizes.every((d) => typeof d === 'number') ? view(y, concat(sizes)) : squeeze(y, 0)
}
/** A volume without a batch gets one. A number stands for all three dimensions. */
export function conv3d(input: Tensor, weight: Tensor, options: ConvOptions3d = {}): Tensor {
  const x = rankOf(input) === 4 ? expandDims(input, 0) : input
  const { stride, padding, dilation, ...rest } = options
  const each = (v: number | readonly number[]): readonly number[] => (typeof v === 'number' ? [v, v, v] : v)
  return convolution('CONVOLUTION', x, weight, {
    ...rest,
    ...(stride !== undefined && { stride: each(stride) }),
    ...(padding !== undefined && { padding: each(padding) }),
    ...(dilation !== undefined && { dilation: each(dilation) }),
  })
}
/** Dilation and the padding of the result are heard, which the module leaves undone. */
export function convTranspose2d(
  input: Tensor,
  weight: Tensor,
  options: ConvOptions & { readonly outputPadding?: readonly number[] } = {},
): Tensor {
  const { outputPadding, ...rest } = options
  const x = rankOf(input) === 3 ? expandDims(input, 0) : input
  const pads = rest.padding ?? [0, 0]
  const less = pads.map((p, i) => p - (outputPadding?.[i] ?? 0))
  if (less.some((p) => p < 0)) throw new RangeError('the result is padded by more than the operand')
  const { padding: _padding, ...others } = rest
  const own = outputPadding?.some((p) => p !== 0) ? { ...others, prePadding: pads, postPadding: less } : rest
  const y = convolution('DECONVOLUTION', x, weight, own)
  return rankOf(input) === 3 ? withoutBatch(y) : y
}

/** `weight` is [out, in / groups, size, 1]. */
export function conv1d(
  input: Tensor,
  weight: Tensor,
  options: { bias?: Tensor | null; stride?: number; padding?: number; dilation?: number; groups?: number } = {},
): Tensor {
  const { stride = 1, padding = 0, dilation = 1, bias = null, groups = 1 } = options
  const wide = stack([input], rankOf(input))
  const y = convolution('CONVOLUTION', wide, weight, {
    bias,
    groups,
    stride: [stride, 2],
    padding: [padding, 0],
    dilation: [dilation, 2],
  })
  return squeeze(y, -1)
}

/** Padding, rounding up and what counts are heard, which the module leaves undone. */
export function avgPool2d(
  input: Tensor,
  kernelSize: readonly number[],
  options: {
    stride?: readonly number[]
    padding?: readonly number[]
    ceilMode?: boolean
    countIncludePad?: boolean
  } = {},
): Tensor {
  const { stride = kernelSize, padding, ceilMode = false, countIncludePad = true } = options
  const x = rankOf(input) === 3 ? expandDims(input, 0) : input
  const y = layer(LayerType.POOLING, [x], {
    type: 'AVERAGE',
    window_size_nd: kernelSize,
    stride_nd: stride,
    ...(padding && { padding_nd: padding }),
    ...(ceilMode && { padding_mode: 'EXPLICIT_ROUND_UP' }),
    ...(countIncludePad && { average_count_excludes_padding: false }),
  })
  return rankOf(input) === 3 ? withoutBatch(y) : y
}

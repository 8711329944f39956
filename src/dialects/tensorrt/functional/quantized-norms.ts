/** Normalizations whose results are quantized. */
import { ConstantValue } from '../../../engine'
import type { Attributes, DType, Tensor } from '../../../engine'
import { constant, constantOf } from './core'
import { add, cast } from './elementwise'
import { like, plugin, typeId, withLast } from './plugins'
import { FP8_ROWWISE, PER_TOKEN, quantizePerToken, quantizeTensor } from './quantization'
import type { ByPlugin } from './quantization'
import { layerNorm, rmsNorm } from './reduction'

interface QuantizedNorm extends ByPlugin {
  readonly weight?: Tensor | null
  readonly bias?: Tensor | null
  readonly scale?: Tensor | null
  readonly clampVal?: Tensor | null
  readonly eps?: number
  /** A scale for each token, which comes with the result. */
  readonly dynamicActScaling?: boolean
  readonly useDiffOfSquares?: boolean
  readonly scaleDtype?: DType
  readonly sumPerToken?: boolean
  readonly sumDtype?: DType
}

type Sizes = number | readonly number[]
type Norm = (x: Tensor, normalizedShape: Sizes, options?: QuantizedNorm) => Tensor[]
type Quantized = 'int8' | 'float8e4m3fn'

/** Ones, or zeros. */
function filled(x: Tensor, normalizedShape: Sizes, value: number): Tensor {
  const sizes = typeof normalizedShape === 'number' ? [normalizedShape] : normalizedShape
  const count = sizes.reduce((a, b) => a * b, 1)
  return constant(ConstantValue.of(x.dtype ?? 'float32', sizes, new Float32Array(count).fill(value)))
}

/** The fields of each, in their order; the flags are numbers of 32 bits here. */
function normFields(isRms: boolean, x: Tensor, dtype: Quantized, o: QuantizedNorm): Attributes {
  const { eps = 1e-5, dynamicActScaling: dynamic = false, sumPerToken = false, useDiffOfSquares = true } = o
  const types = { type_id: typeId(x.dtype), out_type_id: typeId(dtype) }
  const quant_mode = dtype === 'int8' ? PER_TOKEN : FP8_ROWWISE
  if (!isRms && dtype === 'int8')
    return {
      eps,
      use_diff_of_squares: Number(useDiffOfSquares),
      dyn_act_scaling: Number(dynamic),
      ...types,
      quant_mode,
    }
  const flags = { sum_per_token: Number(sumPerToken), clamp_enabled: o.clampVal ? 1 : 0 }
  return { eps, dyn_act_scaling: Number(dynamic), ...flags, quant_mode, ...types }
}

/** A normalization, then int8 or fp8: by a scale that is given, or one for each token, which comes with the result. */
function quantizedNorm(
  isRms: boolean,
  x: Tensor,
  normalizedShape: Sizes,
  dtype: Quantized,
  o: QuantizedNorm,
): Tensor[] {
  const { dynamicActScaling = false, sumPerToken = false, clampVal = null, scaleDtype = 'float32', sumDtype = 'float32' } = o // prettier-ignore
  if (sumPerToken && !dynamicActScaling) throw new RangeError('sumPerToken needs dynamicActScaling')
  const weight = o.weight ?? filled(x, normalizedShape, 1)
  const bias = o.bias ?? filled(x, normalizedShape, 0)
  const scale = cast(o.scale ?? constantOf(x.dtype ?? 'float32', [1]), 'float32')
  const each = { dtype: 'float32', shape: withLast(x, 1) } as const
  const types = [{ dtype, shape: x.shape }, ...(dynamicActScaling ? [each] : []), ...(sumPerToken ? [each] : [])]
  const name = isRms ? 'RmsnormQuantization' : 'LayernormQuantization'
  const [y, ...told] = plugin(name, [x, weight, bias, scale, clampVal], normFields(isRms, x, dtype, o), types)
  return [y!, ...told.map((t, i) => cast(t, i === 0 ? scaleDtype : sumDtype))]
}

/** Behind a normalization by layers. @throws RangeError without a scale, where each token does not get its own */
function quantized(y: Tensor, o: QuantizedNorm): Tensor[] {
  if (o.sumPerToken && !o.dynamicActScaling) throw new RangeError('sumPerToken needs dynamicActScaling')
  if (o.dynamicActScaling) return quantizePerToken(y, { ...o, plugin: false })
  if (!o.scale) throw new RangeError('a normalization that is quantized by one scale needs it')
  return [quantizeTensor(y, o.scale, { plugin: false })]
}

/** int8: by the plugin, or by layers. */
export const smoothQuantLayerNorm: Norm = (x, shape, o = {}) => {
  if (o.plugin !== false) return quantizedNorm(false, x, shape, 'int8', o)
  const [weight, bias] = [o.weight ?? filled(x, shape, 1), o.bias ?? filled(x, shape, 0)]
  return quantized(layerNorm(x, shape, weight, bias, o.eps, o.useDiffOfSquares), o)
}
/** int8: by the plugin, or by layers. */
export const smoothQuantRmsNorm: Norm = (x, shape, o = {}) => {
  if (o.plugin !== false) return quantizedNorm(true, x, shape, 'int8', o)
  const y = rmsNorm(x, shape, 1, o.weight ?? null, o.eps ?? 1e-5)
  return quantized(o.bias ? add(y, o.bias) : y, o)
}
export const fp8RowwiseLayerNorm: Norm = (x, shape, o = {}) =>
  quantizedNorm(false, x, shape, 'float8e4m3fn', { dynamicActScaling: true, ...o })
export const fp8RowwiseRmsNorm: Norm = (x, shape, o = {}) =>
  quantizedNorm(true, x, shape, 'float8e4m3fn', { dynamicActScaling: true, ...o })

/** A layer normalization of the sum with a residual, quantized where a scale is given: the result, the sum, and scales. */
export function fusedLayernorm(
  x: Tensor,
  normalizedShape: Sizes,
  residual: Tensor,
  options: {
    readonly weight?: Tensor | null
    readonly scale?: Tensor | null
    readonly eps?: number
    readonly pDtype?: DType
    readonly needFp32Output?: boolean
  } = {},
): Tensor[] {
  const { scale = null, eps = 1e-5, pDtype = 'float16', needFp32Output = false } = options
  const weight = options.weight ?? filled(x, normalizedShape, 1)
  const flags = { need_fp32_output: Number(needFp32Output), need_quantize: scale ? 1 : 0 }
  const first = needFp32Output ? { dtype: 'float32' as const, shape: x.shape } : like(x)
  const types = scale
    ? [{ dtype: null, shape: x.shape }, like(x), { dtype: 'float8e4m3fn' as const, shape: null }]
    : [first, like(x)]
  return plugin('FusedLayernorm', [x, residual, weight, scale], { eps, ...flags, type_id: typeId(pDtype) }, types)
}

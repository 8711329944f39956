/** Products of quantized values, by plugins of TensorRT-LLM or by layers. */
import { ConstantValue } from '../../../engine'
import type { DType, Tensor } from '../../../engine'
import { constant, constantOf } from './core'
import { add, cast, mul } from './elementwise'
import { repeatInterleave } from './indexing'
import { matmul } from './matmul'
import { like, plugin, typeId, withLast } from './plugins'
import { dequantize, quantize } from './quantization'
import type { ByPlugin } from './quantization'
import { flatten, view } from './shape'

/** Both operands with a scale for each token or channel, or one. */
type Scaled = [
  x: Tensor,
  weights: Tensor,
  scalesA: Tensor,
  scalesB: Tensor,
  perTokenScaling: boolean,
  perChannelScaling: boolean,
  dtype?: DType,
]

/** int8 · int8ᵀ with a scale for each token or channel, or one. */
export function smoothQuantGemm(
  ...[x, weights, a, b, perToken, perChannel, dtype, options]: [...Scaled, options?: ByPlugin]
): Tensor {
  if (options?.plugin === false) return productOfDequantized(x, weights, a, b, perToken, perChannel, dtype)
  return scaledGemm('SmoothQuantGemm', x, weights, a, b, perToken, perChannel, dtype)
}

/** fp8 · fp8ᵀ with a scale for each token and each channel, or one. */
export function fp8RowwiseGemm(...given: Scaled): Tensor {
  return scaledGemm('Fp8RowwiseGemm', ...given)
}

/** The plugins for them take the same fields. */
function scaledGemm(
  name: 'SmoothQuantGemm' | 'Fp8RowwiseGemm',
  ...[x, weights, a, b, perToken, perChannel, dtype = 'float16']: Scaled
): Tensor {
  const fields = {
    has_per_channel_scaling: Number(perChannel),
    has_per_token_scaling: Number(perToken),
    type_id: typeId(dtype),
  }
  const type = { dtype, shape: withLast(x, weights.shape?.[0] ?? null) }
  return plugin(name, [x, weights, a, b], fields, [type])[0]!
}

function productOfDequantized(
  ...[x, weights, scalesA, scalesB, perToken, perChannel, dtype = 'float16']: Scaled
): Tensor {
  const sum = { transb: true, useFp32Acc: false }
  if (perToken && typeof x.shape?.[0] !== 'number') {
    // DEQUANTIZE takes no scales of a size that is not known: they are multiplied behind the product.
    const one = constant(ConstantValue.scalarOf('float32', 1))
    const product = matmul(dequantize(x, one, 0, 'float32'), dequantize(weights, one, 0, 'float32'), sum)
    return cast(mul(product, matmul(scalesA, scalesB, { useFp32Acc: false })), dtype)
  }
  const a = perToken ? flatten(scalesA) : view(scalesA, [])
  const b = perChannel ? flatten(scalesB) : view(scalesB, [])
  return matmul(dequantize(x, a, 0, dtype), dequantize(weights, b, 0, dtype), sum)
}

/** Weights of few bits, [in, out]: x · dequantize(weight) · scales. Layers do it where an operand is transposed. */
export function weightOnlyQuantMatmul(
  x: Tensor,
  weights: Tensor,
  scales: Tensor,
  weightTypeId: number,
  options: ByPlugin & { readonly dtype?: DType; readonly transa?: boolean; readonly transb?: boolean } = {},
): Tensor {
  const { transa = false, transb = false, dtype = x.dtype ?? 'float16' } = options
  if (options.plugin === false || transa || transb) {
    const quantized = weights.dtype === 'int8' ? weights : quantize(weights, scales, 'int8', 1)
    const wide = dequantize(quantized, scales, transb ? 0 : 1, x.dtype ?? 'float16')
    return cast(matmul(x, wide, { transa, transb }), dtype)
  }
  const type = like(x, withLast(x, scales.shape?.at(-1) ?? null))
  const fields = { type_id: typeId(x.dtype), weight_type_id: weightTypeId }
  return plugin('WeightOnlyQuantMatmul', [x, weights, scales], fields, [type])[0]!
}

/** Bits of `quantAlgo`: which of the operands there are. */
const [BIAS, ZERO, PRE_QUANT_SCALE, FP8_ALPHA] = [1, 2, 4, 8]

/** Weights of four bits in groups, each with a scale; `quantAlgo` says which of the other operands there are. */
export function weightOnlyGroupwiseQuantMatmul(
  x: Tensor,
  preQuantScale: Tensor | null,
  weights: Tensor,
  scales: Tensor,
  zeros: Tensor | null,
  biases: Tensor | null,
  alpha: number | null,
  quantAlgo: number,
  groupSize: number,
  options: ByPlugin & { readonly dtype?: DType } = {},
): Tensor {
  const has = (bit: number): boolean => (quantAlgo & bit) !== 0
  const operand = (bit: number, t: Tensor | null, name: string): Tensor | null => {
    if (has(bit) && !t) throw new RangeError(`quantAlgo ${quantAlgo} needs ${name}`)
    return has(bit) ? t : null
  }
  const before = operand(PRE_QUANT_SCALE!, preQuantScale, 'preQuantScale')
  const [zero, bias] = [operand(ZERO!, zeros, 'zeros'), operand(BIAS!, biases, 'biases')]
  if (options.plugin === false) {
    const each = repeatInterleave(scales, groupSize, 0)
    const wide = dequantize(quantize(weights, each, 'int8', 1), each, 1, x.dtype ?? 'float16')
    const scaled = has(FP8_ALPHA!) && alpha !== null ? mul(x, constantOf(x.dtype ?? 'float16', [alpha])) : x
    const own = before ? mul(scaled, before) : scaled
    const shifted = !before && zero ? add(wide, repeatInterleave(zero, groupSize, 0)) : wide
    const y = matmul(own, shifted)
    return cast(bias ? add(y, bias) : y, options.dtype ?? 'float16')
  }
  const fields = { type_id: typeId(x.dtype), quant_algo: quantAlgo, group_size: groupSize, alpha: alpha ?? 1 }
  const type = like(x, withLast(x, scales.shape?.at(-1) ?? null))
  return plugin('WeightOnlyGroupwiseQuantMatmul', [x, before, weights, scales, zero, bias], fields, [type])[0]!
}

/** A product for few tokens in fp8: weight [out, in]. @throws RangeError for a result of another than a float type */
export function lowLatencyGemm(
  x: Tensor,
  mat2: Tensor,
  options: { readonly alpha?: number; readonly strictDtype: DType },
): Tensor {
  const { alpha = 1, strictDtype } = options
  if (!['float32', 'float16', 'bfloat16'].includes(strictDtype))
    throw new RangeError(`lowLatencyGemm gives float32, float16 or bfloat16, not ${strictDtype}`)
  const type = { dtype: strictDtype, shape: withLast(x, mat2.shape?.[0] ?? null) }
  return plugin('LowLatencyGemm', [x, mat2], { alpha, type_id: typeId(strictDtype) }, [type])[0]!
}

/** The same with SwiGLU of its halves: weight [2 · out, in]. */
export function lowLatencyGemmSwiglu(
  x: Tensor,
  weight: Tensor,
  options: { readonly scaleD0?: number; readonly scaleD1?: number; readonly scaleOutput?: number } = {},
): Tensor {
  const { scaleD0 = 1, scaleD1 = 1, scaleOutput = 1 } = options
  const rows = weight.shape?.[0]
  const fields = { type_id: typeId(x.dtype), scale_output: scaleOutput, scale_d0: scaleD0, scale_d1: scaleD1 }
  const type = like(x, withLast(x, typeof rows === 'number' ? rows / 2 : null))
  return plugin('LowLatencyGemmSwiglu', [x, weight], fields, [type])[0]!
}

/** A product of FP4 values with scales of their blocks: weight [out, in]. */
export function fp4Gemm(
  x: Tensor,
  inputSf: Tensor,
  weight: Tensor,
  weightSf: Tensor,
  globalSf: Tensor,
  outputDtype: DType,
  scalingVectorSize = 16,
): Tensor {
  const fields = { sv_vec_size: scalingVectorSize, output_type_id: typeId(outputDtype) }
  const type = { dtype: outputDtype, shape: withLast(x, weight.shape?.[0] ?? null) }
  return plugin('Fp4Gemm', [x, inputSf, weight, weightSf, globalSf], fields, [type])[0]!
}

/** int8 · weights of four bits in groups, whose scales have scales and zeros of their own. */
export const qserveGemmPerGroup = (
  x: Tensor,
  actScales: Tensor,
  weights: Tensor,
  s1Scales: Tensor,
  s2Scales: Tensor,
  s2Zeros: Tensor,
  groupSize = 128,
): Tensor => qserveGemm([x, weights, s2Zeros, s2Scales, s1Scales, actScales], groupSize)

/** The same with a scale and a zero for each channel, which need the sum of each token. */
export const qserveGemmPerChannel = (
  x: Tensor,
  actScales: Tensor,
  actSums: Tensor,
  weights: Tensor,
  s1Scales: Tensor,
  s1Szeros: Tensor,
): Tensor => qserveGemm([x, weights, s1Scales, s1Szeros, actSums, actScales], -1)

function qserveGemm(inputs: readonly Tensor[], groupSize: number): Tensor {
  const [x, weights] = inputs as [Tensor, Tensor]
  const fields = { type_id: typeId('float16'), group_size: groupSize }
  const type = { dtype: 'float16', shape: withLast(x, weights.shape?.[0] ?? null) } as const
  return plugin('QServeGemm', inputs, fields, [type])[0]!
}

import type { Attributes, Shape, Tensor } from '../../../engine'
import { LayerType } from '../layer-type'
import { layers } from './core'
import type { Type } from './core'

const NAMESPACE = 'tensorrt_llm'

/** A plugin layer of TensorRT-LLM: its operands in order, those that are not given left out, and its fields. */
export function plugin(
  type: string,
  inputs: readonly (Tensor | null)[],
  fields: Attributes,
  types: readonly Type[],
): Tensor[] {
  const attributes = { plugin_type: type, plugin_namespace: NAMESPACE, plugin_version: '1', num_outputs: types.length }
  const given = inputs.filter((t) => t !== null)
  return layers(LayerType.PLUGIN_V2, given, { ...attributes, ...fields }, types.length, { types })
}

const like = (x: Tensor, shape: Shape | null = x.shape): Type => ({ dtype: x.dtype, shape })
const withLast = (x: Tensor, size: Shape[number]): Shape | null => x.shape && [...x.shape.slice(0, -1), size]

/** x · weightᵀ, weight [out, in]. */
export function gemmPlugin(
  x: Tensor,
  weight: Tensor,
  options: { transa?: boolean; transb?: boolean; alpha?: number } = {},
): Tensor {
  const { transa = false, transb = true, alpha = 1 } = options
  const size = weight.shape?.[transb ? 0 : 1] ?? null
  const fields = { transa: Number(transa), transb: Number(transb), pad_lda: 0, pad_ldb: 0, use_fp8: 0, alpha }
  return plugin('Gemm', [x, weight], fields, [like(x, withLast(x, size))])[0]!
}

/** silu(gate) · x of the halves of one product; weight [2 · out, in] as [x; gate]. */
export function gemmSwiglu(
  x: Tensor,
  weight: Tensor,
  options: { bias?: Tensor | null; scaleD0?: number; scaleD1?: number; scaleOutput?: number } = {},
): Tensor {
  const { bias = null, scaleD0 = 1, scaleD1 = 1, scaleOutput = 1 } = options
  const rows = weight.shape?.[0]
  const size = typeof rows === 'number' ? rows / 2 : null
  const fields = { has_bias: bias ? 1 : 0, scale_d0: scaleD0, scale_d1: scaleD1, scale_output: scaleOutput }
  return plugin('GemmSwiglu', [x, weight, bias], fields, [like(x, withLast(x, size))])[0]!
}

/** Sums over the ranks of a group. */
export const allreduce = (x: Tensor, group: readonly number[]): Tensor =>
  plugin('AllReduce', [x], { group, strategy: 0, config: 0, fusion_op: 0 }, [like(x)])[0]!

/** The parts of all ranks of a group, one behind the other along dimension 0. */
export function allgather(x: Tensor, group: readonly number[]): Tensor {
  const first = x.shape?.[0]
  const shape = x.shape && [typeof first === 'number' ? first * group.length : null, ...x.shape.slice(1)]
  return plugin('AllGather', [x], { group }, [like(x, shape)])[0]!
}

export function reduceScatter(x: Tensor, group: readonly number[]): Tensor {
  const first = x.shape?.[0]
  const shape = x.shape && [typeof first === 'number' ? first / group.length : null, ...x.shape.slice(1)]
  return plugin('ReduceScatter', [x], { group }, [like(x, shape)])[0]!
}
export const send = (x: Tensor, tgt: number): Tensor => plugin('Send', [x], { tgt_rank: tgt }, [like(x)])[0]!
export const recv = (x: Tensor, src: number): Tensor => plugin('Recv', [x], { src_rank: src }, [like(x)])[0]!

/** Attention of an encoder: [batch, length, 3 · hidden] or packed, with the lengths of the sequences. */
export function bertAttention(
  tensor: Tensor,
  inputLengths: Tensor,
  numHeads: number,
  headSize: number,
  qScaling: number,
  options: {
    relativeAttention?: boolean
    relativeAttentionBias?: Tensor | null
    maxDistance?: number
    maxInputLength?: Tensor | null
  } = {},
): Tensor {
  const { relativeAttention = false, relativeAttentionBias = null, maxDistance = 0, maxInputLength = null } = options
  const fields = {
    num_heads: numHeads,
    head_size: headSize,
    q_scaling: qScaling,
    do_relative_attention: Number(relativeAttention),
    max_distance: maxDistance,
    remove_padding: maxInputLength ? 1 : 0,
  }
  const inputs = [tensor, inputLengths, maxInputLength, relativeAttentionBias]
  return plugin('BertAttention', inputs, fields, [like(tensor, withLast(tensor, numHeads * headSize))])[0]!
}

/** Low-rank updates of one or more products (LoRA): one result for each. */
export function loraPlugin(
  x: Tensor,
  inHiddenSize: number,
  outHiddenSizes: readonly number[],
  inputs: readonly Tensor[],
  maxLowRank: number,
): Tensor[] {
  const fields = {
    in_hidden_size: inHiddenSize,
    out_hidden_sizes: outHiddenSizes,
    max_low_rank: maxLowRank,
    transa: 0,
    transb: 1,
  }
  const types = outHiddenSizes.map((n) => like(x, withLast(x, n)))
  return plugin('Lora', [x, ...inputs], fields, types)
}

/** Weights of few bits: x · dequantize(weight) · scales. */
export function weightOnlyQuantMatmul(x: Tensor, weight: Tensor, scales: Tensor, weightTypeId: number): Tensor {
  const size = scales.shape?.at(-1) ?? null
  return plugin('WeightOnlyQuantMatmul', [x, weight, scales], { weight_type_id: weightTypeId }, [
    like(x, withLast(x, size)),
  ])[0]!
}

/** int8 · int8 with a scale for each token or channel, or one. */
export function smoothQuantGemm(
  x: Tensor,
  weight: Tensor,
  scalesA: Tensor,
  scalesB: Tensor,
  perTokenScaling: boolean,
  perChannelScaling: boolean,
): Tensor {
  const fields = { has_per_channel_scaling: Number(perChannelScaling), has_per_token_scaling: Number(perTokenScaling) }
  const type = { dtype: 'float16', shape: withLast(x, weight.shape?.[0] ?? null) } as const
  return plugin('SmoothQuantGemm', [x, weight, scalesA, scalesB], fields, [type])[0]!
}

/** Each token by its largest element: int8, and a float32 scale for each token. */
export function quantizePerToken(x: Tensor): [Tensor, Tensor] {
  const scales = { dtype: 'float32', shape: withLast(x, 1) } as const
  const [tokens, scale] = plugin('QuantizePerToken', [x], {}, [{ dtype: 'int8', shape: x.shape }, scales])
  return [tokens!, scale!]
}

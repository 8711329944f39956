import { ConstantValue } from '../../../engine'
import type { Attributes, DType, Shape, Tensor } from '../../../engine'
import { DataType } from '../enums'
import { LayerType } from '../layer-type'
import { TENSORRT_LLM } from '../plugin-fields'
import { constant, dataType, layers, rankOf } from './core'
import type { Type } from './core'
import { mul } from './elementwise'
import { chunk, concat, shape, view } from './shape'

/** A plugin layer of TensorRT-LLM: its operands in order, those that are not given left out, and its fields. */
export function plugin(
  type: string,
  inputs: readonly (Tensor | null)[],
  fields: Attributes,
  types: readonly Type[],
  kind: 'PLUGIN_V2' | 'PLUGIN_V3' = LayerType.PLUGIN_V2,
): Tensor[] {
  const attributes = {
    plugin_type: type,
    plugin_namespace: TENSORRT_LLM,
    plugin_version: '1',
    num_outputs: types.length,
  }
  const given = inputs.filter((t) => t !== null)
  return layers(kind, given, { ...attributes, ...fields }, types.length, { types })
}

/** What plugins call `type_id`: the number of a `trt.DataType`. */
export const typeId = (dtype: DType | null): number => DataType.indexOf(dataType(dtype ?? 'float32') as DataType)

export const like = (x: Tensor, shape: Shape | null = x.shape): Type => ({ dtype: x.dtype, shape })
export const withLast = (x: Tensor, size: Shape[number]): Shape | null => x.shape && [...x.shape.slice(0, -1), size]

/** x · weightᵀ, weight [out, in]. */
export function gemmPlugin(
  x: Tensor,
  weight: Tensor,
  options: { transa?: boolean; transb?: boolean; alpha?: number } = {},
): Tensor {
  const { transa = false, transb = true, alpha = 1 } = options
  const size = weight.shape?.[transb ? 0 : 1] ?? null
  const turns = { transa: Number(transa), transb: Number(transb), pad_lda: 0, pad_ldb: 0 }
  const fields = { ...turns, type_id: typeId(x.dtype), use_fp8: 0, alpha }
  return plugin('Gemm', [x, weight], fields, [like(x, withLast(x, size))])[0]!
}

/** silu(gate) · x of the halves of one product; weight [2 · out, in] as [x; gate]. A bias that is not given is one of zeros. */
export function gemmSwiglu(
  x: Tensor,
  weight: Tensor,
  options: { bias?: Tensor | null; scaleD0?: number; scaleD1?: number; scaleOutput?: number } = {},
): Tensor {
  const { bias = null, scaleD0 = 1, scaleD1 = 1, scaleOutput = 1 } = options
  const rows = weight.shape?.[0]
  if (typeof rows !== 'number') throw new RangeError(`how many rows ${weight.name} has is to be known`)
  const zeros = (): Tensor => constant(ConstantValue.of(x.dtype ?? 'float32', [rows], new Float32Array(rows)))
  const scales = { scale_d0: scaleD0, scale_d1: scaleD1, scale_output: scaleOutput }
  const fields = { type_id: typeId(x.dtype), has_bias: bias ? 1 : 0, ...scales }
  return plugin('GemmSwiglu', [x, weight, bias ?? zeros()], fields, [like(x, withLast(x, rows / 2))])[0]!
}

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
    sageAttn?: boolean
    sageAttnQBlockSize?: number
    sageAttnKBlockSize?: number
    sageAttnVBlockSize?: number
    cpGroup?: readonly number[]
    cpSize?: number
    cpRank?: number
  } = {},
): Tensor {
  const { relativeAttentionBias = null, maxInputLength = null, cpSize = 1 } = options
  const fields = {
    num_heads: numHeads,
    head_size: headSize,
    q_scaling: qScaling,
    context_fmha_type: 0,
    type_id: typeId(tensor.dtype),
    do_relative_attention: Number(options.relativeAttention ?? false),
    max_distance: options.maxDistance ?? 0,
    remove_padding: maxInputLength ? 1 : 0,
    sage_attn: Number(options.sageAttn ?? false),
    sage_attn_q_block_size: options.sageAttnQBlockSize ?? 0,
    sage_attn_k_block_size: options.sageAttnKBlockSize ?? 0,
    sage_attn_v_block_size: options.sageAttnVBlockSize ?? 0,
    cp_size: cpSize,
    cp_rank: options.cpRank ?? 0,
    cp_group: options.cpGroup ?? [0],
  }
  const qkv = cpSize > 1 ? keysAndValuesTogether(tensor) : tensor
  const inputs = [qkv, inputLengths, maxInputLength, relativeAttentionBias]
  return plugin('BertAttention', inputs, fields, [like(tensor, withLast(tensor, numHeads * headSize))])[0]!
}

/** Keys and values of [batch, length, 3 · hidden] one behind the other, as ring attention takes them. */
function keysAndValuesTogether(tensor: Tensor): Tensor {
  const [query, key, value] = chunk(tensor, 3, -1) as [Tensor, Tensor, Tensor]
  const [batch, length, size] = [shape(query, 0), shape(query, 1), Number(query.shape![rankOf(query) - 1])]
  const both = view(concat([key, value], -1), concat([mul(2, batch), length, size]))
  return view(concat([query, both], 0), concat([batch, length, size * 3]))
}

/** Waits for another stream; the first of the inputs is handed on. */
export const cudaStreamSync = (inputs: readonly Tensor[], sideStreamId: number): Tensor => {
  const [first] = inputs
  if (!first) throw new RangeError('there is nothing to wait for')
  const fields = { side_stream_id: sideStreamId, num_inputs: inputs.length, type_id: typeId(first.dtype) }
  return plugin('CudaStream', inputs, fields, [like(first)])[0]!
}

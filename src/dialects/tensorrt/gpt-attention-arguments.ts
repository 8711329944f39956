import type { Attributes, RawInputs, Tensor } from '../../engine'

/** The parameters of the module's `gpt_attention`, under its names. */

/** Tensors in the order in which they are operands of the plugin; those that are not given are left out. */
export const GPT_ATTENTION_TENSORS = [
  'qkv',
  'attention_mask',
  'attention_packed_mask',
  'sequence_length',
  'host_past_key_value_lengths',
  'host_max_attention_window_sizes',
  'host_sink_token_length',
  'context_lengths',
  'cache_indirection',
  'host_request_types',
  'kv_cache_block_offsets',
  'host_kv_cache_block_offsets',
  'host_kv_cache_pool_pointers',
  'host_kv_cache_pool_mapping',
  'past_key_value',
  'kv_orig_quant_scale',
  'kv_quant_orig_scale',
  'attention_output_orig_quant_scale',
  'attention_output_sf_scale',
  'rotary_inv_freq',
  'rotary_cos_sin',
  'alibi_slopes',
  'relative_attention_bias',
  'cross_kv',
  'cross_kv_length',
  'encoder_input_lengths',
  'host_context_lengths',
  'qkv_bias',
  'spec_decoding_generation_lengths',
  'spec_decoding_packed_mask',
  'spec_decoding_position_offsets',
  'spec_decoding_use',
  'long_rope_rotary_inv_freq',
  'long_rope_rotary_cos_sin',
  'mrope_rotary_cos_sin',
  'mrope_position_deltas',
  'host_runtime_perf_knobs',
  'host_context_progress',
  'q_b_proj',
  'kv_b_proj',
  'k_b_proj_trans',
  'skip_attn',
  'logn_scaling',
] as const
export type GptAttentionTensor = (typeof GPT_ATTENTION_TENSORS)[number]

/**
 * Parameters that the plugin takes no operand for, by its fields: a network has them as operands all the same, so that a call loses nothing.
 */
export function notTaken(fields: Attributes): readonly GptAttentionTensor[] {
  const isOff = (name: string): boolean => fields[name] === 0
  return [
    ...(isOff('remove_input_padding') ? (['host_context_lengths'] as const) : []),
    ...(isOff('use_cache') ? (['sequence_length', 'host_past_key_value_lengths', 'cache_indirection'] as const) : []),
  ]
}

/** What configures the plugin, with the module's defaults; null where the module asks for a value, which is optional here. */
export const GPT_ATTENTION_SCALARS = {
  layer_idx: 0,
  q_scaling: 1,
  attn_logit_softcapping_scale: 0,
  rotary_embedding_dim: 0,
  rotary_embedding_base: 10000,
  rotary_embedding_scale_type: 'none' as string | number,
  rotary_embedding_short_m_scale: 1,
  rotary_embedding_long_m_scale: 1,
  rotary_embedding_scale: 1,
  rotary_embedding_max_positions: 1024,
  rotary_embedding_original_max_positions: 1024,
  position_embedding_type: 'learned_absolute' as string | number,
  kv_cache_quant_mode: 0,
  max_context_length: null as number | null,
  mask_type: 'causal' as string | number,
  block_sparse_block_size: 64,
  block_sparse_homo_head_pattern: false,
  block_sparse_num_local_blocks: 16,
  block_sparse_vertical_stride: 8,
  tp_size: 1,
  tp_rank: 0,
  vision_start: -1,
  vision_length: -1,
  do_cross_attention: false,
  max_distance: 0,
  use_cache: true,
  spec_decoding_is_generation_length_variable: false,
  spec_decoding_max_generation_length: 0,
  is_mla_enabled_flag: false,
  q_lora_rank: 0,
  kv_lora_rank: 0,
  qk_nope_head_dim: 0,
  qk_rope_head_dim: 0,
  v_head_dim: 0,
  cp_group: [0] as readonly number[],
  cp_size: 1,
  cp_rank: 0,
  num_kv_heads_origin: -1,
}

export type GptAttentionTensors = { [K in Exclude<GptAttentionTensor, 'qkv'>]: Tensor | null }
type Scalars = typeof GPT_ATTENTION_SCALARS

/**
 * Arguments of the module's `gpt_attention`, under its names. `qkv`: [batch, length, hidden + 2 * kv hidden], or with padding
 * removed [tokens, ...], or three tensors, of the queries, the keys and the values; `past_key_value`: [batch, 2, kv heads, max length, head size]; `qkv_bias`: [hidden + 2 * kv hidden], added
 * to `qkv` inside the plugin.
 */
export interface GptAttentionArgs extends RawInputs, GptAttentionTensors, Scalars {
  qkv: Tensor | readonly [Tensor, Tensor, Tensor]
  num_heads: number
  num_kv_heads: number
  hidden_size_per_head: number
}

/** What a caller has to give; the rest has the module's defaults. */
export type GptAttentionCall = Pick<GptAttentionArgs, 'num_heads' | 'num_kv_heads' | 'hidden_size_per_head'> & {
  qkv: Tensor | readonly [Tensor, Tensor, Tensor]
} & Partial<GptAttentionTensors & Scalars>

/** `tensorrt_llm.functional.PositionEmbeddingType`, `AttentionMaskType` and `RotaryScalingType`, in the order of their values. */
export const POSITION_EMBEDDING_TYPES = 'learned_absolute rope_gptj rope_gpt_neox long_rope alibi alibi_with_scale relative chatglm yarn mrope deferred'.split(' ') // prettier-ignore
export const MASK_TYPES = 'padding causal sliding_window_causal bidirectional bidirectionalglm blocksparse custom_mask'.split(' ') // prettier-ignore
export const ROTARY_SCALING_TYPES = 'none linear dynamic longrope llama3 yarn mrope'.split(' ')

const NAMES: ReadonlySet<string> = new Set([
  ...GPT_ATTENTION_TENSORS,
  ...Object.keys(GPT_ATTENTION_SCALARS),
  'num_heads',
  'num_kv_heads',
  'hidden_size_per_head',
])

const ENUMS: Readonly<Record<string, readonly string[]>> = {
  position_embedding_type: POSITION_EMBEDDING_TYPES,
  mask_type: MASK_TYPES,
  rotary_embedding_scale_type: ROTARY_SCALING_TYPES,
}

/** The number of an enum's value, which is given by its name or as it is. @throws RangeError for a name that the enum does not have */
export function enumNumber(parameter: string, value: unknown): number {
  const names = ENUMS[parameter] ?? []
  const at = typeof value === 'number' ? value : names.indexOf(String(value))
  if (at < 0) throw new RangeError(`${parameter} is one of ${names.join(', ')}, not ${String(value)}`)
  return at
}

export const isGptAttentionParameter = (name: string): boolean => NAMES.has(name)

/** Whether a parameter of this name may have this value, as far as it is one of an enum. */
export function isGptAttentionArgument(name: string, value: unknown): boolean {
  const names = ENUMS[name]
  return names ? typeof value === 'number' || names.includes(String(value)) : isGptAttentionParameter(name)
}

/** @throws TypeError for a name that is no parameter: what is passed under it would be lost */
export function refuseUnknown(call: object): void {
  const unknown = Object.keys(call).filter((name) => !isGptAttentionParameter(name))
  if (unknown.length > 0) throw new TypeError(`gpt_attention has no parameter ${unknown.join(', ')}`)
}

/** What the plugin GPTAttention is created with: its own fields, which are not the parameters of the functional. */
import type { Attributes, AttributeValue, Network, Tensor } from '../../engine'
import { typeId } from './functional/plugins'
import type { GptAttentionArgs } from './gpt-attention-arguments'
import { enumNumber } from './gpt-attention-arguments'
import { isPluginOf, pluginFields } from './plugin-fields'
import { FIELD_TYPES, FIELDS, PLUGIN_ATTRIBUTES } from './plugins'

/** Fields that the configuration of plugins decides there, and no argument; here with its defaults. */
const CONFIGURED = {
  context_fmha_type: 1,
  tokens_per_block: 32,
  pos_shift_enabled: 0,
  dense_context_fmha: 0,
} as const

export interface PluginFields {
  readonly fields: Attributes
  /** Of fields that this version of TensorRT-LLM lacks: what else is said of them. */
  readonly metadata?: Readonly<Record<string, string>>
}

/**
 * The fields of a call, in their order. What a configuration decides is as in another attention of the network: all plugins of a network have
 * one, and fields of other versions stay in it.
 */
export function gptAttentionFields(args: GptAttentionArgs, network: Network): PluginFields {
  const of = fieldsOfArguments(args)
  const other = configuredIn(network)
  if (!other) return { fields: ordered({ ...of, ...CONFIGURED }) }
  const { attributes, metadata = {} } = other
  const known = pluginFields('GPTAttention')!
  const same = Object.keys(CONFIGURED).filter((name) => attributes[name] !== undefined)
  const more = Object.keys(attributes).filter((name) => !known.has(name) && !OWN.has(name))
  const taken = Object.fromEntries([...same, ...more].map((name) => [name, attributes[name]!]))
  const types = metadata[FIELD_TYPES]
  return { fields: ordered({ ...of, ...CONFIGURED, ...taken }), ...(types && { metadata: { [FIELD_TYPES]: types } }) }
}

const OWN: ReadonlySet<string> = new Set(PLUGIN_ATTRIBUTES)

function configuredIn(network: Network) {
  for (const { record } of network.layersOfKind('PLUGIN_V2'))
    if (isPluginOf(record.attributes, 'GPTAttention') && !record.metadata?.[FIELDS]) return record
  return null
}

/** As the plugin has them, and behind them those that it does not know. */
function ordered(fields: Attributes): Attributes {
  const known = [...pluginFields('GPTAttention')!.keys()].filter((name) => fields[name] !== undefined)
  return { ...Object.fromEntries(known.map((name) => [name, fields[name]!])), ...fields }
}

function fieldsOfArguments(args: GptAttentionArgs): Attributes {
  const { qkv, num_kv_heads: kvHeads, num_kv_heads_origin: origin, max_context_length: longest } = args
  const isUnfused = Array.isArray(qkv)
  const queries = (isUnfused ? qkv[0] : qkv) as Tensor
  const isMasked = args.attention_mask !== null || args.attention_packed_mask !== null
  const paged = Number(args.kv_cache_block_offsets !== null)
  const numbers = (names: readonly string[]): [string, AttributeValue][] =>
    names.map((name) => [name, numbered(args[name] as AttributeValue)])
  return {
    ...Object.fromEntries(numbers(UNDER_THEIR_NAMES)),
    head_size: args.hidden_size_per_head,
    num_kv_heads_origin: origin < 1 ? kvHeads : origin,
    unidirectional: 1,
    position_embedding_type: enumNumber('position_embedding_type', args.position_embedding_type),
    rotary_embedding_scale_type: enumNumber('rotary_embedding_scale_type', args.rotary_embedding_scale_type),
    mask_type: enumNumber('mask_type', isMasked ? 'custom_mask' : args.mask_type),
    unfuse_qkv_gemm: Number(isUnfused),
    remove_input_padding: Number(isPacked(queries, args.context_lengths)),
    paged_kv_cache: paged,
    use_paged_context_fmha: paged,
    type_id: typeId(queries.dtype),
    ...(longest !== null && { max_context_length: longest }),
    qkv_bias_enabled: given(args.qkv_bias),
    use_fp8_context_fmha: given(args.attention_output_orig_quant_scale),
    has_full_attention_mask: given(args.attention_mask),
    is_spec_decoding_enabled: given(args.spec_decoding_packed_mask),
    is_mla_enabled: Number(args.is_mla_enabled_flag),
    fuse_fp4_quant: given(args.attention_output_sf_scale),
    skip_attn: given(args.skip_attn),
    use_logn_scaling: given(args.logn_scaling),
  }
}

const UNDER_THEIR_NAMES = (
  'layer_idx num_heads vision_start vision_length num_kv_heads q_scaling attn_logit_softcapping_scale rotary_embedding_dim ' +
  'rotary_embedding_base rotary_embedding_scale rotary_embedding_short_m_scale rotary_embedding_long_m_scale ' +
  'rotary_embedding_max_positions rotary_embedding_original_max_positions tp_size tp_rank kv_cache_quant_mode ' +
  'block_sparse_block_size block_sparse_homo_head_pattern block_sparse_num_local_blocks block_sparse_vertical_stride ' +
  'do_cross_attention max_distance use_cache spec_decoding_is_generation_length_variable spec_decoding_max_generation_length ' +
  'q_lora_rank kv_lora_rank qk_nope_head_dim qk_rope_head_dim v_head_dim cp_size cp_rank cp_group'
).split(' ')

const given = (tensor: Tensor | null): number => Number(tensor !== null)
const numbered = (value: AttributeValue): AttributeValue => (typeof value === 'boolean' ? Number(value) : value)

/** Whether tokens of several sequences stand in one row: [tokens, width], or [1, tokens, width] of other than one sequence. */
export function isPacked({ rank, shape }: Tensor, lengths: Tensor | null): boolean {
  return rank === 2 || (shape?.[0] === 1 && lengths !== null && lengths.shape?.[0] !== 1)
}

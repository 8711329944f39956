import { defaultNet, recordSignature, Tensor } from '../../engine'
import type { RawInputs } from '../../engine'
import { LayerType } from './layer-type'

/** Arguments of the module's `gpt_attention`, under its names. Tensors first, then what configures the plugin. */
export interface GptAttentionArgs extends RawInputs {
  /** [batch, length, hidden + 2 * kv hidden], or with padding removed [1, tokens, ...]. */
  qkv: Tensor
  /** [batch, 2, kv heads, max length, head size] */
  past_key_value: Tensor | null
  sequence_length: Tensor | null
  host_past_key_value_lengths: Tensor | null
  context_lengths: Tensor | null
  cache_indirection: Tensor | null
  host_request_types: Tensor | null
  num_heads: number
  num_kv_heads: number
  hidden_size_per_head: number
  q_scaling: number
  max_context_length: number | null
  rotary_embedding_dim: number
  position_embedding_type: string
  multi_block_mode: boolean
  kv_orig_quant_scale: Tensor | null
  kv_quant_orig_scale: Tensor | null
  kv_cache_quant_mode: number
  kv_cache_block_pointers: Tensor | null
  host_context_lengths: Tensor | null
  /** [hidden + 2 * kv hidden], added to `qkv` inside the plugin. */
  qkv_bias: Tensor | null
}

/** What a caller has to give; the rest has the module's defaults. */
export type GptAttentionCall = Pick<GptAttentionArgs, 'num_heads' | 'num_kv_heads' | 'hidden_size_per_head'> & {
  qkv: Tensor
} & Partial<GptAttentionArgs>

const DEFAULTS = {
  past_key_value: null,
  sequence_length: null,
  host_past_key_value_lengths: null,
  context_lengths: null,
  cache_indirection: null,
  host_request_types: null,
  q_scaling: 1,
  max_context_length: null,
  rotary_embedding_dim: 0,
  position_embedding_type: 'learned_absolute',
  multi_block_mode: false,
  kv_orig_quant_scale: null,
  kv_quant_orig_scale: null,
  kv_cache_quant_mode: 0,
  kv_cache_block_pointers: null,
  host_context_lengths: null,
  qkv_bias: null,
}

const OPERANDS = [
  'qkv',
  'past_key_value',
  'sequence_length',
  'host_past_key_value_lengths',
  'context_lengths',
  'cache_indirection',
  'host_request_types',
  'kv_orig_quant_scale',
  'kv_quant_orig_scale',
  'kv_cache_block_pointers',
  'host_context_lengths',
  'qkv_bias',
] as const

const recorded = recordSignature(
  'gpt_attention',
  (l) => l.kind === LayerType.PLUGIN_V2,
  (args: GptAttentionArgs): Tensor[] => {
    const { qkv, past_key_value: past } = args
    const inputs = OPERANDS.map((name) => args[name]).filter((t): t is Tensor => t instanceof Tensor)
    const hidden = args.num_heads * args.hidden_size_per_head
    const plugin = defaultNet().addLayer({
      kind: LayerType.PLUGIN_V2,
      inputs,
      attributes: {
        pluginNamespace: 'tensorrt_llm',
        pluginType: 'GPTAttention',
        num_heads: args.num_heads,
        num_kv_heads: args.num_kv_heads,
      },
      outputs: [
        { dtype: qkv.dtype, shape: qkv.shape && [...qkv.shape.slice(0, -1), hidden] },
        { dtype: past?.dtype ?? qkv.dtype, shape: past?.shape ?? null },
      ],
    })
    return plugin.getOutputs()
  },
)

/**
 * The attention plugin of a GPT block, with its signature recorded.
 * @returns the context [.., hidden], and the present keys and values in the shape of the past ones
 */
export function gptAttention(call: GptAttentionCall): Tensor[] {
  return recorded({ ...DEFAULTS, ...call })
}

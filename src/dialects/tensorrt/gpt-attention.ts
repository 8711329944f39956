import { defaultNet, recordSignature, Tensor } from '../../engine'
import type { Shape } from '../../engine'
import { GPT_ATTENTION_SCALARS, GPT_ATTENTION_TENSORS, refuseUnknown } from './gpt-attention-arguments'
import type { GptAttentionArgs, GptAttentionCall, GptAttentionTensors } from './gpt-attention-arguments'
import { layers } from './functional/core'
import { gptAttentionFields } from './gpt-attention-fields'
import { LayerType } from './layer-type'
import { TENSORRT_LLM } from './plugin-fields'

/** Scales of blocks of the context, in the layout of the kernels that read them. */
const UNKNOWN = { dtype: null, shape: null }

const NO_TENSORS = Object.fromEntries(GPT_ATTENTION_TENSORS.map((name) => [name, null])) as GptAttentionTensors

/** The operands that the plugin takes of what is given: all of them, in the order of the plugin. */
function operandsOf(args: GptAttentionArgs): Tensor[] {
  return GPT_ATTENTION_TENSORS.flatMap((name) => args[name]).filter((t): t is Tensor => t instanceof Tensor)
}

const recorded = recordSignature(
  'gpt_attention',
  (l) => l.kind === LayerType.PLUGIN_V2,
  (args: GptAttentionArgs): Tensor[] => {
    const { qkv, past_key_value: past } = args
    const hidden = args.num_heads * args.hidden_size_per_head
    const queries = qkv instanceof Tensor ? qkv : qkv[0]
    const context: Shape | null = queries.shape && [...queries.shape.slice(0, -1), hidden]
    const hasPresent = args.use_cache && args.kv_cache_block_offsets === null
    const outputs = [
      { dtype: queries.dtype, shape: context },
      ...(args.attention_output_sf_scale ? [UNKNOWN] : []),
      ...(hasPresent ? [{ dtype: past?.dtype ?? queries.dtype, shape: past?.shape ?? null }] : []),
    ]
    const about = { plugin_type: 'GPTAttention', plugin_namespace: TENSORRT_LLM, num_outputs: outputs.length }
    const { fields, metadata } = gptAttentionFields(args, defaultNet())
    const more = { types: outputs, ...(metadata && { metadata }) }
    return layers(LayerType.PLUGIN_V2, operandsOf(args), { ...about, ...fields }, outputs.length, more)
  },
)

/**
 * The attention plugin of a GPT block, with its signature recorded. Every tensor that is given is an operand.
 * @returns the context [.., hidden], the scales of its blocks where `attention_output_sf_scale` is given, and the present keys and values in the shape of the past ones, unless the cache is paged
 * @throws TypeError for a name that is no parameter, RangeError for one of a value of an enum that there is not
 */
export function gptAttention(call: GptAttentionCall): Tensor[] {
  refuseUnknown(call)
  return recorded({ ...NO_TENSORS, ...GPT_ATTENTION_SCALARS, ...call })
}

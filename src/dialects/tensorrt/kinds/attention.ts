import { AttentionIOForm, CausalMaskKind, CollectiveOperation, DataType, KVCacheMode, MoEActType, NormalizationOp, ReduceOperation } from '../enums' // prettier-ignore
import { attentionRules, cacheRules, rotaryRules } from '../infer/attention-rules'
import { firstOf, ofRank, ofTypes } from '../infer/operand-rules'
import { sameAsFirst } from '../infer/reading'
import { dims, flag, float, int, layer, oneOf, optionalInt, someOf, text, typed } from './notation'
import type { Infer } from './notation'

/** Queries with the size of the values. */
const context: Infer = (r) => {
  const [q, v] = [r.shape(0), r.shape(2)]
  const rank = r.text('query_form') === 'PACKED_NHD' ? 3 : 4
  const shape = q?.length === rank && v && v.length > 0 ? [...q.slice(0, -1), v.at(-1)!] : null
  return [typed(r.dtype(0), shape)]
}

/** Weights are [experts, in, out], biases [experts, out]; tokens have as many experts as scores. */
const expertRules = firstOf(
  ...[0, 1, 2].map((i) => ofRank([3], i, ['hidden_states', 'selected_experts', 'scores'][i])),
  ofTypes('INT32 or INT64', 1, 'selected_experts'),
  ...[3, 4, 5].map((i) => ofRank([3], i, 'the weights')),
  ...[6, 7, 8].map((i) => ofRank([2], i, 'the bias')),
)

/** Attention of newer versions of TensorRT, as boundaries (input, output) of what computes it, and what belongs to it. */
export const attentionKinds = {
  ATTENTION_INPUT: layer(
    'attention',
    'query key value mask? normalization_quantize_scale? query_lengths? key_value_lengths?',
    'output',
    {
      attention: text(''),
      norm_op: oneOf(NormalizationOp, 'SOFTMAX'),
      causal: flag(false),
      causal_kind: oneOf(CausalMaskKind, 'NONE'),
      decomposable: flag(false),
      normalization_quantize_to_type: oneOf(DataType, 'FLOAT'),
      num_ranks: int(1),
      query_form: oneOf(AttentionIOForm, 'PADDED_BHND'),
      key_value_form: oneOf(AttentionIOForm, 'PADDED_BHND'),
    },
    { infer: context, check: attentionRules },
  ),
  ATTENTION_OUTPUT: layer('attention', 'input', 'output', { attention: text('') }, { infer: sameAsFirst }),
  ROTARY_EMBEDDING: layer(
    'attention',
    'input cos_cache sin_cache position_ids?',
    'output',
    { interleaved: flag(false), rotary_embedding_dim: int(0) },
    { infer: sameAsFirst, check: rotaryRules },
  ),
  KV_CACHE_UPDATE: layer(
    'attention',
    'cache update write_indices update_lengths?',
    'output',
    { cache_mode: oneOf(KVCacheMode, 'LINEAR'), update_form: oneOf(AttentionIOForm, 'PADDED_BHND') },
    { infer: sameAsFirst, check: cacheRules },
  ),
  MOE: layer(
    'matmul',
    'hidden_states selected_experts scores fc_gate_weights fc_up_weights fc_down_weights fc_gate_biases? fc_up_biases? fc_down_biases? fc_down_activation_scale? fc_down_activation_dbl_q_scale?',
    'output',
    {
      activation_type: oneOf(MoEActType, 'NONE'),
      quantization_to_type: oneOf(DataType, 'FLOAT'),
      quantization_block_shape: dims(),
      dyn_q_output_scale_type: someOf(DataType),
      swiglu_param_limit: float(Infinity),
      swiglu_param_alpha: float(1),
      swiglu_param_beta: float(0),
    },
    { infer: sameAsFirst, check: expertRules },
  ),
  DIST_COLLECTIVE: layer('other', 'input', 'output', {
    collective_operation: oneOf(CollectiveOperation),
    reduce_operation: someOf(ReduceOperation),
    root: optionalInt(),
    groups: dims(),
  }),
}

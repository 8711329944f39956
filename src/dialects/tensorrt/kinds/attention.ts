import { CollectiveOperation, KVCacheMode, MoEActType, NormalizationOp, ReduceOperation } from '../enums'
import { firstOf, ofRank, ofTypes } from '../infer/operand-rules'
import { sameAsFirst } from '../infer/reading'
import { dims, flag, int, layer, oneOf, optionalInt, someOf, text, typed } from './notation'
import type { Infer } from './notation'

/** [batch, heads, length, size] of the queries, with the size of the values. */
const context: Infer = (r) => {
  const [q, v] = [r.shape(0), r.shape(2)]
  const shape = q?.length === 4 && v?.length === 4 ? [q[0]!, q[1]!, q[2]!, v[3]!] : null
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
    'query key value mask?',
    'output',
    {
      attention: text(''),
      norm_op: oneOf(NormalizationOp, 'SOFTMAX'),
      causal: flag(false),
      decomposable: flag(false),
    },
    { infer: context },
  ),
  ATTENTION_OUTPUT: layer('attention', 'input', 'output', { attention: text('') }, { infer: sameAsFirst }),
  ROTARY_EMBEDDING: layer(
    'attention',
    'input cos_cache sin_cache position_ids?',
    'output',
    { interleaved: flag(false), rotary_embedding_dim: int(0) },
    { infer: sameAsFirst },
  ),
  KV_CACHE_UPDATE: layer(
    'attention',
    'cache update write_indices',
    'output',
    { cache_mode: oneOf(KVCacheMode, 'LINEAR') },
    { infer: sameAsFirst },
  ),
  MOE: layer(
    'matmul',
    'hidden_states selected_experts scores fc_gate_weights fc_up_weights fc_down_weights fc_gate_biases? fc_up_biases? fc_down_biases? fc_down_activation_scale?',
    'output',
    { activation_type: oneOf(MoEActType, 'NONE') },
    { infer: sameAsFirst, check: expertRules },
  ),
  DIST_COLLECTIVE: layer('other', 'input', 'output', {
    collective_operation: oneOf(CollectiveOperation),
    reduce_operation: someOf(ReduceOperation),
    root: optionalInt(),
    groups: dims(),
  }),
}

import { attention as inferAttention } from '../infer/attention'
import { mapped } from '../infer/elementwise'
import { float, int, op } from './notation'

const ATTENTION = {
  is_causal: int(0),
  kv_num_heads: int(),
  q_num_heads: int(),
  qk_matmul_output_mode: int(0),
  scale: float(),
  softcap: float(0),
  softmax_precision: int(),
}
const RESULTS = 'Y present_key? present_value? qk_matmul_output?'

/** Attention of the default domain, from opset 23 on. */
export const attention = [
  op('Attention', 'attention', 'Q K V attn_mask? past_key? past_value?', RESULTS, ATTENTION, {
    since: 23,
    infer: inferAttention,
  }),
  op('Attention', 'attention', 'Q K V attn_mask? past_key? past_value? nonpad_kv_seqlen?', RESULTS, ATTENTION, {
    since: 24,
    infer: inferAttention,
  }),
  op(
    'RotaryEmbedding',
    'attention',
    'X cos_cache sin_cache position_ids?',
    'Y',
    { interleaved: int(0), num_heads: int(), rotary_embedding_dim: int(0) },
    { since: 23, infer: mapped },
  ),
]

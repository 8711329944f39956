import { family } from '../library'
import { biasSoftmax } from './bias-softmax'
import { groupedHeads, mergedHeads } from './heads'
import { groupedQuery } from './grouped-query'
import { multiHead } from './multi-head'
import { packed } from './packed'
import { rotary } from './rotary'
import { sdpa } from './sdpa'

export const ATTENTION = family('Attention', { stage: 2 }, [
  { label: 'Attention', equation: 'Softmax(q · kᵀ · s + m) · v ⇒ Attention(q, k, v, m)', benefit: 80, make: sdpa },
  {
    label: 'Grouped heads',
    equation: 'Attention(q, repeat(k), repeat(v)) ⇒ Attention(q, k, v)',
    exactness: 'exact',
    benefit: 79,
    make: groupedHeads,
  },
  {
    label: 'Attention heads',
    equation: 'Merge(Attention(Split(q), Split(k), Split(v))) ⇒ Attention(q, k, v)',
    exactness: 'exact',
    benefit: 78,
    make: mergedHeads,
  },
  { label: 'RotaryEmbedding', equation: 'x · cos + rotate(x) · sin ⇒ RotaryEmbedding(x)', benefit: 75, make: rotary },
  {
    label: 'Packed attention',
    equation: 'Attention(x·Wq, x·Wk, x·Wv) ⇒ Attention(x, W)',
    stage: 3,
    benefit: 70,
    targets: ['ort'],
    make: packed,
  },
  {
    label: 'GroupQueryAttention',
    equation: 'Attention(Rotary(q), Rotary(k), v, m) ⇒ GroupQueryAttention(q, k, v, m)',
    assumes: 'no row of the attention mask is masked as a whole',
    stage: 4,
    benefit: 15,
    optIn: true,
    targets: ['ort'],
    make: groupedQuery,
  },
  {
    label: 'MultiHeadAttention',
    equation: 'Attention(q, k, v, m) ⇒ MultiHeadAttention(q, k, v, m)',
    stage: 4,
    benefit: 14,
    optIn: true,
    targets: ['ort'],
    make: multiHead,
  },
  {
    label: 'BiasSoftmax',
    equation: 'Softmax(s + m) ⇒ BiasSoftmax(s, m)',
    stage: 4,
    benefit: 13,
    exactness: 'exact',
    optIn: true,
    targets: ['ort'],
    make: biasSoftmax,
  },
])

/**
 * Attention. For each head, with S queries, T keys, sizes d of a key and v of a value: scores 2 S T d, context 2 S T v, and on
 * each score the scale, the mask where there is one, and softmax (5). This is the count of "attention_scores", "attn_scale",
 * "attn_softmax" and "attn_weighted_avg_values" in google-research/electra's `flops_computation.py`. All T keys count for
 * each query, also under a causal mask: how many a kernel leaves out is not in the network.
 */
import { plus, times } from './arithmetic'
import type { Amount } from './arithmetic'
import { numberOf } from './facts'
import type { LayerFacts } from './facts'
import type { Flops } from './flops-matrix'
import type { Measure } from './sizes'

interface Heads {
  readonly batch: Amount
  readonly heads: Amount
  readonly length: Amount
  /** Of one vector of one head. */
  readonly size: Amount
}

/** Reads [batch, length, heads * size] or [batch, heads, length, size]. */
function headsOf(f: LayerFacts, index: number, count: number, m: Measure): Heads | null {
  const shape = f.inputs[index]?.shape
  if (shape?.length === 4) {
    const [batch, heads, length, size] = shape.map((d) => m.size(d))
    return { batch: batch!, heads: heads!, length: length!, size: size! }
  }
  if (shape?.length !== 3 || count < 1) return null
  const [batch, length, width] = shape.map((d) => m.size(d))
  return {
    batch: batch!,
    heads: count,
    length: length!,
    size: width === null || width === undefined ? null : width / count,
  }
}

/** @param extra operations on each score besides scale and softmax */
function core(q: Heads | null, keys: Amount, valueSize: Amount, extra: number): Amount {
  if (!q) return null
  const scores = times(q.batch, q.heads, q.length, keys)
  return times(scores, plus(times(2, q.size), times(2, valueSize), 6 + extra))
}

/** A soft cap is a quotient, a tanh and a product. */
const capped = (f: LayerFacts): number => (numberOf(f, 'softcap', 0) === 0 ? 0 : 3)

/** How many keys of an earlier run stand before those of this one: axis 2 of [batch, heads, past, size]. */
const pastLength = (f: LayerFacts, index: number, m: Measure): Amount => {
  const past = f.inputs[index]
  return past ? m.size(past.shape?.at(-2)) : 0
}

/** ai.onnx Attention. */
export const attention: Flops = (f, m) => {
  const q = headsOf(f, 0, numberOf(f, 'q_num_heads', 0), m)
  const kv = numberOf(f, 'kv_num_heads', 0)
  const k = headsOf(f, 1, kv, m)
  const v = headsOf(f, 2, kv, m)
  const keys = plus(k?.length ?? null, pastLength(f, 4, m))
  return core(q, keys, v?.size ?? null, (f.inputs[3] ? 1 : 0) + capped(f))
}

/** com.microsoft Attention: first one product makes queries, keys and values of the operand. */
export const packedAttention: Flops = (f, m) => {
  const [x, weights] = f.inputs
  const [batch, length, width] = x?.shape?.length === 3 ? x.shape.map((d) => m.size(d)) : [null, null, null]
  const heads = numberOf(f, 'num_heads', 0)
  const made = m.size(weights?.shape?.[1])
  const sizes = f.record.attributes['qkv_hidden_sizes']
  const [dq, , dv] = Array.isArray(sizes) ? (sizes as readonly number[]) : Array<Amount>(3).fill(times(made, 1 / 3))
  const q = { batch: batch!, heads, length: length!, size: times(dq ?? null, 1 / heads) }
  const keys = plus(length!, pastLength(f, 4, m))
  const project = times(batch!, length!, made, plus(times(2, width!), f.inputs[2] ? 1 : 0))
  return plus(project, core(q, keys, times(dv ?? null, 1 / heads), (f.inputs[3] ? 1 : 0) + (f.inputs[5] ? 1 : 0)))
}

/** com.microsoft MultiHeadAttention: separate operands, or all three packed in the query, [batch, length, heads, 3, size]. */
export const multiHead: Flops = (f, m) => {
  const count = numberOf(f, 'num_heads', 0)
  const packed = f.inputs[0]?.shape?.length === 5 ? f.inputs[0].shape.map((d) => m.size(d)) : null
  const all = packed && { batch: packed[0]!, length: packed[1]!, heads: packed[2]!, size: packed[4]! }
  const q = all ?? headsOf(f, 0, count, m)
  const pair = f.inputs[1]?.shape?.length === 5 ? f.inputs[1].shape.map((d) => m.size(d)) : null
  const both = pair && { batch: pair[0]!, length: pair[1]!, heads: pair[2]!, size: pair[4]! }
  const k = all ?? both ?? headsOf(f, 1, count, m)
  const v = all ?? both ?? headsOf(f, 2, count, m)
  const keys = plus(k?.length ?? null, pastLength(f, 6, m))
  const masks = (f.inputs[4] ? 1 : 0) + (f.inputs[5] ? 1 : 0)
  const bias = f.inputs[3] ? plus(...f.inputs.slice(0, 3).map((t) => (t ? m.count(t) : 0))) : 0
  return plus(bias, core(q, keys, v?.size ?? null, masks))
}

/** com.microsoft GroupQueryAttention: keys and values have fewer heads, which saves bytes and no FLOPs. */
export const groupQuery: Flops = (f, m) => {
  const [query, key] = f.inputs
  const heads = numberOf(f, 'num_heads', 0)
  const kvHeads = numberOf(f, 'kv_num_heads', 0)
  const [batch, length, width] = query?.shape?.length === 3 ? query.shape.map((d) => m.size(d)) : [null, null, null]
  const size = times(width!, 1 / (key ? heads : heads + 2 * kvHeads))
  const q = { batch: batch!, heads, length: length!, size }
  const present = f.outputs[1]
  const keys = present ? m.size(present.shape?.[2]) : plus(length!, pastLength(f, 3, m))
  const turned = numberOf(f, 'do_rotary', 0) ? times(3, batch!, length!, size, heads + kvHeads) : 0
  return plus(turned, core(q, keys, size, (f.inputs[10] ? 1 : 0) + capped(f)))
}

/** x cos + (x turned by a quarter) sin: two products and a sum for each element that turns. */
export const rotary: Flops = (f, m) => {
  const [x] = f.inputs
  const turned = numberOf(f, 'rotary_embedding_dim', 0)
  const heads = numberOf(f, 'num_heads', 0)
  if (turned === 0) return times(3, m.count(x))
  const rows = x?.shape?.length === 4 ? m.product(x.shape.slice(0, 3)) : times(m.product(x?.shape?.slice(0, 2)), heads)
  return times(3, rows, turned)
}

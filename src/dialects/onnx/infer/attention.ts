import type { Dim, Shape } from '../../../engine'
import { dtypeOf, intAttr, intsAttr, shapeOf, typed, type Infer, type TracedContext } from './context'
import { addDims, floorDivDims, mulDims } from './dims'

interface Heads {
  readonly batch: Dim
  readonly heads: Dim
  readonly length: Dim
  readonly size: Dim
}

/** Reads [batch, length, heads * size] or [batch, heads, length, size]. */
function headsOf(shape: Shape | null, count: number): Heads | null {
  if (shape?.length === 4) return { batch: shape[0]!, heads: shape[1]!, length: shape[2]!, size: shape[3]! }
  if (shape?.length !== 3 || count < 1) return null
  return { batch: shape[0]!, heads: count, length: shape[1]!, size: floorDivDims(shape[2]!, count) }
}

/** Keys or values with those of the past before them: [batch, heads, past + length, size]. */
function present(past: Shape | null, now: Heads | null): Shape | null {
  return now && [now.batch, now.heads, addDims(past?.length === 4 ? past[2]! : 0, now.length), now.size]
}

/** ai.onnx Attention: Y, present_key, present_value, qk_matmul_output. */
export const attention: Infer = (c) => {
  const dtype = dtypeOf(c, 0)
  const q = headsOf(shapeOf(c, 0), intAttr(c, 'q_num_heads', 0))
  const kvHeads = intAttr(c, 'kv_num_heads', 0)
  const k = headsOf(shapeOf(c, 1), kvHeads)
  const v = headsOf(shapeOf(c, 2), kvHeads)
  const keys = present(shapeOf(c, 4), k)
  const values = present(shapeOf(c, 5), v)
  let y: Shape | null = null
  if (q && v) {
    y =
      shapeOf(c, 0)?.length === 3 ? [q.batch, q.length, mulDims(q.heads, v.size)] : [q.batch, q.heads, q.length, v.size]
  }
  const scores = q && keys ? [q.batch, q.heads, q.length, keys[2]!] : null
  return [typed(dtype, y), typed(dtypeOf(c, 1), keys), typed(dtypeOf(c, 2), values), typed(dtype, scores)]
}

/** com.microsoft MultiHeadAttention: query [B,S,D], key and value 3-D or 4-D; or packed in the query, [B,S,H,3,d]. */
export const multiHeadAttention: Infer = (c) => {
  const dtype = dtypeOf(c, 0)
  const count = intAttr(c, 'num_heads', 0)
  const query = shapeOf(c, 0)
  const packed = query?.length === 5 ? query : null
  const q = packed
    ? { batch: packed[0]!, heads: packed[2]!, length: packed[1]!, size: packed[4]! }
    : headsOf(query, count)
  const kv = shapeOf(c, 1)?.length === 5 ? shapeOf(c, 1)! : null
  const split = kv && { batch: kv[0]!, heads: kv[2]!, length: kv[1]!, size: kv[4]! }
  const k = packed ? q : (split ?? headsOf(shapeOf(c, 1), count))
  const v = packed ? q : (split ?? headsOf(shapeOf(c, 2), count))
  const y = q && v ? [q.batch, q.length, mulDims(v.heads, v.size)] : null
  const keys = present(shapeOf(c, 6), k)
  const values = present(shapeOf(c, 7), v)
  const scores = q && keys ? [q.batch, q.heads, q.length, keys[2]!] : null
  return [typed(dtype, y), typed(dtype, keys), typed(dtype, values), typed(dtype, scores)]
}

/** com.microsoft GroupQueryAttention; without key and value the query holds all three. */
export const groupQueryAttention: Infer = (c) => {
  const dtype = dtypeOf(c, 0)
  const query = shapeOf(c, 0)
  const heads = intAttr(c, 'num_heads', 0)
  const kvHeads = intAttr(c, 'kv_num_heads', 0)
  if (query?.length !== 3 || heads < 1 || kvHeads < 1) return [typed(dtype, query), null, null]
  const packed = !c.inputs[1]
  const size = floorDivDims(query[2]!, packed ? heads + 2 * kvHeads : heads)
  const total = c.inputs[6]?.value?.scalar() ?? null
  const past = shapeOf(c, 3)
  const cache = [query[0]!, kvHeads, total ?? cacheLength(past, query[1]!), size]
  return [typed(dtype, [query[0]!, query[1]!, mulDims(heads, size)]), typed(dtype, cache), typed(dtype, cache)]
}

/** The length of a cache shared with the past depends on the run. */
function cacheLength(past: Shape | null, now: Dim): Dim {
  return past?.length === 4 && past[2] === 0 ? now : null
}

/** com.microsoft Attention: input [B,S,D], weights [D, q + k + v] with the value's width at the end. */
export const packedAttention: Infer = (c) => {
  const x = shapeOf(c, 0)
  const width = shapeOf(c, 1)?.[1] ?? null
  const v = intsAttr(c, 'qkv_hidden_sizes')?.[2] ?? floorDivDims(width, 3)
  const heads = intAttr(c, 'num_heads', 0)
  const y = x && [x[0]!, x[1]!, v]
  const kept = x && heads > 0 ? [2, x[0]!, heads, totalLength(c, x[1]!), floorDivDims(v, heads)] : null
  return [typed(dtypeOf(c, 0), y), typed(dtypeOf(c, 0), kept)]
}

function totalLength(c: TracedContext, now: Dim): Dim {
  const past = shapeOf(c, 4)
  return addDims(past?.length === 5 ? past[3]! : 0, now)
}

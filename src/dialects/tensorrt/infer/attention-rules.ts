/** What TensorRT refuses in attention and the layers that belong to it. */
import type { Check } from '../kinds/notation'
import { alike, firstOf, listOf, ofRank, ofTypes } from './operand-rules'
import type { Reading } from './reading'

type Place = readonly [operand: number, dimension: number]

/** Two sizes that are one where both are known. */
const equalSizes =
  (what: string, [i, at]: Place, [j, as]: Place): Check =>
  (r) => {
    const [a, b] = [r.shape(i)?.at(at), r.shape(j)?.at(as)]
    return typeof a === 'number' && typeof b === 'number' && a !== b
      ? `${what} of ${r.kind} are of one size, not ${a} and ${b}`
      : null
  }

const isPacked = (r: Reading, form: string): boolean => r.text(form) === 'PACKED_NHD'

/** [batch, heads, tokens, size], or [tokens, heads, size] where they are packed. */
const formed =
  (form: string, i: number, what: string): Check =>
  (r) =>
    ofRank([isPacked(r, form) ? 3 : 4], i, what)(r)

const sharedHeads: Check = (r) => {
  const [heads, own] = [r.shape(0)?.at(isPacked(r, 'query_form') ? 1 : -3), r.shape(1)?.at(-3)]
  if (isPacked(r, 'key_value_form') || typeof heads !== 'number' || typeof own !== 'number') return null
  return heads % own === 0 ? null : `${heads} heads of queries do not share ${own} of keys`
}

const maskRules: Check = (r) => {
  if (!r.has(3)) return null
  const [own, dtype] = [r.dtype(3), r.dtype(0)]
  if (own && dtype && own !== 'bool' && own !== dtype) return `the mask of ${r.kind} is BOOL or ${dtype}, not ${own}`
  if (r.flag('causal') || r.text('causal_kind') !== 'NONE') return `${r.kind} has a mask, and is causal: it takes one`
  const [mask, q, k] = [r.shape(3), r.shape(0), r.shape(1)]
  const scores = q?.length === 4 && k?.length === 4 ? [q[0], q[1], q[2], k[2]] : null
  const at = mask?.findIndex((d, i) => d !== 1 && isOther(d, scores?.[i])) ?? -1
  return at < 0 ? ofRank([4], 3, 'the mask')(r) : `the mask of ${r.kind} has ${mask![at]} at ${at}, the scores ${scores![at]}` // prettier-ignore
}
const isOther = (a: unknown, b: unknown): boolean => typeof a === 'number' && typeof b === 'number' && a !== b

const quantizedRules: Check = (r) => {
  const to = r.text('normalization_quantize_to_type')
  if (r.has(4) && to !== 'FP8' && to !== 'INT8') return `${r.kind} quantizes to FP8 or INT8, not to ${to}`
  if (!r.has(4) && to !== 'FLOAT') return `${r.kind} quantizes to ${to}, and has no scale to do so`
  return firstOf(ofTypes('floating-point numbers', 4, 'the scale'), ofRank([0, 1], 4, 'the scale'))(r)
}

const lengthRules: Check = (r) => {
  if (isPacked(r, 'query_form') && !r.has(5)) return `${r.kind} takes packed queries, and not their lengths`
  if (isPacked(r, 'key_value_form') && !r.has(6)) return `${r.kind} takes packed keys, and not their lengths`
  const lists = [5, 6].map((i) => firstOf(ofTypes('INT32', i, 'lengths'), ofRank([1], i, 'lengths')))
  return firstOf(...lists)(r)
}

const padded =
  (...checks: readonly Check[]): Check =>
  (r) =>
    isPacked(r, 'query_form') || isPacked(r, 'key_value_form') ? null : firstOf(...checks)(r)

export const attentionRules = firstOf(
  formed('query_form', 0, 'query'),
  formed('key_value_form', 1, 'key'),
  formed('key_value_form', 2, 'value'),
  ...[0, 1, 2].map((i) => ofTypes('floating-point numbers', i)),
  alike(0, 1, 'query and key'),
  alike(0, 2, 'query and value'),
  padded(equalSizes('batches', [0, 0], [1, 0]), equalSizes('batches', [0, 0], [2, 0])),
  padded(equalSizes('heads of keys and values', [1, 1], [2, 1]), equalSizes('keys and values', [1, 2], [2, 2])),
  equalSizes('queries and keys', [0, -1], [1, -1]),
  padded(sharedHeads),
  maskRules,
  quantizedRules,
  lengthRules,
)

/** Caches [batch, length, size / 2], or [positions, size / 2] where position ids choose of them. */
const tables: Check = (r) => {
  const dim = r.number('rotary_embedding_dim') ?? 0
  const size = r.shape(0)?.at(-1)
  if (dim < 0 || dim % 2 !== 0) return `ROTARY_EMBEDDING turns an even number of elements, not ${dim}`
  if (typeof size === 'number' && dim > size) return `ROTARY_EMBEDDING turns ${dim} elements of ${size}`
  const turned = dim === 0 ? size : dim
  if (typeof turned === 'number' && turned % 2 !== 0) return `ROTARY_EMBEDDING turns an even number of elements, not ${turned}` // prettier-ignore
  for (const [i, what] of [
    [1, 'cos_cache'],
    [2, 'sin_cache'],
  ] as const) {
    const fault = ofRank([r.has(3) ? 2 : 3], i, what)(r)
    if (fault !== null) return fault
    const half = r.shape(i)?.at(-1)
    if (typeof half === 'number' && typeof turned === 'number' && half * 2 !== turned)
      return `${what} of ROTARY_EMBEDDING has ${half} angles for ${turned} elements`
  }
  return null
}

export const rotaryRules = firstOf(
  ofRank([4], 0, 'the input'),
  ofTypes('floating-point numbers'),
  alike(0, 1, 'input and cos_cache'),
  alike(0, 2, 'input and sin_cache'),
  ofTypes('INT32 or INT64', 3, 'position_ids'),
  ofRank([2], 3, 'position_ids'),
  tables,
  (r) =>
    r.has(3)
      ? firstOf(equalSizes('batches', [0, 0], [3, 0]), equalSizes('lengths', [0, 2], [3, 1]))(r)
      : firstOf(...[1, 2].flatMap((i) => [equalSizes('batches', [0, 0], [i, 0]), equalSizes('lengths', [0, 2], [i, 1])]))(r), // prettier-ignore
)

export const cacheRules = firstOf(
  ofRank([4], 0, 'cache'),
  formed('update_form', 1, 'update'),
  ofTypes('floating-point numbers'),
  alike(0, 1, 'cache and update'),
  listOf(2, 'write_indices'),
  equalSizes('batches', [0, 0], [2, 0]),
  (r) => (isPacked(r, 'update_form') ? null : firstOf(...[0, 1, 3].map((at) => equalSizes('cache and update', [0, at], [1, at])))(r)), // prettier-ignore
  (r) => (isPacked(r, 'update_form') && !r.has(3) ? `${r.kind} takes packed updates, and not their lengths` : null),
  (r) => {
    const [room, length] = [r.shape(0)?.[2], r.shape(1)?.[2]]
    return isPacked(r, 'update_form') || typeof room !== 'number' || typeof length !== 'number' || length <= room
      ? null
      : `an update of ${length} does not go into a cache of ${room}`
  },
)

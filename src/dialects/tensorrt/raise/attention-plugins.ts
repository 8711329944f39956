/** GPTAttention in the context phase, and BertAttention. */
import type { Tensor } from '../../../engine'
import { GPT_ATTENTION_TENSORS, MASK_TYPES, POSITION_EMBEDDING_TYPES, ROTARY_SCALING_TYPES } from '../gpt-attention-arguments' // prettier-ignore
import { isPacked } from '../gpt-attention-fields'
import { attend, cached } from './attend'
import type { AttentionSizes } from './attend'
import { cannotRaise } from './error'
import type { Raise, RaisedLayer } from './raised-layer'
import { rotated } from './rotary'
import type { Rotary } from './rotary'

/** What the reference reads, and what says nothing while every sequence is at its beginning: caches are empty, windows are as long as they. */
const KNOWN: ReadonlySet<string> = new Set([
  'qkv', 'qkv_bias', 'context_lengths', 'host_context_lengths', 'past_key_value', 'alibi_slopes', 'rotary_inv_freq', 'rotary_cos_sin',
  'sequence_length', 'host_past_key_value_lengths', 'host_max_attention_window_sizes', 'host_sink_token_length',
  'cache_indirection', 'host_request_types', 'host_runtime_perf_knobs', 'host_context_progress',
]) // prettier-ignore

/**
 * qkv (+ bias) → attention of each sequence to itself, causal, from its first token on; the present cache is the past one with the
 * sequence's keys, as they are compared, and values written from 0 on. Every sequence is taken to be in its context phase.
 */
export const gptAttention: Raise = (l) => {
  const { b } = l
  refuseOthers(l)
  const parts = l.argumentList('qkv')
  const given = parts.length > 0 ? b.op('Concat', parts, { axis: -1 }) : (l.argument('qkv') ?? l.input(0))
  const sizes = sizesOf(l)
  const bias = l.argument('qkv_bias')
  const x = b.cast(given, 'float32')
  const qkv = bias ? b.op('Add', [x, b.cast(bias, 'float32')]) : x
  const told = l.argument('context_lengths') ?? l.argument('host_context_lengths')
  const lengths = told && b.cast(told, 'int64')
  const packed = isPacked(given, told)
  const position = word(l, 'position_embedding_type', POSITION_EMBEDDING_TYPES)
  const rotary = rotaryOf(l, position, sizes)
  const scale = 1 / ((l.number('q_scaling') ?? 1) * Math.sqrt(sizes.size))
  const attended = attend(b, qkv, { packed, lengths }, sizes, {
    scale,
    causal: causality(l),
    softcap: l.number('attn_logit_softcapping_scale') ?? 0,
    turned: (t, at) => (rotary ? rotated(b, t, at, sizes.size, rotary) : t),
    slopes: slopesOf(l, position, sizes.size),
  })
  const context = b.cast(attended.context, given.dtype ?? 'float32')
  if (l.record.outputs.length === 1) return context
  const past =
    l.argument('past_key_value') ?? cannotRaise('plugin GPTAttention without a contiguous cache has no present one')
  return [context, b.cast(cached(b, attended, past, lengths), past.dtype ?? 'float32')]
}

function refuseOthers(l: RaisedLayer): void {
  const { name, flayer, inputs } = l.record
  if (!flayer) cannotRaise(`which operand of plugin GPTAttention is which is not recorded (${name})`)
  const given = GPT_ATTENTION_TENSORS.filter((t) => l.argument(t))
  const other = given.find((t) => !KNOWN.has(t))
  if (other) cannotRaise(`plugin GPTAttention with ${other} has no reference (${name})`)
  if (given.length + l.argumentList('qkv').length !== inputs.length)
    cannotRaise(`which operand of plugin GPTAttention is which is not recorded (${name})`)
  for (const field of ['do_cross_attention', 'is_mla_enabled', 'kv_cache_quant_mode'])
    if (l.flag(field) || (l.number(field) ?? 0) !== 0)
      cannotRaise(`plugin GPTAttention with ${field} has no reference (${name})`)
  if ((l.number('cp_size') ?? 1) > 1 || (l.number('tp_size') ?? 1) > 1)
    cannotRaise(`plugin GPTAttention on several GPUs has no reference (${name})`)
}

function sizesOf(l: RaisedLayer): AttentionSizes {
  const [heads, each] = [l.number('num_heads'), l.number('head_size')]
  if (!heads || !each) return cannotRaise(`the number and size of heads of ${l.record.name} are not known`)
  return { heads, kvHeads: l.number('num_kv_heads') ?? heads, size: each }
}

/** The name of an enum's value, of which the field is the number. */
function word(l: RaisedLayer, field: string, values: readonly string[]): string {
  const number = l.number(field)
  if (number === null) return cannotRaise(`${field} of plugin GPTAttention is not known (${l.record.name})`)
  return values[number] ?? String(number)
}

function causality(l: RaisedLayer): boolean {
  const mask = word(l, 'mask_type', MASK_TYPES)
  if (mask !== 'causal' && mask !== 'padding') cannotRaise(`plugin GPTAttention with mask ${mask} has no reference`)
  return mask === 'causal'
}

function slopesOf(l: RaisedLayer, position: string, size: number): Tensor | null {
  const slopes = l.argument('alibi_slopes')
  if (!position.startsWith('alibi')) return null
  if (!slopes) return cannotRaise('plugin GPTAttention with alibi lacks alibi_slopes')
  return position === 'alibi'
    ? slopes
    : l.b.op('Div', [l.b.cast(slopes, 'float32'), l.b.constant('float32', [Math.sqrt(size)])])
}

function rotaryOf(l: RaisedLayer, position: string, { size }: AttentionSizes): Rotary | null {
  const { b } = l
  if (position === 'learned_absolute' || position.startsWith('alibi')) return null
  if (position !== 'rope_gptj' && position !== 'rope_gpt_neox')
    return cannotRaise(`plugin GPTAttention with positions ${position} has no reference`)
  const dim = l.number('rotary_embedding_dim') ?? 0
  if (dim <= 0 || dim > size || dim % 2 !== 0)
    return cannotRaise(`${dim} of ${size} elements cannot be turned in pairs`)
  const [table, given] = [l.argument('rotary_cos_sin'), l.argument('rotary_inv_freq')]
  const scaling = word(l, 'rotary_embedding_scale_type', ROTARY_SCALING_TYPES)
  if (!table && !given && scaling !== 'none' && scaling !== 'linear')
    return cannotRaise(`plugin GPTAttention with rotary scaling ${scaling} and no table has no reference`)
  const scale = scaling === 'linear' ? (l.number('rotary_embedding_scale') ?? 1) : 1
  const base = l.number('rotary_embedding_base') ?? 10000
  const own = Array.from({ length: dim / 2 }, (_, i) => scale / base ** ((2 * i) / dim))
  return {
    dim,
    pairs: position === 'rope_gptj' ? 'neighbours' : 'halves',
    frequencies: given ? b.reshape(b.cast(given, 'float32'), [-1]) : b.constant('float32', own, [dim / 2]),
    tables: table && tablesOf(l, table, dim),
  }
}

/** [1, positions · dim]: cosine and sine of each pair, one behind the other. */
function tablesOf({ b }: RaisedLayer, table: Tensor, dim: number): NonNullable<Rotary['tables']> {
  const apart = b.reshape(b.cast(table, 'float32'), [-1, dim / 2, 2])
  const of = (i: number): Tensor => b.squeeze(b.op('Slice', [apart, b.ints([i]), b.ints([i + 1]), b.ints([2])]), [2])
  return { cos: of(0), sin: of(1) }
}

/** Every token of a sequence sees every other: [batch, length, 3 · hidden], or packed where the longest length is an operand too. */
export const bertAttention: Raise = (l) => {
  const { b } = l
  if (l.flag('do_relative_attention')) cannotRaise('plugin BertAttention with relative attention has no reference')
  const given = l.input(0)
  const sizes = sizesOf(l)
  const lengths = b.cast(l.input(1), 'int64')
  const packed = l.flag('remove_padding')
  const scale = 1 / ((l.number('q_scaling') ?? 1) * Math.sqrt(sizes.size))
  const options = { scale, causal: false, softcap: 0, turned: (t: Tensor) => t, slopes: null }
  const { context } = attend(b, b.cast(given, 'float32'), { packed, lengths }, sizes, options)
  return b.cast(context, given.dtype ?? 'float32')
}

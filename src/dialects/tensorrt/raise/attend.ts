/**
 * Attention over whole sequences in ONNX operators, in float32: what plugins of attention compute in the context phase. Sequences are padded,
 * [batch, length, width], or packed, [tokens, width] or [1, tokens, width], one behind the other. What lies beyond a sequence's
 * length is seen by none, and comes out as 0.
 */
import type { Tensor } from '../../../engine'
import type { OnnxBuilder } from './builder'
import { cannotRaise } from './error'

export interface Sequences {
  /** Whether they are packed. */
  readonly packed: boolean
  /** [n], int64; null for padded sequences that are all as long as their row. */
  readonly lengths: Tensor | null
}

export interface AttentionSizes {
  readonly heads: number
  readonly kvHeads: number
  readonly size: number
}

export interface Attended {
  /** As the queries came in, [.., heads · size]. */
  readonly context: Tensor
  /** [rows, kv heads, positions, size], keys as they are compared. */
  readonly keys: Tensor
  readonly values: Tensor
  readonly places: Places
}

/** Where tokens stand; `rows` is the batch of padded sequences, and 1 for packed ones. */
export interface Places {
  /** [rows, positions], int64: within its sequence. */
  readonly position: Tensor
  /** [rows, positions]: whether a sequence has it. */
  readonly valid: Tensor
  /** [rows, queries, keys]: whether both are of one sequence. */
  readonly together: Tensor
  /** Of packed sequences, [n]: where each begins. */
  readonly starts: Tensor | null
}

export interface AttentionOptions {
  readonly scale: number
  readonly causal: boolean
  /** Scores are bounded to so much by tanh; 0 for no bound. */
  readonly softcap: number
  /** Turns queries and keys [rows, heads, positions, size] by their positions. */
  readonly turned: (x: Tensor, position: Tensor) => Tensor
  /** [heads]: added to scores times the position of the key; null for none. */
  readonly slopes: Tensor | null
}

/** Closed positions; not -∞, which would leave rows without any open one undefined. */
const CLOSED = -3e38

export function attend(
  b: OnnxBuilder,
  qkv: Tensor,
  sequences: Sequences,
  { heads, kvHeads, size }: AttentionSizes,
  options: AttentionOptions,
): Attended {
  const rank = qkv.rank ?? cannotRaise(`the rank of ${qkv.name} is not known`)
  const x = rank === 2 ? b.unsqueeze(qkv, [0]) : qkv
  const places = placesOf(b, x, sequences)
  const part = (from: number, count: number): Tensor => {
    const ends = [b.ints([from * size]), b.ints([(from + count) * size]), b.ints([2])]
    const apart = b.reshape(b.op('Slice', [x, ...ends]), [0, 0, count, size])
    return b.transpose(apart, [0, 2, 1, 3])
  }
  const [q, k] = [part(0, heads), part(heads, kvHeads)].map((t) => options.turned(t, places.position)) as [
    Tensor,
    Tensor,
  ]
  const v = part(heads + kvHeads, kvHeads)
  const scores = b.op('MatMul', [q, b.transpose(repeated(b, k, heads, kvHeads, size), [0, 1, 3, 2])])
  const open = openTo(b, places, options.causal)
  const closed = b.constant('float32', [CLOSED])
  const weights = b.op('Softmax', [b.op('Where', [open, adjusted(b, scores, places, options), closed])], { axis: -1 })
  const apart = b.transpose(b.op('MatMul', [weights, repeated(b, v, heads, kvHeads, size)]), [0, 2, 1, 3])
  const whole = b.reshape(apart, [0, 0, heads * size])
  const context = b.op('Where', [b.unsqueeze(places.valid, [2]), whole, b.constant('float32', [0])])
  return { context: rank === 2 ? b.squeeze(context, [0]) : context, keys: k, values: v, places }
}

/** Each head of keys and values for as many of the queries. */
function repeated(b: OnnxBuilder, x: Tensor, heads: number, kvHeads: number, size: number): Tensor {
  if (heads === kvHeads) return x
  const expanded = b.op('Expand', [b.unsqueeze(x, [2]), b.ints([1, 1, heads / kvHeads, 1, 1])])
  return b.reshape(expanded, [0, heads, -1, size])
}

function adjusted(b: OnnxBuilder, scores: Tensor, { position }: Places, options: AttentionOptions): Tensor {
  const { scale, softcap, slopes } = options
  const number = (v: number): Tensor => b.constant('float32', [v])
  const scaled = b.op('Mul', [scores, number(scale)])
  const bounded =
    softcap === 0 ? scaled : b.op('Mul', [b.op('Tanh', [b.op('Div', [scaled, number(softcap)])]), number(softcap)])
  if (!slopes) return bounded
  const keys = b.unsqueeze(b.cast(position, 'float32'), [1, 2])
  return b.op('Add', [bounded, b.op('Mul', [b.reshape(b.cast(slopes, 'float32'), [1, -1, 1, 1]), keys])])
}

/** [rows, 1, queries, keys] */
function openTo(b: OnnxBuilder, { position, together }: Places, causal: boolean): Tensor {
  if (!causal) return b.unsqueeze(together, [1])
  const before = b.op('Not', [b.op('Greater', [b.unsqueeze(position, [1]), b.unsqueeze(position, [2])])])
  return b.unsqueeze(b.op('And', [together, before]), [1])
}

function placesOf(b: OnnxBuilder, x: Tensor, { packed, lengths }: Sequences): Places {
  const count = b.scalar(b.size(x, 1))
  const index = b.op('Range', [b.constant('int64', [0]), count, b.constant('int64', [1])])
  if (!packed) {
    const rows = b.vector([b.size(x, 0), b.size(x, 1)])
    const position = b.op('Expand', [b.unsqueeze(index, [0]), rows])
    const valid = lengths
      ? b.op('Less', [position, b.unsqueeze(lengths, [1])])
      : b.op('Less', [position, b.unsqueeze(count, [0, 1])])
    const all = b.op('Expand', [b.unsqueeze(valid, [1]), b.vector([b.size(x, 0), b.size(x, 1), b.size(x, 1)])])
    return { position, valid, together: all, starts: null }
  }
  if (!lengths) return cannotRaise('the lengths of packed sequences are not given')
  const ends = b.op('CumSum', [lengths, b.constant('int64', [0])])
  const starts = b.op('Sub', [ends, lengths])
  // The sequence that a token is of: how many end at it or before it.
  const past = b.op('Not', [b.op('Greater', [b.unsqueeze(ends, [0]), b.unsqueeze(index, [1])])])
  const owner = b.reduce('ReduceSum', b.cast(past, 'int64'), [1], false)
  const valid = b.op('Less', [owner, b.shape(lengths)])
  const first = b.op('Gather', [b.op('Concat', [starts, b.ints([0])], { axis: 0 }), owner], { axis: 0 })
  const same = b.op('Equal', [b.unsqueeze(owner, [0]), b.unsqueeze(owner, [1])])
  return {
    position: b.unsqueeze(b.op('Sub', [index, first]), [0]),
    valid: b.unsqueeze(valid, [0]),
    together: b.unsqueeze(same, [0]),
    starts,
  }
}

/**
 * Keys and values written into a contiguous cache, [n, 2, kv heads, room, size]: what no sequence reaches stays as it was.
 */
export function cached(
  b: OnnxBuilder,
  { keys, values, places }: Attended,
  past: Tensor,
  lengths: Tensor | null,
): Tensor {
  const room = b.scalar(b.size(past, 3))
  const index = b.op('Range', [b.constant('int64', [0]), room, b.constant('int64', [1])])
  const count = b.tensor(b.size(keys, 2))
  const last = b.op('Sub', [count, b.ints([1])])
  const both = b.op('Concat', [b.unsqueeze(keys, [1]), b.unsqueeze(values, [1])], { axis: 1 })
  const old = b.cast(past, 'float32')
  if (!places.starts) {
    const found = b.op('Gather', [both, b.op('Min', [index, last])], { axis: 3 })
    const reach = lengths ? b.op('Min', [lengths, count]) : count
    const written = b.op('Less', [b.unsqueeze(index, [0]), b.unsqueeze(reach, [1])])
    return b.op('Where', [b.unsqueeze(written, [1, 2, 4]), found, old])
  }
  const at = b.op('Add', [b.unsqueeze(places.starts, [1]), b.unsqueeze(index, [0])])
  const within = b.op('Less', [b.unsqueeze(index, [0]), b.unsqueeze(lengths!, [1])])
  const written = b.op('And', [within, b.op('Less', [at, count])])
  const found = b.op('Gather', [b.squeeze(both, [0]), b.op('Min', [at, last])], { axis: 2 })
  return b.op('Where', [b.unsqueeze(written, [1, 2, 4]), b.transpose(found, [2, 0, 1, 3, 4]), old])
}

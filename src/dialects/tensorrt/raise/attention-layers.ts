/** Attention of newer versions of TensorRT, and the layers that belong to it. */
import type { Tensor } from '../../../engine'
import type { OnnxBuilder } from './builder'
import { cannotRaise } from './error'
import type { Raise, RaisedLayer } from './raised-layer'

/** Closed positions; not -∞, which would leave rows without any open one undefined. */
const CLOSED = -3e38

/**
 * softmax(q · kᵀ + mask) · v as it stands: what scales the scores has done so to the queries. Heads of keys and values are shared by as
 * many of the queries; a mask of booleans says what is open. Causal as its kind says.
 */
const attention: Raise = (l) => {
  const { b } = l
  const [q, k, v] = [0, 1, 2].map((i) => b.cast(l.input(i), 'float32')) as [Tensor, Tensor, Tensor]
  if (l.has(6) || l.text('query_form') === 'PACKED_NHD' || l.text('key_value_form') === 'PACKED_NHD')
    return cannotRaise(`${l.record.name} takes packed tokens or lengths, which has no reference`)
  if (l.has(4))
    return cannotRaise(`${l.record.name} quantizes what it multiplies the values by, which has no reference`)
  if (l.rank() !== 4) return cannotRaise(`the queries of ${l.record.name} are not [batch, heads, length, size]`)
  const scores = b.op('MatMul', [q, b.transpose(shared(l, k, q), [0, 1, 3, 2])])
  const open = isCausal(l) ? b.op('Where', [below(l, q, k), scores, b.constant('float32', [CLOSED])]) : scores
  const masked = l.has(3) ? maskedBy(b, open, l.input(3)) : open
  const weights = l.text('norm_op') === 'NONE' ? masked : b.op('Softmax', [masked], { axis: -1 })
  return b.cast(b.op('MatMul', [weights, shared(l, v, q)]), l.input(0).dtype ?? 'float32')
}

function maskedBy(b: OnnxBuilder, scores: Tensor, mask: Tensor): Tensor {
  if (mask.dtype === 'bool') return b.op('Where', [mask, scores, b.constant('float32', [CLOSED])])
  return b.op('Add', [scores, b.cast(mask, 'float32')])
}

/** Each head of keys or values for as many of the queries. */
function shared(l: RaisedLayer, x: Tensor, q: Tensor): Tensor {
  const { b } = l
  const [heads, own] = [q.shape?.[1], x.shape?.[1]]
  if (heads === own) return x
  if (typeof heads !== 'number' || typeof own !== 'number' || heads % own !== 0)
    return cannotRaise(`how many heads of ${l.record.name} share their keys is not known`)
  const wide = b.op('Expand', [b.unsqueeze(x, [2]), b.ints([1, 1, heads / own, 1, 1])])
  return b.reshape(wide, b.vector([b.size(x, 0), heads, b.size(x, 2), b.size(x, 3)]))
}

const isCausal = (l: RaisedLayer): boolean => l.flag('causal') || l.text('causal_kind', 'NONE') !== 'NONE'

/** [queries, keys]: keys that do not stand behind the query, the first ones or, as of a cache, the last ones beside each other. */
function below(l: RaisedLayer, q: Tensor, k: Tensor): Tensor {
  const { b } = l
  const numbers = (x: Tensor): Tensor => b.op('Range', [b.scalar(0), b.scalar(b.size(x, 2)), b.scalar(1)])
  const past = b.op('Sub', [b.scalar(b.size(k, 2)), b.scalar(b.size(q, 2))])
  const rows = l.text('causal_kind', 'NONE') === 'LOWER_RIGHT' ? b.op('Add', [numbers(q), past]) : numbers(q)
  return b.op('Not', [b.op('Greater', [b.unsqueeze(numbers(k), [0]), b.unsqueeze(rows, [1])])])
}

/** Caches [batch, length, dim / 2], or with position ids [positions, dim / 2] of which those are taken. */
const rotaryEmbedding: Raise = (l) => {
  const { b } = l
  const x = l.input(0)
  const size = x.shape?.[3]
  if (l.rank() !== 4 || typeof size !== 'number')
    return cannotRaise(`the size of heads of ${l.record.name} is not known`)
  const dim = l.number('rotary_embedding_dim') || size
  const table = (i: number): Tensor => {
    const taken = l.has(3) ? b.op('Gather', [l.input(i), b.cast(l.input(3), 'int64')], { axis: 0 }) : l.input(i)
    return b.unsqueeze(taken, [1])
  }
  const [cos, sin] = [table(1), table(2)]
  const part = (t: Tensor, from: number, to: number, step = 1): Tensor =>
    b.op('Slice', [t, b.ints([from]), b.ints([to]), b.ints([3]), b.ints([step])])
  const near = l.flag('interleaved')
  const [first, second] = near ? [part(x, 0, dim, 2), part(x, 1, dim, 2)] : [part(x, 0, dim / 2), part(x, dim / 2, dim)]
  const left = b.op('Sub', [b.op('Mul', [first, cos]), b.op('Mul', [second, sin])])
  const right = b.op('Add', [b.op('Mul', [first, sin]), b.op('Mul', [second, cos])])
  const sizes = b.vector([b.size(x, 0), b.size(x, 1), b.size(x, 2), dim])
  const turned = near
    ? b.reshape(b.op('Concat', [b.unsqueeze(left, [4]), b.unsqueeze(right, [4])], { axis: 4 }), sizes)
    : b.op('Concat', [left, right], { axis: 3 })
  return dim === size ? turned : b.op('Concat', [turned, part(x, dim, size)], { axis: 3 })
}

/** The cache [batch, heads, room, size] with the update written along its third dimension, of each row from its index on. */
const kvCacheUpdate: Raise = (l) => {
  const { b } = l
  if (l.text('cache_mode') !== 'LINEAR') return cannotRaise(`KV_CACHE_UPDATE ${l.text('cache_mode')} has no reference`)
  if (l.text('update_form') === 'PACKED_NHD')
    return cannotRaise(`${l.record.name} takes packed tokens, which has no reference`)
  const [cache, update] = [l.input(0), l.input(1)]
  const steps = b.op('Range', [b.scalar(0), b.scalar(b.size(update, 2)), b.scalar(1)])
  const rows = b.op('Add', [b.unsqueeze(b.cast(l.input(2), 'int64'), [1]), b.unsqueeze(steps, [0])])
  const at = b.op('Expand', [b.unsqueeze(rows, [1, 3]), b.shape(update)])
  return b.op('ScatterElements', [cache, at, update], { axis: 2 })
}

export const attentionRaising = {
  ATTENTION_INPUT: attention,
  ATTENTION_OUTPUT: (l) => l.b.op('Identity', [l.input(0)]),
  ROTARY_EMBEDDING: rotaryEmbedding,
  KV_CACHE_UPDATE: kvCacheUpdate,
} satisfies Readonly<Record<string, Raise>>

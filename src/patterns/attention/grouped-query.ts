/**
 * Grouped-query attention with its rotary embedding inside (catalogue 50); com.microsoft, only where asked for.
 *
 *   Attention(Rotary(q), Rotary(k), v, mask)   =>   GroupQueryAttention(q, k, v, cos, sin, mask)
 *   .. of one projection that is split          =>   GroupQueryAttention([q k v], ..)
 *
 * Preconditions: static batch and length; a head size that 16 divides (the kernel asks for it); both
 * embeddings by the same caches, rows in order of position; a causal mask, proven by
 * its constant part. It never looks at later positions, so that a row in which every position is masked differs: hence the
 * assumption, and hence opt-in.
 */
import { ConstantValue } from '../../engine'
import type { Layer, PatternRewriter, Tensor } from '../../engine'
import { found, pattern } from '../define'
import type { Decline, Outcome } from '../define'
import { parentOf, staticShape, usedOnce } from '../values'
import { maskFloor, raiseFloor } from './mask'
import { beyondPlain, scaleOf } from './plain'
import { ONLY_HERE, otherUse, standing } from './reasons'
import { given, knownShape, nth } from '../known'

/** What is added to a score to shut a position out: no more than this. */
const CLOSED = -10_000

/** Whether the mask shuts out every later position: by a constant [.., length, length] that is false above the diagonal. */
function isCausal(mask: Tensor, length: number): boolean {
  const where = parentOf(mask, 'Where')
  const holds = (at: number, what: (x: number) => boolean): boolean => {
    const value = where?.input(at)?.value
    return !!value?.isAvailable && Array.from(value.numbers()).every(what)
  }
  if (!holds(1, (x) => x > CLOSED / 2) || !holds(2, (x) => x <= CLOSED)) return false
  const stack = [where?.input(0) ?? null]
  for (let t = stack.pop(); t !== undefined; t = stack.pop()) {
    if (!t) continue
    if (t.value?.isAvailable && t.dtype === 'bool' && isLowerTriangular(t.value, length)) return true
    if (t.parent?.kind === 'And') stack.push(t.parent.input(0), t.parent.input(1))
  }
  return false
}

function isLowerTriangular(c: ConstantValue, length: number): boolean {
  if (c.size !== length * length || c.shape.at(-1) !== length || c.shape.at(-2) !== length) return false
  const values = c.numbers()
  for (let r = 0; r < length; r++) for (let k = r + 1; k < length; k++) if (values[r * length + k] !== 0) return false
  return true
}

/** Whether a cache [batch, length, size] has the same rows for every batch: the kernel takes one for all. */
function isOneForAll(cache: ConstantValue): boolean {
  const values = cache.numbers()
  const row = values.length / nth(cache.shape, 0)
  for (let i = row; i < values.length; i++) if (!Object.is(values[i], values[i - row])) return false
  return true
}

function matchGrouped(attention: Layer, decline: Decline): Outcome {
  const layers: Record<string, Layer> = { attention }
  const [qr, kr] = [attention.input(0), attention.input(1)].map((t) => parentOf(t, 'RotaryEmbedding'))
  if (!qr || !kr) {
    const bare = attention.input(qr ? 1 : 0)
    const [part, expected] = [qr ? 'key' : 'query', `RotaryEmbedding on the ${qr ? 'keys' : 'queries'}`]
    return decline?.(part, bare?.parent ?? null, expected, standing(bare), layers)
  }
  Object.assign(layers, { rotaryQ: qr, rotaryK: kr })
  const more = beyondPlain(attention)
  if (more) return decline?.('attention', attention, 'q, k, v and a mask alone', more, layers)
  const heads = attention.record.attributes['q_num_heads']
  const kvHeads = attention.record.attributes['kv_num_heads']
  const shape = staticShape(qr.input(0))
  if (heads === undefined || kvHeads === undefined || shape?.length !== 3)
    return decline?.(
      'query',
      qr,
      'merged heads and sizes that are known, [batch, length, width]',
      `[${qr.input(0)?.shape ?? '…'}]`,
      layers,
    )
  const shared = [qr, kr].find((rotary) => !usedOnce(rotary.output()))
  if (shared) return decline?.('query', shared, ONLY_HERE, otherUse(shared.result(), attention), layers, 'use')
  if ((nth(shape, 2) / Number(heads)) % 16 !== 0)
    return decline?.('query', qr, 'a head size that 16 divides', `a size of ${nth(shape, 2) / Number(heads)}`, layers)
  const [cos, sin] = [1, 2].map((i) => [qr.input(i)?.value, kr.input(i)?.value])
  const same = [cos, sin].every(
    (pair) =>
      pair?.[0]?.isAvailable &&
      pair[1]?.isAvailable &&
      pair[0].equals(pair[1]) &&
      pair[0].shape.length === 3 &&
      isOneForAll(pair[0]),
  )
  if (!same || (qr.attribute('interleaved') ?? 0) !== 0 || qr.input(3) || kr.input(3))
    return decline?.(
      'caches',
      kr,
      'the constant caches of the queries, one for all batches, in order of position and not interleaved',
      'other caches',
      layers,
    )
  const mask = attention.input(3)
  if (!mask || !isCausal(mask, nth(shape, 1)))
    return decline?.(
      'mask',
      mask?.parent ?? null,
      'a causal mask: a constant that shuts out every later position',
      mask ? standing(mask) : 'no mask',
      layers,
    )
  const [k, v, y] = [kr.input(0), attention.input(2), attention.output()]
  const odd = [k, v, y].find((t) => staticShape(t ?? null)?.length !== 3)
  if (odd !== undefined)
    return decline?.(
      'key',
      kr,
      'keys, values and a result whose sizes are known, [batch, length, width]',
      `[${odd?.shape ?? '…'}]`,
      layers,
    )
  if (qr.operand(0).dtype !== 'float32') return decline?.('query', qr, 'float32', String(qr.operand(0).dtype), layers)
  return found(
    attention,
    layers,
    { q: qr.input(0), k: kr.input(0), v: attention.input(2), mask },
    { cos: nth(given(cos), 0), sin: nth(given(sin), 0) },
  )
}

export function groupedQuery(): PatternRewriter {
  return pattern({
    name: 'GroupQueryAttention',
    root: ['Attention'],
    match: matchGrouped,
    rewrite: (b, m) => {
      const { cos, sin } = m.data as { cos: ConstantValue; sin: ConstantValue }
      const [q, k, v, mask] = ['q', 'k', 'v', 'mask'].map((n) => m.tensor(n))
      const [batch, length] = given(staticShape(given(q))) as [number, number]
      const split = parentOf(q, 'Split')
      const isPacked =
        split !== null &&
        split.numOutputs === 3 &&
        [q, k, v].every((t, i) => t === split.output(i) && usedOnce(given(t)))
      const floor = maskFloor(given(mask))
      const bias = floor === 'infinite' || floor === 'lowest' ? raiseFloor(b, given(mask)) : given(mask)
      const cache = (c: ConstantValue): Tensor =>
        b.keep(ConstantValue.of(c.dtype, c.shape.slice(1), Array.from(c.numbers()).slice(0, c.size / nth(c.shape, 0))))
      const lengths = b.constant('int32', [batch], Array<number>(batch).fill(length - 1))
      const operands = [
        isPacked ? split.input(0) : given(q),
        isPacked ? null : given(k),
        isPacked ? null : given(v),
        null,
        null,
        lengths,
        b.constant('int32', [], [length]),
        cache(cos),
        cache(sin),
        null,
        bias,
      ]
      const attributes = {
        num_heads: Number(m.root.attribute('q_num_heads')),
        kv_num_heads: Number(m.root.attribute('kv_num_heads')),
        scale: scaleOf(m.root, Number(knownShape(q).at(-1)) / Number(m.root.attribute('q_num_heads'))),
        do_rotary: 1,
      }
      const y = m.root.result().record
      const [d, groups] = [Number(knownShape(y).at(-1)) / attributes.num_heads, attributes.kv_num_heads]
      const present = { dtype: y.dtype, shape: [batch, groups, length, d] }
      return { y: b.layer('com.microsoft.GroupQueryAttention', operands, attributes, [y, present, present]).result() }
    },
  })
}

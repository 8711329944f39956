/**
 * Chains of bounds (catalogue 14).
 *
 *   Clip(Clip(x, a, b), c, d)   =>  Clip(x, min(max(a, c), d), min(max(b, c), d))
 *
 * Relu is Clip(x, 0, ∞), Max(x, c) is Clip(x, c, ∞), Min(x, c) is Clip(x, -∞, c); where Clip has no bound it is the type's
 * largest number, which ±∞ is bounded to. ONNX defines Clip(x, l, h) as min(max(x, l), h), so that l > h gives h; the
 * equation holds for that too. NaN passes through all of them.
 * Preconditions: floats; bounds constant numbers that do not raise the rank, an infinite one
 * only where it bounds nothing; no bound is −0, and none of a Max or a Min
 * is 0, for those make +0 of −0 and the others do not; the value in between has no other user.
 */
import type { Layer, PatternRewriter, Tensor } from '../../engine'
import { found, pattern } from '../define'
import { family } from '../library'
import { LARGEST, scalarAndOther, scalarOf, usedOnce } from '../values'
import { given, knownType } from '../known'

interface Bounds {
  readonly x: Tensor
  readonly low: number
  readonly high: number
}

const KINDS = ['Relu', 'Clip', 'Min', 'Max']

/** What a layer bounds, and to which interval; null where its bounds are no constants that can be composed. */
function boundsOf(layer: Layer | null): Bounds | null {
  const x = layer?.input(0)
  const largest = LARGEST[x?.dtype ?? 'bool']
  if (!layer || !x || !KINDS.includes(layer.kind) || largest === undefined) return null
  if (layer.kind === 'Relu') return { x, low: 0, high: Infinity }
  if (layer.kind === 'Clip') {
    if (layer.network.opsetOf('Clip') < 11) return null
    const [l, h] = [layer.input(1), layer.input(2)]
    const [low, high] = [l ? scalarOf(l) : -largest, h ? scalarOf(h) : largest]
    return isBound(low, -Infinity) && isBound(high, Infinity) ? { x, low, high } : null
  }
  const parts = layer.numInputs === 2 ? scalarAndOther(layer) : null
  if (!parts) return null
  const { scalar, other } = parts
  if (!isBound(scalar, layer.kind === 'Min' ? Infinity : -Infinity) || scalar === 0) return null
  return layer.kind === 'Min' ? { x: other, low: -Infinity, high: scalar } : { x: other, low: scalar, high: Infinity }
}

/** @param none the infinity that bounds nothing on this side */
function isBound(x: number | null, none: number): x is number {
  return x !== null && (x === none || Number.isFinite(x)) && !Object.is(x, -0)
}

function boundsChain(): PatternRewriter {
  return pattern({
    name: 'Chain of bounds',
    root: KINDS,
    match: (layer, decline) => {
      const outer = boundsOf(layer)
      const inner = boundsOf(outer?.x.parent ?? null)
      if (!outer || !inner) return false
      const matched = { outer: layer, inner: given(outer.x.parent) }
      if (!usedOnce(outer.x)) return decline?.('inner', outer.x.parent, 'one user', 'several', matched)
      const into = (v: number): number => Math.min(Math.max(v, outer.low), outer.high)
      // Bounded to 0, −0 stays −0: where the inner bounds move it first, it comes out as +0.
      const movesZero = inner.low > 0 || inner.high < 0
      if (movesZero && (into(inner.low) === 0 || into(inner.high) === 0))
        return decline?.('inner', outer.x.parent, 'bounds that leave 0 alone', 'bounds that exclude 0', matched)
      return found(layer, matched, { x: inner.x }, { low: into(inner.low), high: into(inner.high) })
    },
    rewrite: (b, m) => {
      const { low, high } = m.data as { low: number; high: number }
      const x = m.tensor('x')
      const type = m.tensor('y').record
      if (low === 0 && high === Infinity) return { y: b.call('Relu', [x], {}, type) }
      // A bound of ±∞ is written out: without it ±∞ would be bounded to the largest number.
      const bound = (v: number, none: number): Tensor | null => (v === none ? null : b.scalar(knownType(x), v))
      const largest = given(LARGEST[knownType(x)])
      return { y: b.call('Clip', [x, bound(low, -largest), bound(high, largest)], {}, type) }
    },
  })
}

export const BOUNDS = family('Activation', { stage: 2, exactness: 'exact' }, [
  {
    label: 'Chain of bounds',
    equation: 'Clip(Clip(x, a, b), c, d) ⇒ Clip(x, min(max(a, c), d), min(max(b, c), d))',
    benefit: 46,
    make: boundsChain,
  },
])

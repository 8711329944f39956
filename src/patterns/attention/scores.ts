/** Whether queries, keys, values and a mask go together in one Attention layer; why not, in words. */
import type { Layer, Tensor } from '../../engine'
import { sameDim } from '../values'
import { canRaise } from './mask'
import { knownShape } from '../known'

export interface Misfit {
  readonly part: string
  readonly expected: string
  readonly found: string
  /** The layer that is at fault; the product of queries and keys where none is given. */
  readonly at?: Layer | null
}

/** null where they do. */
export function misfit(q: Tensor, kT: Tensor, v: Tensor, mask: Tensor | null, scores: Tensor): Misfit | null {
  if (q.rank !== 4 || kT.rank !== 4 || v.rank !== 4) {
    const found = `q, k and v of rank ${q.rank ?? '?'}, ${kT.rank ?? '?'} and ${v.rank ?? '?'}`
    return { part: 'scores', expected: 'q, k and v of rank 4: batch, heads, length, size', found }
  }
  for (const axis of [0, 1]) {
    const [a, b, c] = [q, kT, v].map((t) => knownShape(t)[axis])
    if (!sameDim(a, b) || !sameDim(a, c)) {
      const found = `${axis === 0 ? 'batches' : 'heads'} of ${a}, ${b} and ${c}`
      return { part: 'scores', expected: 'equal batch and heads in q, k and v', found }
    }
  }
  if (!['float32', 'float16'].includes(q.dtype ?? ''))
    return { part: 'scores', expected: 'q, k and v of float32 or float16', found: String(q.dtype) }
  if (mask && !fitsScores(mask, scores)) {
    const expected = `a mask for scores [${scores.shape}], as large along the last two axes`
    return { part: 'addMask', expected, found: `a mask [${mask.shape ?? '…'}]`, at: mask.parent }
  }
  if (mask && !canRaise(mask))
    return { part: 'addMask', expected: 'a mask of float32 or float16', found: String(mask.dtype), at: mask.parent }
  return null
}

/** Broadcasts over batch and heads only. */
function fitsScores(mask: Tensor, scores: Tensor): boolean {
  const [m, s] = [mask.shape, scores.shape]
  if (!m || !s || (m.length !== 4 && m.length !== 2)) return false
  return m.every((d, i) => {
    const at = i + s.length - m.length
    return sameDim(d, s[at]) || (d === 1 && at < 2)
  })
}

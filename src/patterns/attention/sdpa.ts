/**
 * Scaled dot-product attention from primitives (RULES 47, 48).
 *
 *   Softmax(q · kᵀ · scale + mask) · v   =>   Attention(q, k, v, mask; scale)         q, k, v: [batch, heads, length, size]
 *
 * Forms: scale before (on q, on k, or half on each) or after, by Mul or Div; k transposed before or after its scale, or folded
 * into the head split; mask additive, by Where, or none; Dropout at inference gone before; the exporter's guard
 * Where(IsNaN(p), 0, p). Preconditions: rank 4, equal batch and heads, Softmax over the last axis, a mask that does not enlarge
 * the scores and has as many rows. What happens to fully masked rows is kept: see mask.ts.
 */
import type { Layer, Match, MatchResult, PatternRewriter, Tensor } from '../../engine'
import { found, pattern } from '../define'
import type { Decline } from '../define'
import { isLastAxis, parentOf, permOf, sameDim, scalarAndOther, scalarOf, usedOnce } from '../values'
import { canRaise, maskFloor, raiseFloor } from './mask'

interface Core {
  readonly scale: number
  readonly hasGuard: boolean
}

/** Peels multiplications and divisions by a scalar off a value that nothing else uses. */
function peelScale(t: Tensor, layers: Record<string, Layer>, part: string): { inner: Tensor; scale: number } {
  let inner = t
  let scale = 1
  for (let n = 1; ; n++) {
    const layer = parentOf(inner, 'Mul', 'Div')
    const found = layer && usedOnce(inner) ? scalarAndOther(layer) : null
    if (
      !layer ||
      !found ||
      (layer.kind === 'Div' && found.at === 0) ||
      !Number.isFinite(found.scalar) ||
      found.scalar === 0
    )
      return { inner, scale }
    layers[n > 1 ? `${part}${n}` : part] = layer
    scale *= layer.kind === 'Mul' ? found.scalar : 1 / found.scalar
    inner = found.other
  }
}

/** The probabilities behind the exporter's guard against rows of NaN. */
function peelGuard(t: Tensor, layers: Record<string, Layer>): { softmax: Layer | null; hasGuard: boolean } {
  const where = parentOf(t, 'Where')
  if (!where) return { softmax: parentOf(t, 'Softmax'), hasGuard: false }
  const isNaN = parentOf(where.input(0), 'IsNaN')
  const p = where.input(2)
  if (!isNaN || isNaN.input(0) !== p || scalarOf(where.input(1)) !== 0 || p?.liveUses !== 2)
    return { softmax: null, hasGuard: false }
  layers['guard'] = where
  layers['isNaN'] = isNaN
  return { softmax: parentOf(p, 'Softmax'), hasGuard: true }
}

/** The scores under a mask that is added, whichever side it stands on. */
function peelMask(t: Tensor, layers: Record<string, Layer>): { scores: Tensor; mask: Tensor | null } {
  const add = parentOf(t, 'Add')
  if (!add || !usedOnce(t)) return { scores: t, mask: null }
  for (const at of [0, 1]) {
    const scores = add.input(at)!
    const { inner } = peelScale(scores, {}, 'scale')
    if (parentOf(inner, 'MatMul') && usedOnce(scores)) {
      layers['addMask'] = add
      return { scores, mask: add.input(1 - at) }
    }
  }
  return { scores: t, mask: null }
}

function matchCore(root: Layer, decline: Decline): MatchResult {
  const layers: Record<string, Layer> = { output: root }
  const [p, v] = [root.input(0)!, root.input(1)!]
  const { softmax, hasGuard } = peelGuard(p, layers)
  if (!softmax) return decline('softmax', p.parent, 'Softmax', p.parent?.kind ?? 'an input', layers)
  if (!hasGuard && !usedOnce(p))
    return decline('softmax', softmax, 'probabilities that only this product uses', `${p.liveUses} users`, layers)
  layers['softmax'] = softmax
  if (!isLastAxis(Number(softmax.attribute('axis') ?? -1), p.rank))
    return decline('softmax', softmax, 'the last axis', `axis ${String(softmax.attribute('axis'))}`, layers)
  const { scores, mask } = peelMask(softmax.input(0)!, layers)
  const after = peelScale(scores, layers, 'scale')
  const product = parentOf(after.inner, 'MatMul')
  if (!product || !usedOnce(after.inner))
    return decline('scores', after.inner.parent, 'MatMul(q, kᵀ)', after.inner.parent?.kind ?? 'an input', layers)
  layers['scores'] = product
  const q = peelScale(product.input(0)!, layers, 'scaleQ')
  const k = peelScale(product.input(1)!, layers, 'scaleK')
  const why = misfit(q.inner, k.inner, v, mask, after.inner)
  if (why) return decline(why.part, product, why.expected, why.found, layers)
  const kSource = keyOf(k.inner, layers)
  const scale = after.scale * q.scale * k.scale * kSource.scale
  if (!(scale > 0)) return decline('scale', product, 'a positive scale, as Attention asks for', String(scale), layers)
  const core: Core = { scale, hasGuard }
  const floor = maskFloor(mask)
  if (hasGuard && floor === 'unknown')
    return decline(
      'mask',
      mask!.parent,
      'a mask whose values are known, as the guard depends on them',
      `${mask!.parent?.kind ?? 'an input'} ${mask!.name}`,
      layers,
    )
  return found(root, layers, { q: q.inner, kT: k.inner, k: kSource.k, v, mask }, { ...core, perm: kSource.perm })
}

/** Where `kᵀ` comes from: the value that it transposes, and the order that makes [batch, heads, length, size] of it. */
function keyOf(kT: Tensor, layers: Record<string, Layer>): { k: Tensor; perm: number[] | null; scale: number } {
  const transpose = parentOf(kT, 'Transpose')
  const perm = transpose ? permOf(transpose) : null
  if (!transpose || perm?.length !== 4 || !usedOnce(kT)) return { k: kT, perm: [0, 1, 3, 2], scale: 1 }
  layers['transposeK'] = transpose
  const { inner, scale } = peelScale(transpose.input(0)!, layers, 'scaleK')
  const swapped = [perm[0]!, perm[1]!, perm[3]!, perm[2]!]
  return { k: inner, perm: swapped.every((x, i) => x === i) ? null : swapped, scale }
}

function misfit(
  q: Tensor,
  kT: Tensor,
  v: Tensor,
  mask: Tensor | null,
  scores: Tensor,
): { part: string; expected: string; found: string } | null {
  if (q.rank !== 4 || kT.rank !== 4 || v.rank !== 4)
    return { part: 'scores', expected: 'operands of rank 4', found: `ranks ${q.rank}, ${kT.rank}, ${v.rank}` }
  for (const axis of [0, 1]) {
    const [a, b, c] = [q, kT, v].map((t) => t.shape![axis])
    if (!sameDim(a, b) || !sameDim(a, c))
      return { part: 'scores', expected: 'equal batch and heads', found: `sizes ${a}, ${b}, ${c}` }
  }
  if (!['float32', 'float16'].includes(q.dtype ?? ''))
    return { part: 'scores', expected: 'float32 or float16', found: String(q.dtype) }
  if (mask && !fitsScores(mask, scores))
    return { part: 'addMask', expected: `a mask for scores [${scores.shape}]`, found: `[${mask.shape ?? '...'}]` }
  if (mask && !canRaise(mask))
    return { part: 'addMask', expected: 'a mask of float32 or float16', found: String(mask.dtype) }
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

export function sdpa(): PatternRewriter {
  return pattern({
    name: 'Attention',
    root: ['MatMul'],
    match: (layer, decline) =>
      layer.network.opsetOf('Attention') >= 23
        ? matchCore(layer, decline)
        : decline('output', layer, 'opset 23, which has Attention', `opset ${layer.network.opsetOf('Attention')}`),
    rewrite: (b, m) => {
      const { scale, hasGuard, perm } = m.data as Core & { perm: number[] | null }
      const k = perm ? b.call('Transpose', [m.tensor('k')], { perm }) : m.tensor('k')
      const mask = maskFor(m, hasGuard)
      const operands = [m.tensor('q'), k, m.tensor('v'), mask === 'raise' ? raiseFloor(b, m.tensor('mask')) : mask]
      return { y: b.call('Attention', operands, { scale }, m.root.output()!.record) }
    },
  })
}

/** The mask as Attention takes it: as it is, or with its floor raised where a fully masked row must become uniform. */
function maskFor(m: Match, hasGuard: boolean): Tensor | null | 'raise' {
  const mask = m.tensors.get('mask') ?? null
  const floor = maskFloor(mask)
  if (floor === 'lowest' || (floor === 'unknown' && !hasGuard)) return 'raise'
  return mask
}

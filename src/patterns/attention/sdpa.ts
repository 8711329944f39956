/**
 * Scaled dot-product attention from primitives (catalogue 47, 48).
 *
 *   Softmax(q · kᵀ · scale + mask) · v   =>   Attention(q, k, v, mask; scale)         q, k, v: [batch, heads, length, size]
 *
 * Forms: scale before (on q, on k, or half on each) or after, by Mul or Div; k transposed before or after its scale, or folded
 * into the head split; mask additive, by Where, or none; Dropout at inference gone before; the exporter's guard
 * Where(IsNaN(p), 0, p). Preconditions: rank 4, equal batch and heads, Softmax over the last axis, a mask that does not enlarge
 * the scores and has as many rows. What happens to fully masked rows is kept: see mask.ts.
 */
import type { Builder, Layer, Match, PatternRewriter, Tensor } from '../../engine'
import { found, pattern } from '../define'
import type { Decline, Outcome } from '../define'
import { isLastAxis, parentOf, permOf, scalarAndOther, scalarOf, usedOnce } from '../values'
import { adjustRows, maskFloor, raiseFloor } from './mask'
import { behind, ONLY_HERE, otherUse, standing } from './reasons'
import { misfit } from './scores'
import { given, nth } from '../known'

interface Core {
  readonly scale: number
  readonly hasGuard: boolean
}

/** The least normal float32: a scale is kept as one. */
const LEAST_SCALE = 2 ** -126

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
    const scores = add.operand(at)
    const { inner } = peelScale(scores, {}, 'scale')
    if (parentOf(inner, 'MatMul') && usedOnce(scores)) {
      layers['addMask'] = add
      return { scores, mask: add.input(1 - at) }
    }
  }
  return { scores: t, mask: null }
}

function matchCore(root: Layer, decline: Decline): Outcome {
  const layers: Record<string, Layer> = { output: root }
  const [p, v] = [root.operand(0), root.operand(1)]
  const { softmax, hasGuard } = peelGuard(p, layers)
  if (!softmax) return withoutSoftmax(p, layers, decline)
  layers['softmax'] = softmax
  if (!hasGuard && !usedOnce(p)) return decline?.('softmax', softmax, ONLY_HERE, otherUse(p, root), layers, 'use')
  const axis = Number(softmax.attribute('axis') ?? -1)
  if (!isLastAxis(axis, p.rank))
    return decline?.('softmax', softmax, `the last axis, ${(p.rank ?? 4) - 1}`, `axis is ${axis}`, layers, 'condition')
  const { scores, mask } = peelMask(softmax.operand(0), layers)
  const after = peelScale(scores, layers, 'scale')
  const product = parentOf(after.inner, 'MatMul')
  if (!product)
    return decline?.(
      'scores',
      after.inner.parent,
      'MatMul(q, kᵀ), with a scale or a mask at most',
      standing(after.inner),
      layers,
    )
  layers['scores'] = product
  if (!usedOnce(after.inner))
    return decline?.('scores', product, ONLY_HERE, otherUse(after.inner, scoresUser(layers, softmax)), layers, 'use')
  const q = peelScale(product.operand(0), layers, 'scaleQ')
  const k = peelScale(product.operand(1), layers, 'scaleK')
  const why = misfit(q.inner, k.inner, v, mask, after.inner)
  if (why) return decline?.(why.part, why.at ?? product, why.expected, why.found, layers)
  const kSource = keyOf(k.inner, layers)
  const scale = after.scale * q.scale * k.scale * kSource.scale
  if (!(scale >= LEAST_SCALE && scale <= 1 / LEAST_SCALE))
    return decline?.('scale', product, 'a positive scale, as Attention asks for', `a scale of ${scale}`, layers)
  const core: Core = { scale, hasGuard }
  const floor = maskFloor(mask)
  if (hasGuard && floor === 'unknown')
    return decline?.(
      'mask',
      given(mask).parent,
      'a mask whose values are known, as the guard against NaN depends on them',
      standing(mask),
      layers,
    )
  return found(root, layers, { q: q.inner, kT: k.inner, k: kSource.k, v, mask }, { ...core, perm: kSource.perm })
}

/** Nothing is softmaxed here, or something stands between the softmax and its product. */
function withoutSoftmax(p: Tensor, layers: Record<string, Layer>, decline: Decline): Outcome {
  const softmax = behind(p, 'Softmax')
  if (!softmax) return decline?.('softmax', p.parent, 'Softmax', standing(p), layers)
  const known = { ...layers, softmax }
  return decline?.('probabilities', p.parent, 'Softmax right before its product', `${standing(p)} in between`, known)
}

/** The layer of the match that takes the scores: their scale or mask, or the softmax itself. */
function scoresUser(layers: Readonly<Record<string, Layer>>, softmax: Layer): Layer {
  return layers['scale'] ?? layers['addMask'] ?? softmax
}

/** Where `kᵀ` comes from: the value that it transposes, and the order that makes [batch, heads, length, size] of it. */
function keyOf(kT: Tensor, layers: Record<string, Layer>): { k: Tensor; perm: number[] | null; scale: number } {
  const transpose = parentOf(kT, 'Transpose')
  const perm = transpose ? permOf(transpose) : null
  if (!transpose || perm?.length !== 4 || !usedOnce(kT)) return { k: kT, perm: [0, 1, 3, 2], scale: 1 }
  layers['transposeK'] = transpose
  const { inner, scale } = peelScale(transpose.operand(0), layers, 'scaleK')
  const swapped = [nth(perm, 0), nth(perm, 1), nth(perm, 3), nth(perm, 2)]
  return { k: inner, perm: swapped.every((x, i) => x === i) ? null : swapped, scale }
}

export function sdpa(): PatternRewriter {
  return pattern({
    name: 'Attention',
    root: ['MatMul'],
    parts: 3,
    match: (layer, decline) =>
      layer.network.opsetOf('Attention') >= 23
        ? matchCore(layer, decline)
        : decline?.(
            'output',
            layer,
            'opset 23 or newer, which has Attention',
            `opset ${layer.network.opsetOf('Attention')}`,
          ),
    rewrite: (b, m) => {
      const { scale, hasGuard, perm } = m.data as Core & { perm: number[] | null }
      const k = perm ? b.call('Transpose', [m.tensor('k')], { perm }) : m.tensor('k')
      const operands = [m.tensor('q'), k, m.tensor('v'), maskFor(b, m, hasGuard)]
      return { y: b.call('Attention', operands, { scale }, m.root.result().record) }
    },
  })
}

/** The mask as Attention takes it: as it is, or adjusted where a fully masked row would come out otherwise. */
function maskFor(b: Builder, m: Match, hasGuard: boolean): Tensor | null {
  const mask = m.tensors.get('mask')
  if (!mask) return null
  const floor = maskFloor(mask)
  if (floor === 'lowest') return raiseFloor(b, mask)
  return !hasGuard && (floor === 'infinite' || floor === 'unknown') ? adjustRows(b, mask, m.root) : mask
}

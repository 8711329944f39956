/**
 * Layer normalization from layers into NORMALIZATION:
 *
 *     d = x − REDUCE<AVG>(x);  d / SQRT(REDUCE<AVG>(d ^ 2 or d · d) + ε) · scale + bias  =>  NORMALIZATION(x, scale, bias)
 *
 * Preconditions: one mask of trailing axes, dimensions kept; ε of one element; nothing else sees what is in between; scale and
 * bias have the rank of x, and sizes of 1 before the axes.
 */
import type { Layer, Tensor } from '../../engine'
import { family } from '../library'
import { found, pattern } from '../define'
import type { Outcome } from '../define'
import { eitherWay, isNear, numberOf, onlyMaker, whereUsed } from './values'

/** A mean over the last dimensions that keeps them. */
function meanOf(t: Tensor | null): { layer: Layer; x: Tensor; axes: number } | null {
  const layer = onlyMaker(t, 'REDUCE', 'AVG')
  const x = layer?.input(0)
  const axes = layer?.attribute('axes')
  const keeps = layer?.attribute('keep_dims')
  if (!layer || !x || typeof axes !== 'number' || (keeps !== true && keeps !== 1)) return null
  return isTrailing(axes, x.rank) ? { layer, x, axes } : null
}

function isTrailing(mask: number, rank: number | null): boolean {
  if (rank === null || mask === 0) return false
  const all = (1 << rank) - 1
  const first = 31 - Math.clz32(mask & -mask)
  return mask === (all & ~((1 << first) - 1))
}

interface Deviation {
  readonly epsilon: number
  readonly axes: number
  readonly layers: Readonly<Record<string, Layer>>
}

/** √(mean(d²) + ε) of a difference. */
function deviationOf(t: Tensor | null, d: Tensor): Deviation | null {
  const root = onlyMaker(t, 'UNARY', 'SQRT')
  const sum = root && onlyMaker(root.input(0), 'ELEMENTWISE', 'SUM')
  const shifted = sum && eitherWay(sum, numberOf)
  const mean = shifted && meanOf(shifted.other)
  const square = mean && onlyMaker(mean.x, 'ELEMENTWISE')
  if (!root || !sum || !shifted || !mean || !square) return null
  const op = square.attribute('op')
  const powers = op === 'POW' && square.input(0) === d && isNear(numberOf(square.input(1)), 2)
  const products = op === 'PROD' && square.input(0) === d && square.input(1) === d
  if (!powers && !products) return null
  return { epsilon: shifted.found, axes: mean.axes, layers: { root, sum, variance: mean.layer, square } }
}

/** Whether a value is one for all rows: of the rank of x, 1 before the axes, and of the sizes of x in them. */
function isPerRow(t: Tensor, x: Tensor, axes: number): boolean {
  const [shape, whole] = [t.shape, x.shape]
  if (!shape || !whole || shape.length !== whole.length || t.dtype !== x.dtype) return false
  return shape.every((d, i) => (axes & (1 << i) ? typeof d === 'number' && d === whole[i] : d === 1))
}

function matchLayerNorm(root: Layer): Outcome {
  if (root.attribute('op') !== 'SUM') return false
  const scaled = eitherWay(root, (t) => onlyMaker(t, 'ELEMENTWISE', 'PROD'))
  if (!scaled) return false
  const quotient = eitherWay(scaled.found, (t) => onlyMaker(t, 'ELEMENTWISE', 'DIV'))
  const d = quotient?.found.input(0)
  const difference = d?.parent
  if (!quotient || !d || difference?.kind !== 'ELEMENTWISE' || difference.attribute('op') !== 'SUB') return false
  const [x, center] = [difference.input(0), meanOf(difference.input(1))]
  const deviation = deviationOf(quotient.found.input(1), d)
  if (!x || !deviation || center?.x !== x || center.axes !== deviation.axes) return false
  const layers = {
    root,
    scaled: scaled.found,
    quotient: quotient.found,
    difference,
    mean: center.layer,
    ...deviation.layers,
  }
  const inside = new Set<Layer>(Object.values(layers))
  if (d.isNetworkOutput() || d.getUsers().some((l) => !inside.has(l))) return false
  const [scale, bias] = [quotient.other, scaled.other]
  if (!isPerRow(scale, x, center.axes) || !isPerRow(bias, x, center.axes)) return false
  return found(root, layers, { x, scale, bias }, { axes: center.axes, epsilon: deviation.epsilon })
}

export const normalizations = family('TensorRT: normalization', { stage: 2, exactness: 'rounding' }, [
  {
    label: 'Layer normalization from layers',
    equation: '(x − mean) ÷ √(variance + ε) · scale + bias ⇒ NORMALIZATION(x, scale, bias)',
    make: () =>
      pattern({
        name: 'layer-norm-from-layers',
        root: ['ELEMENTWISE'],
        needs: ['REDUCE'],
        parts: 9,
        match: whereUsed(matchLayerNorm),
        rewrite: (b, m) => ({
          y: b.call(
            'NORMALIZATION',
            [m.tensor('x'), m.tensor('scale'), m.tensor('bias')],
            m.data as { axes: number; epsilon: number },
          ),
        }),
      }),
  },
])

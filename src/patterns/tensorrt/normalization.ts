/**
 * Layer normalization from layers into NORMALIZATION:
 *
 *     d = x − REDUCE<AVG>(x);  d / SQRT(REDUCE<AVG>(d ^ 2 or d · d) + ε) · scale + bias  =>  NORMALIZATION(x, scale, bias)
 *     x / SQRT(REDUCE<AVG>(x ^ 2 or x · x) + ε) · weight                                     =>  Rmsnorm(x, weight)
 *
 * Preconditions: one mask of trailing axes, dimensions kept; ε of one element; nothing else sees what is in between; scale and
 * bias have the rank of x, and sizes of 1 before the axes. The second: over the last dimension, by a constant weight, with or without the CASTs
 * to float32 and back that `rmsNorm` makes of half floats; the plugin is of TensorRT-LLM, so that it is off unless chosen.
 */
import { plugin, typeId } from '../../dialects/tensorrt'
import { netGuard } from '../../engine'
import type { ConstantValue, Layer, Tensor } from '../../engine'
import { family } from '../library'
import { found, pattern } from '../define'
import type { Outcome } from '../define'
import { eitherWay, heldBy, isNear, numberOf, onlyMaker, whereUsed } from './values'
import { given } from '../known'

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

/** A vector for the last dimension: a CONSTANT of its size, with sizes of 1 before it, or SHUFFLEs that put these there. */
function vectorOf(t: Tensor | null, size: unknown): ConstantValue | null {
  let at = t
  for (let n = 0; at?.parent?.kind === 'SHUFFLE' && n < 8; n++) {
    const { first_transpose: p, second_transpose: q } = at.parent.record.attributes
    if (p ?? q) return null
    at = at.parent.input(0)
  }
  const value = heldBy(at)
  const isRow = t?.shape?.every((d, i) => (i === given(t.rank) - 1 ? d === size : d === 1))
  return value && isRow && value.size === size ? value.reshaped([value.size]) : null
}

/** x, or what was cast to float32 for the quotient whose result is cast back. */
function narrowOf(wide: Tensor, result: Tensor): { x: Tensor; cast: Layer | null } | null {
  const cast = wide.parent?.kind === 'CAST' ? wide.parent : null
  const source = cast?.input(0)
  if (source && wide.dtype === 'float32' && source.dtype === result.dtype) return { x: source, cast }
  return wide.dtype === result.dtype ? { x: wide, cast: null } : null
}

interface Divided {
  readonly wide: Tensor
  readonly root: Tensor
  readonly layers: Readonly<Record<string, Layer>>
}

/** x ÷ r, or x times 1 ÷ r. */
function dividedOf(t: Tensor | null): Divided | null {
  const quotient = onlyMaker(t, 'ELEMENTWISE', 'DIV')
  const [x, r] = [quotient?.input(0), quotient?.input(1)]
  if (quotient) return x && r ? { wide: x, root: r, layers: { quotient } } : null
  const product = onlyMaker(t, 'ELEMENTWISE', 'PROD')
  const inverse = product && eitherWay(product, inverseOf)
  return inverse && { wide: inverse.other, root: inverse.found.root, layers: { product, inverse: inverse.found.layer } }
}

function inverseOf(t: Tensor | null): { readonly root: Tensor; readonly layer: Layer } | null {
  const layer = onlyMaker(t, 'UNARY', 'RECIP') ?? onlyMaker(t, 'ELEMENTWISE', 'DIV')
  const root = layer?.kind === 'UNARY' ? layer.input(0) : layer && numberOf(layer.input(0)) === 1 && layer.input(1)
  return layer && root ? { root, layer } : null
}

function matchRmsNorm(root: Layer): Outcome {
  const y = root.result()
  if (root.attribute('op') !== 'PROD') return false
  const normal = eitherWay(root, (t) => {
    const cast = onlyMaker(t, 'CAST')
    const divided = dividedOf(cast ? cast.input(0) : t)
    return divided && { ...divided, cast }
  })
  if (!normal) return false
  const { wide, root: divisor } = normal.found
  const deviation = deviationOf(divisor, wide)
  const narrow = deviation && narrowOf(wide, y)
  if (!deviation || !narrow || !FLOATS.has(String(y.dtype))) return false
  const { x, cast } = narrow
  const rank = x.rank ?? 0
  const weight = vectorOf(normal.other, x.shape?.at(-1))
  if (!weight || weight.dtype !== x.dtype || deviation.axes !== 1 << (rank - 1)) return false
  const { layers: quotient, cast: back } = normal.found
  const { root: square_root, ...parts } = deviation.layers
  const layers = { root, ...(back && { back }), ...quotient, square_root: given(square_root), ...parts }
  const inside = new Set<Layer>(Object.values(layers))
  if (cast && (wide.isNetworkOutput() || wide.getUsers().some((l) => !inside.has(l)))) return false
  return found(root, cast ? { ...layers, cast } : layers, { x }, { weight, epsilon: deviation.epsilon })
}

const FLOATS: ReadonlySet<string> = new Set(['float32', 'float16', 'bfloat16'])

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
  {
    label: 'RMS normalization from layers',
    equation: 'x ÷ √(mean(x²) + ε) · weight ⇒ Rmsnorm(x, weight)',
    optIn: true,
    make: () =>
      pattern({
        name: 'rms-norm-from-layers',
        root: ['ELEMENTWISE'],
        needs: ['REDUCE'],
        parts: 6,
        match: whereUsed(matchRmsNorm),
        rewrite: (b, m) => {
          const { weight, epsilon } = m.data as { weight: ConstantValue; epsilon: number }
          const inputs = [m.tensor('x'), b.call('CONSTANT', [], { weights: weight })]
          const { dtype, shape } = m.tensor('y')
          const fields = { eps: epsilon, type_id: typeId(dtype) }
          const [y] = netGuard(m.root.network, () => plugin('Rmsnorm', inputs, fields, [{ dtype, shape }]))
          return { y: given(y) }
        },
      }),
  },
])

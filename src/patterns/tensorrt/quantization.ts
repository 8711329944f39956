/**
 * Where QUANTIZE and DEQUANTIZE stand:
 *
 *     QUANTIZE(DEQUANTIZE(q, s), s)     =>  q
 *     SHUFFLE(DEQUANTIZE(q, s))         =>  DEQUANTIZE(SHUFFLE(q), s)      what is moved has few bits
 *     QUANTIZE(SHUFFLE(x), s)           =>  SHUFFLE(QUANTIZE(x, s))
 *
 * Preconditions: int8; one scale for all elements, a constant that is finite, positive and far from the ends of its type, so that a whole number
 * times it and divided by it rounds back to itself; no zero point; what is in between is used there only. The second and third want a scale of
 * rank 0 or 1, and no axis.
 */
import type { Builder, Layer, Match, Tensor } from '../../engine'
import { family } from '../library'
import { found, pattern } from '../define'
import type { Outcome } from '../define'
import { heldBy, onlyMaker, whereUsed } from './values'

/** Scales that neither overflow nor underflow what eight bits hold. */
const [SMALLEST, LARGEST] = [1e-4, 100]

/** The one scale of a layer of int8; null for other layers. */
function scaleOf(layer: Layer): number | null {
  const scale = heldBy(layer.input(1))
  const [x, y] = [layer.input(0), layer.output()]
  const whole = layer.kind === 'QUANTIZE' ? y : x
  const { axis, block_shape: blocks } = layer.record.attributes
  if (whole?.dtype !== 'int8' || layer.input(2) || axis !== undefined || blocks !== undefined) return null
  const value = scale?.isNumeric && scale.size === 1 && scale.shape.length <= 1 ? scale.scalar() : null
  return value !== null && value >= SMALLEST && value <= LARGEST ? value : null
}

function matchPair(root: Layer): Outcome {
  const back = root.input(0)?.parent
  if (back?.kind !== 'DEQUANTIZE' || back.output() !== root.input(0)) return false
  const scale = scaleOf(root)
  if (scale === null || scale !== scaleOf(back)) return false
  return found(root, { root, back }, { q: back.input(0) })
}

function matchBehind(root: Layer): Outcome {
  const back = onlyMaker(root.input(0), 'DEQUANTIZE')
  if (!back || scaleOf(back) === null) return false
  return found(root, { shuffle: root, quantization: back }, { x: back.input(0) })
}

function matchBefore(root: Layer): Outcome {
  const shuffle = onlyMaker(root.input(0), 'SHUFFLE')
  if (!shuffle || scaleOf(root) === null) return false
  return found(root, { shuffle, quantization: root }, { x: shuffle.input(0) })
}

/** Both layers the other way round; each with the attributes that it had. */
function swapped(b: Builder, m: Match): Readonly<Record<string, Tensor>> | null {
  const [shuffle, quantization] = [m.layer('shuffle'), m.layer('quantization')]
  const { dtype, shape } = m.tensor('y')
  const moved = (x: Tensor): Tensor =>
    b.call('SHUFFLE', [x, ...shuffle.operands.slice(1)], shuffle.record.attributes, { dtype: x.dtype, shape })
  const scaled = (x: Tensor): Tensor =>
    b.call(quantization.kind, [x, quantization.input(1)], quantization.record.attributes)
  const x = m.tensor('x')
  const y = shuffle === m.root ? scaled(moved(x)) : moved(scaled(x))
  return y.dtype === dtype ? { y } : null
}

export const quantizations = family('TensorRT: quantization', { stage: 1, exactness: 'exact' }, [
  {
    label: 'Quantize of what was dequantized',
    equation: 'QUANTIZE(DEQUANTIZE(q, s), s) ⇒ q',
    benefit: 20,
    make: () =>
      pattern({
        name: 'quantize-dequantized',
        root: ['QUANTIZE'],
        parts: 2,
        match: whereUsed(matchPair),
        rewrite: (_, m) => ({ y: m.tensor('q') }),
      }),
  },
  {
    label: 'Dequantize behind a shuffle',
    equation: 'SHUFFLE(DEQUANTIZE(q, s)) ⇒ DEQUANTIZE(SHUFFLE(q), s)',
    make: () =>
      pattern({
        name: 'dequantize-behind-shuffle',
        root: ['SHUFFLE'],
        needs: ['DEQUANTIZE'],
        parts: 2,
        match: whereUsed(matchBehind),
        rewrite: swapped,
      }),
  },
  {
    label: 'Quantize before a shuffle',
    equation: 'QUANTIZE(SHUFFLE(x), s) ⇒ SHUFFLE(QUANTIZE(x, s))',
    make: () =>
      pattern({
        name: 'quantize-before-shuffle',
        root: ['QUANTIZE'],
        needs: ['SHUFFLE'],
        parts: 2,
        match: whereUsed(matchBefore),
        rewrite: swapped,
      }),
  },
])

/**
 * Normalizations, counted by the operators that they stand for in the functions of the ONNX standard: the same FLOPs before
 * and after a fusion.
 */
import { operatorOf } from '../engine'
import { plus, times } from './arithmetic'
import type { Amount } from './arithmetic'
import { numberOf } from './facts'
import type { LayerFacts } from './facts'
import type { Flops } from './flops-matrix'
import type { Measure } from './sizes'

/**
 * Mean, difference, square, mean, quotient by the deviation, scale, shift: 7 for each element, and for each row the
 * addition of epsilon and the root. Without the shift 6.
 */
const whole = (elements: Amount, rows: Amount, shifted: boolean): Amount =>
  plus(times(shifted ? 7 : 6, elements), times(2, rows))

/** Square, mean, product with the inverse of the root, scale: 4 for each element, and for each row 3. */
const rootMean = (elements: Amount, rows: Amount): Amount => plus(times(4, elements), times(3, rows))

/** How many rows are normalized, each with statistics of its own: the axes before `axis`. */
function rowsFrom(f: LayerFacts, m: Measure): Amount {
  const { shape } = f.inputs[0] ?? {}
  return shape ? m.product(shape.slice(0, numberOf(f, 'axis', -1) || shape.length)) : null
}

export const layerNorm: Flops = (f, m) => whole(m.count(f.inputs[0]), rowsFrom(f, m), Boolean(f.inputs[2]))
export const rmsNorm: Flops = (f, m) => rootMean(m.count(f.inputs[0]), rowsFrom(f, m))

/** Adds what is skipped to, and a bias, before it normalizes. */
export const skipNorm: Flops = (f, m) => {
  const simplified = operatorOf(f.record.kind) === 'SkipSimplifiedLayerNormalization'
  const elements = m.count(f.inputs[0])
  const rows = m.product(f.inputs[0]?.shape?.slice(0, -1))
  const added = times(f.inputs[simplified ? 3 : 4] ? 2 : 1, elements)
  return plus(added, simplified ? rootMean(elements, rows) : whole(elements, rows, Boolean(f.inputs[3])))
}

/** Two or three embeddings are added and normalized. */
export const embedNorm: Flops = (f, m) => {
  const elements = m.count(f.outputs[0])
  return plus(times(f.inputs[4] ? 2 : 1, elements), whole(elements, m.count(f.inputs[0]), true))
}

/** One row for each channel of each picture, or each group of channels. SiLU after it takes 2 more. */
export const groupNorm: Flops = (f, m) => {
  const [x] = f.inputs
  const groups = numberOf(f, 'groups', numberOf(f, 'num_groups', 0))
  const rows = times(m.size(x?.shape?.[0]), groups || m.size(x?.shape?.[1]))
  const skipped = operatorOf(f.record.kind) === 'SkipGroupNorm' ? (f.inputs[4] ? 2 : 1) : 0
  const silu = numberOf(f, 'activation', 0) === 1 ? 2 : 0
  const elements = m.count(x)
  return plus(whole(elements, rows, true), times(skipped + silu, elements))
}

/** In inference one scale and one shift, as in fvcore's `batchnorm_flop_jit`. */
export const batchNorm: Flops = (f, m) => times(2, m.count(f.inputs[0]))

/** Squares, sum, root, quotient. */
export const lpNorm: Flops = (f, m) => times(3, m.count(f.inputs[0]))
/** The sum over `size` neighbours of squares, then scale, shift, power, quotient. */
export const localResponse: Flops = (f, m) => times(2 * numberOf(f, 'size', 1) + 4, m.count(f.inputs[0]))

/** TensorRT's NORMALIZATION: statistics for each row of the axes in its mask, or for each group of channels. */
export const maskedNorm: Flops = (f, m) => {
  const [x] = f.inputs
  const mask = numberOf(f, 'axes', 0)
  const groups = numberOf(f, 'num_groups', 1)
  const kept = x?.shape ? x.shape.filter((_, i) => (mask & (1 << i)) === 0 && !(groups > 1 && i === 1)) : null
  return whole(m.count(x), times(m.product(kept), groups), true)
}

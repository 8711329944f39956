/**
 * Matrix products, convolutions and recurrent layers: two FLOPs for each multiply and add, and one for each value that is added
 * or scaled besides. What is multiplied with what is said by the operators' definitions (onnx.ai/onnx/operators, and
 * docs/ContribOperators.md of ONNX Runtime).
 */
import { operatorOf } from '../engine'
import type { TensorRecord } from '../engine'
import { plus, times } from './arithmetic'
import type { Amount } from './arithmetic'
import { numberOf, textOf } from './facts'
import type { LayerFacts } from './facts'
import { perElement } from './flops-elements'
import type { Measure } from './sizes'

export type Flops = (facts: LayerFacts, measure: Measure) => Amount

const at = (tensor: TensorRecord | null | undefined, fromEnd: number) => tensor?.shape?.at(-fromEnd)

/** How long the rows are that a product sums over: the last axis of the left side, another one where that is transposed. */
function summed(f: LayerFacts, m: Measure): Amount {
  const [a] = f.inputs
  const transposed = numberOf(f, 'transA', 0) !== 0 || textOf(f, 'op0') === 'TRANSPOSE'
  if (!transposed) return m.size(at(a, 1))
  return m.size(numberOf(f, 'transBatchA', 0) !== 0 ? a?.shape?.[0] : at(a, 2))
}

/** Y = A B: 2 K for each element of Y, where K is the length of the rows. Scaled by `alpha`, one more. */
export const matmul: Flops = (f, m) => {
  const scaled = numberOf(f, 'alpha', 1) === 1 ? 0 : 1
  return times(m.count(f.outputs[0]), plus(times(2, summed(f, m)), scaled))
}

/** Products of quantized values, of which a bias may be taken: it is the last operand of seven, or of five. */
export const matmulWithBias: Flops = (f, m) => {
  const bias = f.inputs[operatorOf(f.record.kind) === 'DynamicQuantizeMatMul' ? 4 : 6]
  return plus(matmul(f, m), bias ? m.count(f.outputs[0]) : 0)
}

/** Weights of few bits: K is an attribute. */
export const matmulNBits: Flops = (f, m) =>
  times(m.count(f.outputs[0]), plus(2 * numberOf(f, 'K', NaN), f.inputs[5] ? 1 : 0))

/** Y = alpha A B + beta C, and what a fused activation takes. */
export const gemm: Flops = (f, m) => {
  const y = m.count(f.outputs[0])
  const c = f.inputs[2]
  const scaled = c && numberOf(f, 'beta', 1) !== 1 ? m.count(c) : 0
  return plus(matmul(f, m), c ? y : 0, scaled, activation(f, y))
}

function activation(f: LayerFacts, elements: Amount): Amount {
  const name = textOf(f, 'activation')
  return name === '' ? 0 : times(elements, perElement(name))
}

/** Each result is a sum over a window of C/group channels, which is what one filter holds: 2 C/group k1 k2 ... */
const windowed =
  (weight: number, bias: number, sum: number): Flops =>
  (f, m) => {
    const y = m.count(f.outputs[0])
    const filter = m.product(f.inputs[weight]?.shape?.slice(1))
    const added = (f.inputs[bias] ? 1 : 0) + (sum >= 0 && f.inputs[sum] ? 1 : 0)
    return plus(times(y, plus(times(2, filter), added)), activation(f, y))
  }

export const conv = windowed(1, 2, -1)
export const fusedConv = windowed(1, 2, 3)
export const qlinearConv = windowed(3, 8, -1)
export const convInteger = windowed(1, NaN, -1)

/** Each operand goes to a window of M/group channels. */
export const convTranspose: Flops = (f, m) => {
  const filter = m.product(f.inputs[1]?.shape?.slice(1))
  return plus(times(2, m.count(f.inputs[0]), filter), f.inputs[2] ? m.count(f.outputs[0]) : 0)
}

/** One product of all labels for each operand: two operands are multiplied and added, one is only added up. */
export const einsum: Flops = (f, m) => {
  const [left = ''] = textOf(f, 'equation').replace(/\s/g, '').split('->')
  const terms = left.split(',')
  if (left === '' || left.includes('.') || terms.length !== f.inputs.length) return null
  const labels = new Map<string, Amount>()
  terms.forEach((term, i) => [...term].forEach((label, d) => labels.set(label, m.size(f.inputs[i]?.shape?.[d]))))
  return times(terms.length, ...labels.values())
}

/**
 * LSTM, GRU and RNN: for each step, direction and gate one product with the operand and one with the state. The few
 * operations on each gate besides are left out.
 */
export const recurrent: Flops = (f, m) => {
  const [x, w, r] = f.inputs
  return times(2, m.product(x?.shape?.slice(0, 2)), plus(m.count(w), m.count(r)))
}

/** TensorRT's CONVOLUTION: the kernel is an operand or among the attributes, [maps, channels / groups, ...]. */
export const convolution: Flops = (f, m) => {
  const filter = times(channelsOf(f, m), 1 / numberOf(f, 'num_groups', 1), ...windowOf(f))
  return times(m.count(f.outputs[0]), plus(times(2, filter), hasBias(f) ? 1 : 0))
}

/** DECONVOLUTION: each operand goes to a window of maps / groups channels. */
export const deconvolution: Flops = (f, m) => {
  const filter = times(numberOf(f, 'num_output_maps', NaN) / numberOf(f, 'num_groups', 1), ...windowOf(f))
  return plus(times(2, m.count(f.inputs[0]), filter), hasBias(f) ? m.count(f.outputs[0]) : 0)
}

const channelsOf = (f: LayerFacts, m: Measure): Amount => m.size(f.inputs[0]?.shape?.[1])
const hasBias = (f: LayerFacts): boolean => Boolean(f.inputs[2] ?? f.record.attributes['bias'])
function windowOf({ record }: LayerFacts): readonly Amount[] {
  const sizes = record.attributes['kernel_size_nd']
  return Array.isArray(sizes) ? (sizes as readonly number[]) : [null]
}

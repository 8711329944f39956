/**
 * What is done to each element, in FLOPs. One mathematical operation is one FLOP, whatever it takes in instructions: an
 * exponential as an addition, as in google-research/electra's `flops_computation.py`, from which also the 8 of Gelu by tanh
 * and the 5 of softmax are (maximum, difference, exponential, sum, quotient). A fused operator counts what the operators
 * count that it stands for, so that a fusion saves launches and bytes and no FLOPs. Integers count as other numbers do.
 */
import { operatorOf } from '../engine'
import type { Amount } from './arithmetic'

/** Operations on each element of the result; those of one step, as Add and Exp, are not in here. */
const STEPS: Readonly<Record<string, number>> = {
  // They choose, copy or read as another type, and calculate nothing.
  Where: 0,
  Cast: 0,
  CastLike: 0,
  CAST: 0,
  SELECT: 0,
  Dropout: 0,
  // max(min(x, high), low)
  Clip: 2,
  LeakyRelu: 2,
  PRelu: 2,
  ThresholdedRelu: 1,
  // exp(x) - 1, times alpha, chosen by sign
  Elu: 3,
  Celu: 4,
  Selu: 4,
  Shrink: 2,
  // log(exp(x) + 1), x / (1 + |x|)
  Softplus: 3,
  Softsign: 3,
  // max(0, min(1, alpha x + beta)), and times x
  HardSigmoid: 4,
  HardSwish: 5,
  // x tanh(softplus(x))
  Mish: 5,
  // x sigmoid(x); QuickGelu is x sigmoid(alpha x)
  Swish: 2,
  QuickGelu: 3,
  // x / sqrt(2), erf, + 1, times x, times 0.5
  Gelu: 5,
  BiasGelu: 6,
  FastGelu: 8,
  Softmax: 5,
  LogSoftmax: 5,
  RAGGED_SOFTMAX: 5,
  SOFTMAX: 5,
  BiasSoftmax: 6,
  // Comparisons with the largest of a row, and the choice.
  Hardmax: 2,
  // Scaled, rounded; scaled, shifted.
  QuantizeLinear: 2,
  DequantizeLinear: 2,
  QUANTIZE: 2,
  DEQUANTIZE: 2,
  DYNAMIC_QUANTIZE: 4,
  DynamicQuantizeLinear: 4,
  QLinearAdd: 7,
  QLinearMul: 7,
  QLinearSigmoid: 5,
}

/** The same for TensorRT's ACTIVATION, by its type. */
const ACTIVATIONS: Readonly<Record<string, number>> = {
  LEAKY_RELU: 2,
  ELU: 3,
  SELU: 4,
  SOFTSIGN: 3,
  SOFTPLUS: 3,
  CLIP: 2,
  HARD_SIGMOID: 4,
  SCALED_TANH: 3,
  GELU_ERF: 5,
  GELU_TANH: 8,
}

/** FLOPs for each element of the result of a TensorRT activation. */
export const perActivation = (type: string): number => ACTIVATIONS[type] ?? 1

/** FLOPs for each element of the result of an elementwise operator. */
export function perElement(kind: string): number {
  return STEPS[operatorOf(kind)] ?? 1
}

/** Operations on each element that is reduced, where that is not one addition or comparison. */
const REDUCTIONS: Readonly<Record<string, number>> = {
  ReduceL1: 2,
  ReduceL2: 2,
  ReduceSumSquare: 2,
  ReduceLogSumExp: 2,
}

/** FLOPs for each element of the operand of a reduction: n - 1 additions and a quotient make n for a mean of n. */
export function perReduced(kind: string): Amount {
  return REDUCTIONS[operatorOf(kind)] ?? 1
}

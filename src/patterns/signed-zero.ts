/** Where the sign of a zero matters: x + 0 makes +0 of −0, and 1 / x tells one from the other. Unknown counts as mattering. */
import type { Layer, Tensor } from '../engine'
import { everyElement, FLOATS } from './values'

/** Kinds whose floats are never −0, whatever they take: Softmax, Exp and Sigmoid give +0 at the least. */
const NEVER_NEGATIVE = new Set('Abs Exp Softmax Sigmoid Softplus ReduceL1 ReduceL2 ReduceSumSquare'.split(' '))

/** Kinds that give the same for both zeros. */
const BLIND = new Set(
  'Abs Exp Softmax LogSoftmax Sigmoid Softplus Cos Cosh Equal Less Greater LessOrEqual GreaterOrEqual IsNaN IsInf'.split(
    ' ',
  ),
)

/** Kinds whose results differ at most in the signs of their own zeros. */
const PASSING = new Set('Add Sub Reshape Transpose Unsqueeze Squeeze Flatten Expand Concat Slice'.split(' '))

const DEEPEST = 4
const MOST_USERS = 8

/** Whether a value certainly holds no −0: integers, constants without one, and results of kinds that give none. */
export function isNeverNegativeZero(t: Tensor): boolean {
  if (t.dtype !== null && !FLOATS.includes(t.dtype)) return true
  if (t.value) return t.value.isAvailable && t.value.size <= 4096 && everyElement(t.value, (v) => !Object.is(v, -0))
  return NEVER_NEGATIVE.has(t.parent?.kind ?? '')
}

/** Whether nothing that takes a value, directly or through sums and moves, gives another result for −0 than for +0. */
export function ignoresSignOfZero(t: Tensor, depth = 0): boolean {
  if (t.isNetworkOutput() || depth > DEEPEST || t.liveUses > MOST_USERS) return false
  return t.getUsers().every((layer) => isBlind(layer, depth))
}

function isBlind(layer: Layer, depth: number): boolean {
  if (BLIND.has(layer.kind)) return true
  return PASSING.has(layer.kind) && layer.getOutputs().every((y) => ignoresSignOfZero(y, depth + 1))
}

import { dtypeOf as dtypeOfNumber } from '../proto/element-types'
import { dtypeOf, intAttr, intsAttr, shapeOf, typed, type Infer } from './context'

export const randomOfShape: Infer = (c) => [typed(dtypeOfNumber(intAttr(c, 'dtype', 1)), intsAttr(c, 'shape'))]

/** Shaped like the operand; dtype by attribute, else the operand's (random ones, Bernoulli, EyeLike). */
export const likeOperand: Infer = (c) => [typed(dtypeOfNumber(intAttr(c, 'dtype', 0)) ?? dtypeOf(c, 0), shapeOf(c, 0))]

export const multinomial: Infer = (c) => [
  typed(dtypeOfNumber(intAttr(c, 'dtype', 6)), [shapeOf(c, 0)?.[0] ?? null, intAttr(c, 'sample_size', 1)]),
]

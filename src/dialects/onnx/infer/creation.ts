import { dtypeOf as dtypeOfNumber } from '../proto/element-types'
import { dtypeOf, intAttr, intsAttr, shapeOf, typed, type Infer } from './context'

export const randomOfShape: Infer = (c) => [typed(dtypeOfNumber(intAttr(c, 'dtype', 1)), intsAttr(c, 'shape'))]

/** dtype by attribute, else the operand's. */
export const randomLike: Infer = (c) => [typed(dtypeOfNumber(intAttr(c, 'dtype', 0)) ?? dtypeOf(c, 0), shapeOf(c, 0))]
export const bernoulli = randomLike
export const eyeLike = randomLike

export const multinomial: Infer = (c) => [
  typed(dtypeOfNumber(intAttr(c, 'dtype', 6)), [shapeOf(c, 0)?.[0] ?? null, intAttr(c, 'sample_size', 1)]),
]

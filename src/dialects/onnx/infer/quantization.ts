import { dtypeOf as dtypeOfNumber } from '../proto/element-types'
import { dtypeOf, intAttr, shapeOf, typed, type Infer } from './context'

/** dtype of the zero point, else of `output_dtype`, else uint8. */
export const quantize: Infer = (c) => {
  const dtype = c.inputs[2] ? dtypeOf(c, 2) : (dtypeOfNumber(intAttr(c, 'output_dtype', 0)) ?? 'uint8')
  return [typed(dtype, shapeOf(c, 0))]
}

/** dtype of `output_dtype`, else of the scale. */
export const dequantize: Infer = (c) => [
  typed(dtypeOfNumber(intAttr(c, 'output_dtype', 0)) ?? dtypeOf(c, 1), shapeOf(c, 0)),
]

export const dynamicQuantize: Infer = (c) => [typed('uint8', shapeOf(c, 0)), typed('float32', []), typed('uint8', [])]

import * as on from '../infer/quantization'
import { int, op, type Traits } from './notation'

const quantize = (attributes: Record<string, ReturnType<typeof int>>, traits: Traits = {}) =>
  op('QuantizeLinear', 'quantization', 'x y_scale y_zero_point?', 'y', attributes, { infer: on.quantize, ...traits })
const dequantize = (attributes: Record<string, ReturnType<typeof int>>, traits: Traits = {}) =>
  op('DequantizeLinear', 'quantization', 'x x_scale x_zero_point?', 'y', attributes, {
    infer: on.dequantize,
    ...traits,
  })

const BLOCK = { axis: int(1), block_size: int(0) }

export const quantization = [
  quantize({}),
  quantize({ axis: int(1) }, { since: 13 }),
  quantize({ axis: int(1), saturate: int(1) }, { since: 19 }),
  quantize({ ...BLOCK, output_dtype: int(0), saturate: int(1) }, { since: 21 }),
  quantize({ ...BLOCK, output_dtype: int(0), precision: int(0), saturate: int(1) }, { since: 23 }),
  dequantize({}),
  dequantize({ axis: int(1) }, { since: 13 }),
  dequantize(BLOCK, { since: 21 }),
  dequantize({ ...BLOCK, output_dtype: int(0) }, { since: 23 }),
  op('DynamicQuantizeLinear', 'quantization', 'x', 'y y_scale y_zero_point', {}, { infer: on.dynamicQuantize }),
]

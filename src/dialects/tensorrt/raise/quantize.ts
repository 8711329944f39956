import { ConstantValue } from '../../../engine'
import type { Tensor } from '../../../engine'
import { dtypeOfDataType } from '../data-type'
import { cannotRaise } from './error'
import type { Raise, RaisedLayer } from './raised-layer'

function axisOf(l: RaisedLayer): { axis?: number } {
  const axis = l.number('axis')
  const scales = l.input(1).shape
  return axis === null || !scales || scales.length === 0 ? {} : { axis }
}

/** The zero point tells ONNX the type: zeros in the shape of the scale. */
function zeros(l: RaisedLayer, dtype: 'int8' | 'float8e4m3fn' | 'int4'): Tensor {
  const shape = l.input(1).shape
  if (!shape?.every((d) => typeof d === 'number')) return cannotRaise('the size of the scale is not known')
  const size = shape.reduce((a, b) => a * b, 1)
  const bytes = new Uint8Array(dtype === 'int4' ? Math.ceil(size / 2) : size)
  return l.b.network.addConstant(new ConstantValue(dtype, shape, bytes), `${l.record.name}.zero_point`)
}

const quantize: Raise = (l) => {
  const to = dtypeOfDataType(l.text('to_type'))
  if (to !== 'int8' && to !== 'float8e4m3fn' && to !== 'int4')
    return cannotRaise(`QUANTIZE to ${l.text('to_type')} has no form in ONNX`)
  if (l.ints('block_shape')?.length) return cannotRaise('QUANTIZE by blocks has no form here')
  // Values are of the type of their scale in ONNX; each half float is a float32.
  const x = l.b.cast(l.input(0), l.input(1).dtype ?? 'float32')
  return l.b.op('QuantizeLinear', [x, l.input(1), l.has(2) ? l.input(2) : zeros(l, to)], axisOf(l))
}

const dequantize: Raise = (l) => {
  if (l.ints('block_shape')?.length) return cannotRaise('DEQUANTIZE by blocks has no form here')
  const y = l.b.op('DequantizeLinear', [l.input(0), l.input(1), ...(l.has(2) ? [l.input(2)] : [])], axisOf(l))
  return l.b.cast(y, dtypeOfDataType(l.text('to_type')) ?? cannotRaise('its type'))
}

export const quantizeRaising = { QUANTIZE: quantize, DEQUANTIZE: dequantize } satisfies Readonly<Record<string, Raise>>

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

/** One scale for each block: as for the whole, of values that are divided by their scales before. */
function byBlocks(l: RaisedLayer): Tensor | null {
  const [x, scale] = [l.input(0), l.input(1)]
  const isBlocked = scale.rank !== null && scale.rank > 1
  if (!isBlocked) return l.ints('block_shape')?.length ? cannotRaise('its scales are no blocks') : null
  if (l.has(2)) return cannotRaise(`${l.record.kind} by blocks with a zero point has no form here`)
  const [sizes, blocks] = [x.shape, scale.shape]
  if (!sizes?.every((d) => typeof d === 'number') || !blocks?.every((d) => typeof d === 'number'))
    return cannotRaise('the sizes of its blocks are not known')
  const lengths = sizes.map((d, i) => d / blocks[i]!)
  if (!lengths.every(Number.isInteger)) return cannotRaise(`blocks of [${blocks}] do not divide [${sizes}]`)
  const { b } = l
  const apart = b.reshape(
    scale,
    blocks.flatMap((d) => [d, 1]),
  )
  const wide = b.op('Expand', [apart, b.ints(blocks.flatMap((d, i) => [d, lengths[i]!]))])
  return b.reshape(wide, sizes)
}

const quantize: Raise = (l) => {
  const { b } = l
  const to = dtypeOfDataType(l.text('to_type'))
  if (to !== 'int8' && to !== 'float8e4m3fn' && to !== 'int4')
    return cannotRaise(`QUANTIZE to ${l.text('to_type')} has no form in ONNX Runtime, which has no such element type`)
  // Values are of the type of their scale in ONNX; each half float is a float32.
  const x = b.cast(l.input(0), l.input(1).dtype ?? 'float32')
  const scales = byBlocks(l)
  if (scales) {
    const zero = new ConstantValue(to, [], new Uint8Array(1))
    const point = b.network.addConstant(zero, `${l.record.name}.zero_point`)
    return b.op('QuantizeLinear', [b.op('Div', [x, scales]), b.constant(x.dtype ?? 'float32', [1]), point])
  }
  return b.op('QuantizeLinear', [x, l.input(1), l.has(2) ? l.input(2) : zeros(l, to)], axisOf(l))
}

const dequantize: Raise = (l) => {
  const { b } = l
  const to = dtypeOfDataType(l.text('to_type')) ?? cannotRaise(`DEQUANTIZE to ${l.text('to_type')} has no form in ONNX`)
  const scales = byBlocks(l)
  if (scales) {
    const one = b.constant(scales.dtype ?? 'float32', [1])
    return b.cast(b.op('Mul', [b.op('DequantizeLinear', [l.input(0), one]), scales]), to)
  }
  return b.cast(b.op('DequantizeLinear', [l.input(0), l.input(1), ...(l.has(2) ? [l.input(2)] : [])], axisOf(l)), to)
}

export const quantizeRaising = { QUANTIZE: quantize, DEQUANTIZE: dequantize } satisfies Readonly<Record<string, Raise>>

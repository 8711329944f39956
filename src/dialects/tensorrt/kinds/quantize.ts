import { dtypeOfDataType } from '../data-type'
import { DataType } from '../enums'
import type { Dim } from '../../../engine'
import { floorDivDims } from '../../onnx'
import { axisRule } from '../infer/indexing-rules'
import { alike, firstOf, ofTypes } from '../infer/operand-rules'
import { dims, int, layer, oneOf, optionalInt, typed } from './notation'
import type { Check, Infer } from './notation'

const converted: Infer = (r) => [typed(dtypeOfDataType(r.text('to_type')), r.shape(0))]

/** Scales are one for all, one for each slice along the axis, or one for each block. */
const scaleRules: Check = (r) => {
  const [x, scale] = [r.shape(0), r.shape(1)]
  if (!x || !scale || scale.length === 0 || scale.length === x.length) return axisRule()(r)
  if (scale.length !== 1) return `the scale of ${r.kind} has rank 0, 1 or ${x.length}, not ${scale.length}`
  const axis = r.number('axis')
  const [n, d] = [scale[0], axis === null ? undefined : x.at(axis)]
  if (typeof n === 'number' && n !== 1 && axis === null) return `${r.kind} with ${n} scales needs its axis`
  return typeof n === 'number' && n !== 1 && typeof d === 'number' && n !== d
    ? `${r.kind} has ${n} scales for the ${d} slices along axis ${axis}`
    : axisRule()(r)
}

const toOneOf =
  (...types: readonly string[]): Check =>
  (r) =>
    types.includes(r.text('to_type')) ? null : `${r.kind} makes ${types.join(', ')}, not ${r.text('to_type')}`

const quantizeRules = firstOf(ofTypes('floating-point numbers'), toOneOf('INT8', 'FP8', 'INT4', 'FP4'), scaleRules)
const dequantizeRules = firstOf(
  ofTypes('INT8, FP8 or INT4'),
  toOneOf('FLOAT', 'HALF', 'BF16'),
  alike(0, 2, 'input and zero point'),
  scaleRules,
)

const dynamicRules = firstOf(ofTypes('floating-point numbers'), (r) => {
  const [rank, axis] = [r.rank(0), r.number('axis') ?? -1]
  const at = rank === null ? null : axis < 0 ? axis + rank : axis
  return at !== null && (at < rank! - 2 || at >= rank!)
    ? `DYNAMIC_QUANTIZE is along one of the last two dimensions, not ${axis} of ${rank}`
    : null
})

const dynamic: Infer = (r) => {
  const x = r.shape(0)
  const [axis, block] = [r.number('axis') ?? -1, r.number('block_size') ?? 16]
  const at = x ? (axis < 0 ? axis + x.length : axis) : -1
  const scales = x && x.map((d, i): Dim => (i === at ? floorDivDims(d, block) : d))
  return [typed(dtypeOfDataType(r.text('to_type')), x), typed(dtypeOfDataType(r.text('scale_type')), scales)]
}

export const quantizeKinds = {
  QUANTIZE: layer(
    'quantization',
    'input scale zero_point?',
    'output',
    { axis: optionalInt(), to_type: oneOf(DataType, 'INT8'), block_shape: dims() },
    { infer: converted, check: quantizeRules },
  ),
  DEQUANTIZE: layer(
    'quantization',
    'input scale zero_point?',
    'output',
    { axis: optionalInt(), to_type: oneOf(DataType, 'FLOAT'), block_shape: dims() },
    { infer: converted, check: dequantizeRules },
  ),
  DYNAMIC_QUANTIZE: layer(
    'quantization',
    'input double_quant_scale?',
    'output scale',
    { axis: int(), block_size: int(16), to_type: oneOf(DataType, 'FP4'), scale_type: oneOf(DataType, 'FP8') },
    { infer: dynamic, check: dynamicRules },
  ),
}

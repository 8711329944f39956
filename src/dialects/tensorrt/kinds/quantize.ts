import { dtypeOfDataType } from '../data-type'
import { DataType } from '../enums'
import type { Dim } from '../../../engine'
import { floorDivDims } from '../../onnx'
import { axisRule } from '../infer/indexing-rules'
import { alike, firstOf, ofRank, ofTypes } from '../infer/operand-rules'
import type { Reading } from '../infer/reading'
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

/** The size of a block along each dimension: as it is given, or of one axis; null where it is not known. */
function blocksOf(r: Reading): readonly number[] | null {
  const rank = r.rank(0)
  const [shape, axis] = [r.ints('block_shape'), r.number('axis')]
  if (shape?.length) return shape
  if (rank === null || axis === null) return null
  const at = axis < 0 ? axis + rank : axis
  return Array.from({ length: rank }, (_, i) => (i === at ? (r.number('block_size') ?? 16) : 1))
}

const dynamicRules = firstOf(
  ofTypes('floating-point numbers'),
  toOneOf('FP4', 'FP8', 'INT8'),
  ofTypes('floating-point numbers', 1, 'double_quant_scale'),
  ofRank([0], 1, 'double_quant_scale'),
  (r) => {
    const [x, rank, axis, shape] = [r.shape(0), r.rank(0), r.number('axis'), r.ints('block_shape')]
    if (axis === null && !shape?.length) return 'DYNAMIC_QUANTIZE needs its axis, or the shape of its blocks'
    if (!shape?.length && rank !== null && (axis! < -2 || (axis! >= 0 && axis! < rank - 2) || axis! >= rank))
      return `DYNAMIC_QUANTIZE is along one of the last two dimensions, not ${axis} of ${rank}`
    if (shape?.length && rank !== null && shape.length !== rank)
      return `blocks of DYNAMIC_QUANTIZE have ${shape.length} sizes, its operand ${rank} dimensions`
    const blocks = blocksOf(r)
    const off = x?.findIndex((d, i) => typeof d === 'number' && blocks !== null && d % blocks[i]! > 0) ?? -1
    return off < 0 ? null : `blocks of ${blocks![off]} do not divide the ${String(x![off])} of dimension ${off}`
  },
)

const dynamic: Infer = (r) => {
  const x = r.shape(0)
  const blocks = blocksOf(r)
  const scales = x && x.map((d, i): Dim => (blocks?.[i] === 1 ? d : blocks?.[i] ? dividedBy(d, blocks[i]) : null))
  return [typed(dtypeOfDataType(r.text('to_type')), x), typed(dtypeOfDataType(r.text('scale_type')), scales)]
}
/** A block of -1 is the whole dimension. */
const dividedBy = (d: Dim, block: number): Dim => (block < 0 ? 1 : floorDivDims(d, block))

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
    {
      axis: optionalInt(),
      block_size: int(16),
      block_shape: dims(),
      to_type: oneOf(DataType, 'FP4'),
      scale_type: oneOf(['FP8', 'E8M0', 'FLOAT'], 'FP8'),
    },
    { infer: dynamic, check: dynamicRules },
  ),
}

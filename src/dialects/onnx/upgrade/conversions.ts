import { ConstantValue, type Attributes, type DType, type LayerRecord, type TensorId } from '../../../engine'
import { refuse, withInput, without, type Workbench } from './workbench'

/** One incompatible change of an operator: how a layer of the version before is said in version `to`. */
export interface Conversion {
  readonly to: number
  readonly kinds: readonly string[]
  /** Returns the layer itself where it means the same. */
  convert(layer: LayerRecord, bench: Workbench): LayerRecord
}

const REDUCTIONS =
  'ReduceMean ReduceMax ReduceMin ReduceL1 ReduceL2 ReduceLogSum ReduceLogSumExp ReduceSumSquare ReduceProd'.split(' ')

function numbers(attributes: Attributes, name: string): readonly number[] | null {
  const value = attributes[name]
  return Array.isArray(value) ? (value as readonly number[]) : null
}

/** An attribute of integers becomes operand `index`. */
function intsToInput(name: string, index: number): Conversion['convert'] {
  return (layer, bench) => {
    const values = numbers(layer.attributes, name)
    if (!values) return layer
    return withInput(without(layer, name), index, bench.ints(`${layer.name}_${name}`, values))
  }
}

/** A scalar attribute becomes operand `index`, of the dtype of the first operand. */
function scalarToInput(layer: LayerRecord, bench: Workbench, name: string, index: number, value: number): LayerRecord {
  const dtype = bench.tensor(layer.inputs[0])?.dtype ?? 'float32'
  return withInput(layer, index, bench.constant(`${layer.name}_${name}`, ConstantValue.scalarOf(dtype, value)))
}

function clip(layer: LayerRecord, bench: Workbench): LayerRecord {
  const { min, max } = layer.attributes
  let out = without(layer, 'min', 'max')
  if (typeof min === 'number') out = scalarToInput(out, bench, 'min', 1, min)
  if (typeof max === 'number') out = scalarToInput(out, bench, 'max', 2, max)
  return out
}

function pad(layer: LayerRecord, bench: Workbench): LayerRecord {
  const { value } = layer.attributes
  const out = intsToInput('pads', 1)(without(layer, 'value'), bench)
  return typeof value === 'number' && value !== 0 ? scalarToInput(out, bench, 'value', 2, value) : out
}

function slice(layer: LayerRecord, bench: Workbench): LayerRecord {
  const withBounds = intsToInput('ends', 2)(intsToInput('starts', 1)(layer, bench), bench)
  return intsToInput('axes', 3)(withBounds, bench)
}

function topK(layer: LayerRecord, bench: Workbench): LayerRecord {
  const k = layer.attributes['k']
  if (typeof k !== 'number') refuse(layer, 10, 'it has no k')
  return withInput(without(layer, 'k'), 1, bench.ints(`${layer.name}_k`, [k]))
}

/** Before 11, Resize and Upsample placed samples as `asymmetric` does and rounded down. */
function resize(layer: LayerRecord): LayerRecord {
  const [x = -1, scales = -1] = layer.inputs
  const attributes = { ...layer.attributes, coordinate_transformation_mode: 'asymmetric', nearest_mode: 'floor' }
  return { ...layer, kind: 'Resize', inputs: [x, -1, scales], attributes }
}

function dropout(layer: LayerRecord, bench: Workbench): LayerRecord {
  const { ratio } = layer.attributes
  if (typeof ratio !== 'number') return layer
  const value = ConstantValue.scalarOf('float32', ratio)
  return withInput(without(layer, 'ratio'), 1, bench.constant(`${layer.name}_ratio`, value))
}

/** Before 13 the axes from `axis` on were flattened into one: the same only where that is the last axis. */
function softmax(layer: LayerRecord, bench: Workbench): LayerRecord {
  const stated = layer.attributes['axis']
  const axis = typeof stated === 'number' ? stated : 1
  const x = bench.tensor(layer.inputs[0])
  const shape = x?.shape
  if (axis === -1 || (shape && axis === shape.length - 1)) {
    return { ...layer, attributes: { ...layer.attributes, axis } }
  }
  const input = layer.inputs[0] as TensorId
  const from = bench.layer(layer, 'Flatten', [input], { axis })
  const to = bench.layer(layer, 'Shape', [input], {})
  const flat = bench.layer(layer, layer.kind, [from], { axis: 1 })
  return { ...without(layer, 'axis'), kind: 'Reshape', inputs: [flat, to] }
}

/** From 14 on inference has one result; the others were never filled in by it. */
function batchNormalization(layer: LayerRecord): LayerRecord {
  if (layer.outputs.slice(1).some((id) => id >= 0)) refuse(layer, 14, 'it gives training statistics')
  return layer
}

function roiAlign(layer: LayerRecord): LayerRecord {
  const coordinate_transformation_mode = 'output_half_pixel'
  return { ...layer, attributes: { coordinate_transformation_mode, ...layer.attributes } }
}

/** From 18 on equal parts have to be asked for. */
function split(layer: LayerRecord): LayerRecord {
  if ((layer.inputs[1] ?? -1) >= 0) return layer
  return { ...layer, attributes: { ...layer.attributes, num_outputs: layer.outputs.length } }
}

const GRID_MODES: Readonly<Record<string, string>> = { bilinear: 'linear', bicubic: 'cubic' }

function gridSample(layer: LayerRecord): LayerRecord {
  const { mode } = layer.attributes
  const renamed = typeof mode === 'string' ? GRID_MODES[mode] : undefined
  return renamed ? { ...layer, attributes: { ...layer.attributes, mode: renamed } } : layer
}

function dft(layer: LayerRecord, bench: Workbench): LayerRecord {
  const { axis } = layer.attributes
  const value = ConstantValue.scalarOf('int64', typeof axis === 'number' ? axis : 1)
  return withInput(without(layer, 'axis'), 2, bench.constant(`${layer.name}_axis`, value))
}

/** From 21 on scale and bias are per channel, no longer per group: each is repeated. */
function groupNormalization(layer: LayerRecord, bench: Workbench): LayerRecord {
  const channels = bench.tensor(layer.inputs[0])?.shape?.[1]
  const groups = layer.attributes['num_groups']
  if (typeof channels !== 'number' || typeof groups !== 'number') refuse(layer, 21, 'its channels are not known')
  const [x = -1, ...vectors] = layer.inputs
  const repeated = vectors.map((id) => {
    const record = bench.tensor(id)
    const value = record?.value
    if (!value?.data) refuse(layer, 21, 'its scale or bias is no constant')
    const each = value.numbers()
    const wide = Array.from({ length: channels }, (_, i) => each[Math.floor((i * groups) / channels)]!)
    return bench.constant(`${record!.name}_per_channel`, ConstantValue.of(value.dtype as DType, [channels], wide))
  })
  return { ...layer, inputs: [x, ...repeated] }
}

function scatter(layer: LayerRecord): LayerRecord {
  return { ...layer, kind: 'ScatterElements' }
}

function dropoutMask(layer: LayerRecord): LayerRecord {
  if ((layer.outputs[1] ?? -1) >= 0) refuse(layer, 10, 'its mask was a float until then')
  return layer
}

/** Before 7 the second operand lined up with the first at `axis`, where `broadcast` said so; without an axis at the end, as now. */
function alignedAtAxis(layer: LayerRecord, bench: Workbench): LayerRecord {
  const { axis } = layer.attributes
  const plain = without(layer, 'broadcast', 'axis')
  if (typeof axis !== 'number') return plain
  const [a, b] = layer.inputs.map((id) => bench.tensor(id)?.shape)
  if (!a || !b) refuse(layer, 7, 'it broadcasts at an axis, and its shapes are not known')
  const trailing = a.length - (axis < 0 ? axis + a.length : axis) - b.length
  return trailing > 0
    ? { ...plain, inputs: [layer.inputs[0]!, withOnesBehind(layer, layer.inputs[1]!, trailing, bench)] }
    : plain
}

/** A value with so many dimensions of 1 behind its own. */
function withOnesBehind(layer: LayerRecord, id: TensorId, count: number, bench: Workbench): TensorId {
  const { value, shape, name } = bench.tensor(id)!
  const ones = Array<number>(count).fill(1)
  if (value) return bench.constant(`${name}_aligned`, value.reshaped([...value.shape, ...ones]))
  const axes = ones.map((_, i) => shape!.length + i)
  return bench.layer(layer, 'Unsqueeze', [id], { axes })
}

/** Before 7 a slope of one element a channel belonged to axis 1. */
function slopeByChannel(layer: LayerRecord, bench: Workbench): LayerRecord {
  const [x, slope] = layer.inputs.map((id) => bench.tensor(id))
  if (!slope?.shape || slope.shape.length !== 1 || slope.shape[0] === 1) return layer
  if (!x?.shape) refuse(layer, 7, 'the rank of what it takes is not known')
  const trailing = x.shape.length - 2
  if (trailing <= 0) return layer
  return { ...layer, inputs: [layer.inputs[0]!, withOnesBehind(layer, layer.inputs[1]!, trailing, bench)] }
}

/** Before 7 a layer said itself whether it trains; it did, unless `is_test` was set. */
function inferenceOnly(layer: LayerRecord): LayerRecord {
  if (Number(layer.attributes['is_test'] ?? 0) === 0) refuse(layer, 7, 'it trains (is_test is 0)')
  return without(layer, 'is_test', 'consumed_inputs')
}

function spatialOnly(layer: LayerRecord): LayerRecord {
  if (Number(layer.attributes['spatial'] ?? 1) === 0)
    refuse(layer, 9, 'its statistics are not by channel (spatial is 0)')
  return without(layer, 'spatial')
}

function upsample(layer: LayerRecord, bench: Workbench): LayerRecord {
  const scales = numbers(layer.attributes, 'scales')
  if (!scales) refuse(layer, 9, 'it has no scales')
  const value = ConstantValue.of('float32', [scales.length], scales)
  return withInput(without(layer, 'scales'), 1, bench.constant(`${layer.name}_scales`, value))
}

const ALIGNED = 'Add Sub Mul Div Pow And Or Xor Equal Greater Less'.split(' ')

/** Incompatible changes of the default domain's operators since opset 6, in order. Source: the ONNX changelog. */
export const CONVERSIONS: readonly Conversion[] = [
  { to: 7, kinds: ALIGNED, convert: alignedAtAxis },
  { to: 7, kinds: ['PRelu'], convert: slopeByChannel },
  { to: 7, kinds: ['Gemm'], convert: (layer) => without(layer, 'broadcast') },
  { to: 7, kinds: ['BatchNormalization', 'Dropout'], convert: inferenceOnly },
  { to: 7, kinds: ['LSTM', 'GRU', 'RNN'], convert: (layer) => without(layer, 'output_sequence') },
  { to: 9, kinds: ['BatchNormalization'], convert: spatialOnly },
  { to: 9, kinds: ['Upsample'], convert: upsample },
  { to: 9, kinds: ['Scan'], convert: (layer) => refuse(layer, 9, 'its operands stood in another order') },
  { to: 10, kinds: ['Slice'], convert: slice },
  { to: 10, kinds: ['TopK'], convert: topK },
  { to: 10, kinds: ['Dropout'], convert: dropoutMask },
  { to: 11, kinds: ['Clip'], convert: clip },
  { to: 11, kinds: ['Pad'], convert: pad },
  { to: 11, kinds: ['Resize', 'Upsample'], convert: resize },
  { to: 11, kinds: ['Scatter'], convert: scatter },
  { to: 12, kinds: ['Dropout'], convert: dropout },
  { to: 13, kinds: ['Squeeze', 'Unsqueeze', 'ReduceSum'], convert: intsToInput('axes', 1) },
  { to: 13, kinds: ['Split'], convert: intsToInput('split', 1) },
  { to: 13, kinds: ['Softmax', 'LogSoftmax', 'Hardmax'], convert: softmax },
  { to: 14, kinds: ['BatchNormalization'], convert: batchNormalization },
  { to: 16, kinds: ['RoiAlign'], convert: roiAlign },
  { to: 18, kinds: REDUCTIONS, convert: intsToInput('axes', 1) },
  { to: 18, kinds: ['Split'], convert: split },
  { to: 20, kinds: ['GridSample'], convert: gridSample },
  { to: 20, kinds: ['DFT'], convert: dft },
  { to: 21, kinds: ['GroupNormalization'], convert: groupNormalization },
]

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
    if (!value?.bytes) refuse(layer, 21, 'its scale or bias is no constant')
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

/** Incompatible changes of the default domain's operators since opset 9, in order. Source: the ONNX changelog. */
export const CONVERSIONS: readonly Conversion[] = [
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

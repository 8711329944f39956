import {
  ABSENT,
  ConstantValue,
  type Attributes,
  type LayerRecord,
  type NetworkSnapshot,
  type TensorId,
  type TensorRecord,
} from '../../../engine'
import { OnnxExportError } from '../export/error'
import { NamePool } from '../name-pool'

/** What a conversion works on: one layer at a time, with new constants and layers beside it. */
export class Workbench {
  readonly tensors: TensorRecord[]
  readonly layers: LayerRecord[] = []
  private readonly byId: Map<TensorId, TensorRecord>
  private readonly tensorNames: NamePool
  private readonly layerNames: NamePool
  nextTensorId: number
  nextLayerId: number

  constructor(snapshot: NetworkSnapshot) {
    this.tensors = [...snapshot.tensors]
    this.byId = new Map(snapshot.tensors.map((t) => [t.id, t]))
    this.tensorNames = new NamePool(snapshot.tensors.map((t) => t.name))
    for (const output of snapshot.outputs) this.tensorNames.add(output.name)
    this.layerNames = new NamePool(snapshot.layers.map((l) => l.name))
    this.nextTensorId = snapshot.nextTensorId
    this.nextLayerId = snapshot.nextLayerId
  }

  tensor(id: TensorId | undefined): TensorRecord | undefined {
    return id === undefined || id === ABSENT ? undefined : this.byId.get(id)
  }

  constant(name: string, value: ConstantValue): TensorId {
    return this.add({ name, dtype: value.dtype, shape: value.shape, producer: ABSENT, value })
  }

  /** A one-dimensional int64 constant. */
  ints(name: string, values: readonly number[]): TensorId {
    return this.constant(name, ConstantValue.of('int64', [values.length], values))
  }

  /** A further layer with one result, standing before the layer that is being converted. */
  layer(beside: LayerRecord, kind: string, inputs: readonly TensorId[], attributes: Attributes): TensorId {
    const id = this.nextLayerId++
    const name = this.layerNames.fresh(`${beside.name}_${kind}`)
    const output = this.add({ name: `${name}_output`, dtype: null, shape: null, producer: id })
    const { scope } = beside
    const own = { id, kind, name, scope, inputs, outputs: [output], attributes }
    this.layers.push({ ...own, origin: [beside.name], removed: false, flayer: null })
    return output
  }

  private add(record: Omit<TensorRecord, 'id'>): TensorId {
    const id = this.nextTensorId++
    const name = this.tensorNames.fresh(record.name)
    const complete = { ...record, id, name }
    this.tensors.push(complete)
    this.byId.set(id, complete)
    return id
  }
}

/** @throws OnnxExportError */
export function refuse(layer: LayerRecord, version: number, why: string): never {
  throw new OnnxExportError(
    `${layer.kind} ${layer.name} cannot be written for operator set ${version}: ${why}. Keep the model's own operator set.`,
  )
}

/** A layer with some attributes dropped. Their stated types go with them. */
export function without(layer: LayerRecord, ...names: string[]): LayerRecord {
  const keep = ([name]: [string, unknown]): boolean => !names.includes(name)
  const attributes = Object.fromEntries(Object.entries(layer.attributes).filter(keep))
  if (!layer.attributeTypes) return { ...layer, attributes }
  return { ...layer, attributes, attributeTypes: Object.fromEntries(Object.entries(layer.attributeTypes).filter(keep)) }
}

/** `inputs` with the one at `index` set, gaps filled with absent ones. */
export function withInput(layer: LayerRecord, index: number, tensor: TensorId): LayerRecord {
  const inputs = [...layer.inputs]
  while (inputs.length < index) inputs.push(ABSENT)
  inputs[index] = tensor
  return { ...layer, inputs }
}

import { ABSENT } from '../store/records'
import type { LayerRecord, TensorRecord, UseRef } from '../store/records'
import type { LayerNode, TensorNode } from '../store/nodes'
import type { Store } from '../store/store'
import { NO_USE } from '../store/uses'
import type { UseId } from '../store/records'
import type {
  Edit,
  LayerEdit,
  RenameEdit,
  SetAttributeEdit,
  SetInputEdit,
  SetNetworkOutputEdit,
  TensorEdit,
} from './edit'
import { sameRecord } from './same'
import { WrongBaseError } from './wrong-base'

/**
 * Applies an edit that fits: one that the network computed itself, an inverse, or one that was checked. Costs O(what it
 * touches), whatever the size of the network. What it looks at, it looks at before it changes anything.
 * @throws WrongBaseError where it does not fit after all
 */
export function performEdit(store: Store, edit: Edit): void {
  switch (edit.type) {
    case 'addLayer':
      addLayer(store, edit)
      break
    case 'removeLayer':
      removeLayer(store, edit)
      break
    case 'addTensor':
      insertTensor(store, edit.tensor, null)
      break
    case 'removeTensor':
      removeTensor(store, edit)
      break
    case 'setInput':
      setInput(store, edit)
      break
    case 'setNetworkInput':
      setNetworkInput(store, edit)
      break
    case 'setNetworkOutput':
      setNetworkOutput(store, edit)
      break
    case 'setAttribute':
      setAttribute(store, edit)
      break
    case 'setRemoved':
      setRemoved(store, edit)
      break
    case 'setFLayer': {
      const layer = layerOf(store, edit, edit.layer)
      layer.record = { ...layer.record, flayer: edit.to }
      break
    }
    case 'setTensorType': {
      const tensor = tensorOf(store, edit, edit.tensor)
      tensor.record = { ...tensor.record, dtype: edit.to.dtype, shape: edit.to.shape }
      break
    }
    case 'rename':
      rename(store, edit)
      break
    case 'setProperty': {
      const { [edit.name]: _, ...rest } = store.properties
      store.properties = edit.to === null ? rest : { ...rest, [edit.name]: edit.to }
      break
    }
  }
  store.version++
}

function addLayer(store: Store, edit: LayerEdit): void {
  const { layer: record, outputs } = edit
  if (store.layers[record.id]) throw new WrongBaseError(edit, `layer id ${record.id} is taken`)
  const after = edit.after === null ? null : layerOf(store, edit, edit.after)
  for (let i = 0; i < record.inputs.length; i++) {
    const id = record.inputs[i]!
    if (id !== ABSENT && !store.tensors[id]) tensorOf(store, edit, id)
  }
  const layer = store.handles.newLayer(record)
  layer.firstOperand = store.uses.reserve(layer.id, record.inputs.length)
  store.linkLayer(layer, after)
  for (let i = 0; i < record.inputs.length; i++) {
    const id = record.inputs[i]!
    if (id === ABSENT) continue
    const t = store.tensor(id)
    store.uses.link(layer.firstOperand + i, t, edit.usesAfter ? store.use(edit.usesAfter[i] ?? null) : t.lastUse)
  }
  for (let i = 0; i < outputs.length; i++) insertTensor(store, outputs[i]!, layer)
  if (record.id >= store.nextLayerId) store.nextLayerId = record.id + 1
}

function removeLayer(store: Store, edit: LayerEdit): void {
  const layer = layerOf(store, edit, edit.layer.id)
  if (layer.record !== edit.layer && !sameRecord(layer.record, edit.layer))
    throw new WrongBaseError(edit, `${layer.record.name} has changed since`)
  const { inputs, outputs } = layer.record
  for (let i = 0; i < outputs.length; i++) {
    const t = store.operand(outputs[i]!)
    if (t && (t.firstUse !== NO_USE || t.outputCount > 0))
      throw new WrongBaseError(edit, `${t.record.name} is still used`)
  }
  for (let i = inputs.length - 1; i >= 0; i--) {
    const t = store.operand(inputs[i]!)
    if (t) store.uses.unlink(layer.firstOperand + i, t)
  }
  store.uses.release(layer.firstOperand, inputs.length)
  for (let i = 0; i < outputs.length; i++) {
    const t = store.operand(outputs[i]!)
    if (t) dropTensor(store, t)
  }
  store.unlinkLayer(layer)
}

function insertTensor(store: Store, record: TensorRecord, parent: LayerNode | null): void {
  store.tensors[record.id] = store.handles.newTensor(record, parent)
  if (record.value) store.constantCount++
  if (record.id >= store.nextTensorId) store.nextTensorId = record.id + 1
}

function dropTensor(store: Store, tensor: TensorNode): void {
  store.tensors[tensor.id] = undefined
  if (tensor.record.value) store.constantCount--
  tensor.isDetached = true
}

function removeTensor(store: Store, edit: TensorEdit): void {
  const tensor = tensorOf(store, edit, edit.tensor.id)
  if (tensor.firstUse !== NO_USE || tensor.outputCount > 0 || tensor.parent)
    throw new WrongBaseError(edit, `${tensor.record.name} is still used`)
  dropTensor(store, tensor)
}

function setInput(store: Store, edit: SetInputEdit): void {
  const layer = layerOf(store, edit, edit.layer)
  const use = layer.firstOperand + edit.index
  const was = layer.record.inputs[edit.index]
  if (was === undefined || was !== edit.from)
    throw new WrongBaseError(edit, `operand ${edit.index} of ${layer.record.name} is tensor ${was}`)
  const from = store.operand(was)
  if (from && !standsAfter(store, store.uses.previous(use), edit.fromAfter)) {
    throw new WrongBaseError(edit, `users of tensor ${edit.from} are in another order`)
  }
  const to = store.operand(edit.to)
  if (from) store.uses.unlink(use, from)
  if (to) store.uses.link(use, to, store.use(edit.toAfter))
  const inputs = layer.record.inputs.slice()
  inputs[edit.index] = edit.to
  layer.record = copyRecord(layer.record, inputs, layer.record.removed)
}

function standsAfter(store: Store, prev: UseId, ref: UseRef | null): boolean {
  if (ref === null || prev === NO_USE) return ref === null && prev === NO_USE
  return store.uses.layer(prev).id === ref.layer && store.uses.index(prev) === ref.index
}

function setNetworkInput(store: Store, edit: Extract<Edit, { type: 'setNetworkInput' }>): void {
  const { inputs } = store
  if (edit.to === null) inputs.splice(edit.index, 1)
  else inputs.splice(edit.index, edit.from === null ? 0 : 1, edit.to)
}

function setNetworkOutput(store: Store, edit: SetNetworkOutputEdit): void {
  const from = edit.from === null ? null : tensorOf(store, edit, edit.from)
  const to = edit.to === null ? null : tensorOf(store, edit, edit.to)
  if (from) from.outputCount--
  if (to) to.outputCount++
  const { outputs } = store
  if (edit.to === null) outputs.splice(edit.index, 1)
  else outputs.splice(edit.index, from ? 1 : 0, { name: edit.name, tensor: edit.to })
}

function setAttribute(store: Store, edit: SetAttributeEdit): void {
  const layer = layerOf(store, edit, edit.layer)
  const { [edit.name]: _, ...rest } = layer.record.attributes
  const attributes = edit.to === null ? rest : { ...layer.record.attributes, [edit.name]: edit.to }
  layer.record = { ...layer.record, attributes }
}

function setRemoved(store: Store, edit: Extract<Edit, { type: 'setRemoved' }>): void {
  const layer = layerOf(store, edit, edit.layer)
  if (layer.record.removed !== edit.from)
    throw new WrongBaseError(edit, `${layer.record.name} is ${edit.to ? 'already' : 'not'} removed`)
  layer.record = copyRecord(layer.record, layer.record.inputs, edit.to)
  const step = edit.to ? -1 : 1
  store.removedCount -= step
  const { inputs } = layer.record
  for (let i = 0; i < inputs.length; i++) {
    const t = store.operand(inputs[i]!)
    if (t) t.liveUses += step
  }
}

/** Spelled out because these are the hottest record copies: a literal of one shape is several times faster than a spread. */
function copyRecord(r: LayerRecord, inputs: readonly number[], removed: boolean): LayerRecord {
  if (r.attributeTypes || r.metadata) return { ...r, inputs, removed }
  return {
    id: r.id,
    kind: r.kind,
    name: r.name,
    scope: r.scope,
    inputs,
    outputs: r.outputs,
    attributes: r.attributes,
    origin: r.origin,
    removed,
    flayer: r.flayer,
  }
}

function rename(store: Store, edit: RenameEdit): void {
  const owner = edit.target === 'tensor' ? tensorOf(store, edit, edit.id) : layerOf(store, edit, edit.id)
  owner.record = { ...owner.record, name: edit.to } as typeof owner.record
  if (edit.target === 'layer') store.renamed(owner as LayerNode)
}

function layerOf(store: Store, edit: Edit, id: number): LayerNode {
  const layer = store.layers[id]
  if (!layer) throw new WrongBaseError(edit, `there is no layer with id ${id}`)
  return layer
}

function tensorOf(store: Store, edit: Edit, id: number): TensorNode {
  const tensor = store.tensors[id]
  if (!tensor) throw new WrongBaseError(edit, `there is no tensor with id ${id}`)
  return tensor
}

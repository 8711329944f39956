import { performEdit } from '../edit/perform'
import type { Dialect } from './dialect'
import type { Layer } from './network'
import { Network } from './network'
import { ABSENT } from '../store/records'
import type { LayerRecord, NetworkSnapshot, TensorId, TensorRecord, UseRef } from '../store/records'
import type { Tensor } from './network'

/** So many layers are built in about a millisecond. */
const SLICE = 250

/**
 * The network that a snapshot describes. Layers may stand in any order.
 * @throws Error that names the layer where the snapshot is not whole.
 */
export function networkFromSnapshot(s: NetworkSnapshot, dialect: Dialect): Network {
  const building = buildingNetwork(s, dialect)
  for (;;) {
    const next = building.next()
    if (next.done) return next.value
  }
}

/** The same in slices, for a thread that must answer in between. */
export function* buildingNetwork(s: NetworkSnapshot, dialect: Dialect): Generator<void, Network> {
  const network = new Network(dialect, { name: s.name, opsets: s.opsets, properties: s.properties })
  const isInOrder = followProducers(s)
  yield* addLayers(network, s, isInOrder)
  // Layers may stand in any order: all results come before the first operand then.
  if (!isInOrder) yield* linkOperands(network, s.layers)
  for (const id of s.inputs) if (!network.getTensor(id)) throw new Error(`snapshot: network input ${id} is no tensor`)
  s.inputs.forEach((to, index) => performEdit(network.store, { type: 'setNetworkInput', index, from: null, to }))
  s.outputs.forEach((o, index) =>
    performEdit(network.store, { type: 'setNetworkOutput', index, name: o.name, from: null, to: o.tensor }),
  )
  for (const [id, users] of Object.entries(s.users ?? {})) reorder(network, Number(id), users)
  for (const layer of s.layers) network.store.reserve(layer.name)
  network.store.setCounters(s)
  return network
}

/** Whether each layer stands behind those that make its operands, as nearly always: what it needs is there when it is added. */
function followProducers({ layers, tensors }: NetworkSnapshot): boolean {
  const known = new Set<TensorId>()
  for (const t of tensors) if (t.producer === ABSENT) known.add(t.id)
  for (const { inputs, outputs } of layers) {
    for (let i = 0; i < inputs.length; i++) if (inputs[i] !== ABSENT && !known.has(inputs[i]!)) return false
    for (let i = 0; i < outputs.length; i++) known.add(outputs[i]!)
  }
  return true
}

/** Layers with their results, and the tensors that no layer makes. @param withOperands else they are linked later */
function* addLayers(network: Network, s: NetworkSnapshot, withOperands: boolean): Generator<void> {
  const { store } = network
  const byId = new Map<TensorId, TensorRecord>()
  for (let i = 0; i < s.tensors.length; i++) {
    const t = s.tensors[i]!
    if (byId.has(t.id)) throw new Error(`snapshot: two tensors have id ${t.id}`)
    byId.set(t.id, t)
    if (t.producer === ABSENT) performEdit(network.store, { type: 'addTensor', tensor: t })
  }
  const names = new Set<string>()
  let left = SLICE
  for (let i = 0; i < s.layers.length; i++) {
    const layer = s.layers[i]!
    if (names.has(layer.name)) throw new Error(`snapshot: two layers are called ${layer.name}`)
    names.add(layer.name)
    const added = withOperands ? layer : { ...layer, inputs: layer.inputs.map(() => ABSENT) }
    const after = store.last?.id ?? null
    performEdit(store, { type: 'addLayer', layer: added, outputs: resultsOf(layer, byId), after, usesAfter: null })
    if (--left > 0) continue
    yield
    left = SLICE
  }
}

function resultsOf(layer: LayerRecord, byId: ReadonlyMap<TensorId, TensorRecord>): TensorRecord[] {
  const results: TensorRecord[] = []
  for (let i = 0; i < layer.outputs.length; i++) {
    const id = layer.outputs[i]!
    if (id === ABSENT) continue
    const t = byId.get(id)
    if (!t || t.producer !== layer.id)
      throw new Error(`snapshot: layer ${layer.name} has no record for its output ${id}`)
    results.push(t)
  }
  return results
}

function* linkOperands({ store }: Network, layers: readonly LayerRecord[]): Generator<void> {
  let left = SLICE
  for (const record of layers) {
    const layer = store.layer(record.id)
    record.inputs.forEach((id, i) => {
      if (id === ABSENT) return
      const tensor = store.tensors[id]
      if (!tensor) throw new Error(`snapshot: layer ${record.name} uses tensor ${id}, which nothing makes`)
      store.uses.link(layer.firstOperand + i, tensor, tensor.lastUse)
    })
    layer.record = record
    if (--left > 0) continue
    yield
    left = SLICE
  }
}

function reorder(network: Network, id: TensorId, users: readonly UseRef[]): void {
  const { store } = network
  const tensor = store.tensor(id)
  const uses = users.map((ref) => store.use(ref))
  for (const use of uses) store.uses.unlink(use, tensor)
  for (const use of uses) store.uses.link(use, tensor, tensor.lastUse)
}

/** The whole network as plain values; two networks are equal when their snapshots are. */
export function snapshotOf(network: Network): NetworkSnapshot {
  const { store } = network
  const layers = network.getLayers()
  const users: Record<TensorId, UseRef[]> = {}
  const position = new Map<Layer, number>()
  layers.forEach((l, i) => position.set(l, i))
  const tensors = network.getTensors()
  for (const t of tensors) if (!inNaturalOrder(t, position)) users[t.id] = allUses(t)
  return {
    name: network.name,
    dialect: network.dialect.name,
    opsets: network.opsets,
    layers: layers.map((l) => l.record),
    tensors: tensors.map((t) => t.record),
    inputs: [...store.inputs],
    outputs: [...store.outputs],
    ...(Object.keys(users).length > 0 ? { users } : null),
    ...network.counters,
    properties: network.properties,
  }
}

function inNaturalOrder(tensor: Tensor, position: Map<Layer, number>): boolean {
  let inOrder = true
  let at = -1
  let last = -1
  tensor.forEachUse((layer, index) => {
    const p = position.get(layer)!
    if (p < at || (p === at && index < last)) inOrder = false
    at = p
    last = index
  })
  return inOrder
}

function allUses(tensor: Tensor): UseRef[] {
  const refs: UseRef[] = []
  tensor.forEachUse((layer, index) => refs.push({ layer: layer.id, index }))
  return refs
}

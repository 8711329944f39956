import { layerTouched } from '../edit/edit'
import type { Edit } from '../edit/edit'
import type { BoundaryGraph, Problem } from './boundaries'
import type { InferenceContext, KindSchema } from './dialect'
import { isTensorArg } from './flayer-args'
import type { Layer } from './network'
import type { Network } from './network'
import { typeSeen } from './type-seen'
import { ABSENT } from '../store/records'
import type { FArg, LayerRecord, NetworkOutput } from '../store/records'
import { compatibleShapes } from '../store/shape'
import type { Tensor } from './network'
import type { SmallSet } from '../store/small-set'
import { NO_USE } from '../store/uses'
import type { UseId } from '../store/records'
import type { Uses } from '../store/uses'

/**
 * Checks a network (E4): links agree, every operand has a source, no cycle, types agree with the kinds' schemas, outputs
 * survive. With `around` only those layers and the network outputs in `outputs`, at a cost of what they touch as long as the
 * network order is topological.
 */
export function verifyNetwork(
  network: Network,
  around?: readonly Layer[],
  outputs: Iterable<NetworkOutput> = around ? [] : network.outputs,
  /** Of the layers in `around`, those whose types are checked; without it all. */
  retyped?: SmallSet<Layer>,
): Problem[] {
  const problems: Problem[] = []
  const layers = around ?? network.getLayers()
  for (let i = 0; i < layers.length; i++) {
    const layer = layers[i]!
    if (!layer.isDetached) checkLayer(layer, problems, retyped?.has(layer) ?? true)
  }
  if (around ? layers.some((l) => !followsItsInputs(l)) : true) problems.push(...findCycle(network))
  problems.push(...boundaryFaults(network))
  if (!around) checkLayerNames(layers, problems)
  if (!around) checkTensors(network, problems)
  if (!around) problems.push(...propertyFaults(network, Object.keys(network.properties)))
  if (!around && network.dialect.uniqueTensorNames) checkTensorNames(network, problems)
  for (const o of outputs) {
    const t = network.getTensor(o.tensor)
    if (!t) problems.push({ message: `network output ${o.name} has no tensor` })
    else if (t.parent?.record.removed)
      problems.push({ message: `network output ${o.name} comes from a removed layer`, layer: t.parent.name })
    else if (!hasSource(t)) problems.push({ message: `nothing makes network output ${o.name}`, tensor: t.name })
  }
  return problems
}

/**
 * The same for what edits, just applied, touched: each layer whose record, operands or results they changed, and the outputs.
 */
export function verifyEdits(network: Network, edits: readonly Edit[]): Problem[] {
  const touched = new Set<Layer>()
  const outputs: NetworkOutput[] = []
  const properties = new Set<string>()
  const add = (layer: Layer | null | undefined): void => void (layer && touched.add(layer))
  const around = (t: Tensor | undefined): void => {
    add(t?.parent)
    t?.forEachUse(add)
  }
  for (const edit of edits) {
    const id = layerTouched(edit)
    if (id !== null) add(network.getLayer(id))
    if (edit.type === 'setTensorType') around(network.getTensor(edit.tensor))
    else if (edit.type === 'setNetworkInput') {
      if (edit.from !== null) around(network.getTensor(edit.from))
    } else if (edit.type === 'setNetworkOutput') {
      const output = network.outputs[edit.index]
      if (output) outputs.push(output)
    } else if (edit.type === 'setProperty') properties.add(edit.name)
  }
  return [...verifyNetwork(network, [...touched], outputs), ...propertyFaults(network, properties)]
}

function propertyFaults({ dialect, properties }: Network, names: Iterable<string>): Problem[] {
  return Array.from(names, (name) => dialect.propertyFault?.(name, properties[name] ?? null) ?? null)
    .filter((fault) => fault !== null)
    .map((message) => ({ message }))
}

/** Those of the problems that were not there before. */
export function newProblems(found: readonly Problem[], before: readonly Problem[]): Problem[] {
  const known = new Set(before.map(problemText))
  return found.filter((p) => !known.has(problemText(p)))
}

/** A problem with its place, as it is said to a person. */
export function problemText({ message, layer, tensor }: Problem): string {
  const place = layer ?? tensor
  return place === undefined ? message : `${place}: ${message}`
}

const FAULTS_TOLD = 20

/** What is invalid in a network as it was opened, each with its place: warnings, as the rest can still be rewritten. */
export function faultsOf(network: Network): string[] {
  const faults = verifyNetwork(network).map((p) => `invalid: ${problemText(p)}`)
  const more = faults.length - FAULTS_TOLD
  return more > 0 ? [...faults.slice(0, FAULTS_TOLD), `invalid: ${more} more places`] : faults
}

/** Of all loops and conditionals, wherever the network was changed: it costs what lies in them. */
function boundaryFaults(network: Network): Problem[] {
  const { boundaries } = network.dialect
  if (!boundaries?.kinds.some((kind) => network.countOfKind(kind) > 0)) return []
  const within = Array.from(boundaries.within(boundaryGraphOf(network)), ({ id }) => network.store.layer(id))
  return boundaries.of(network.inOrder(within).map((l) => l.record)).faults(network.outputs)
}

function boundaryGraphOf(network: Network): BoundaryGraph {
  const live = (layer: Layer | null | undefined): LayerRecord | undefined =>
    layer && !layer.record.removed ? layer.record : undefined
  return {
    layersOfKind: (kind) => network.layersOfKind(kind).map((l) => l.record),
    makerOf: (tensor) => live(network.getTensor(tensor)?.parent),
    usersOf: (tensor) => {
      const users: LayerRecord[] = []
      network.getTensor(tensor)?.forEachUse((user) => {
        const record = live(user)
        if (record) users.push(record)
      })
      return users
    },
  }
}

function hasSource(t: Tensor): boolean {
  return t.parent !== null || t.isConstant || t.network.isInput(t)
}

function checkLayer(layer: Layer, problems: Problem[], types: boolean): void {
  const { record } = layer
  const { inputs, outputs, removed } = record
  const bad = (message: string): void => void problems.push({ message, layer: record.name })
  for (let i = 0; i < inputs.length; i++) checkOperand(layer, i, bad)
  for (let i = 0; i < outputs.length; i++) {
    const t = layer.output(i)
    if (t && t.parent !== layer) bad(`result ${i} has another parent`)
    if (t && removed && (t.liveUses > 0 || t.outputCount > 0)) bad(`it is removed, yet ${t.name} is still used`)
  }
  if (record.flayer) checkFLayer(layer, record.flayer.rawInputs, bad)
  if (!removed) checkSchema(layer, bad, types)
}

function checkOperand(layer: Layer, i: number, bad: (message: string) => void): void {
  const { store } = layer.network
  const id = layer.record.inputs[i]!
  const use = layer.firstOperand + i
  if (id === ABSENT) return void (store.uses.isLinked(use) && bad(`operand ${i} does not agree with its record`))
  const t = store.tensors[id]
  if (!t) return bad(`operand ${i} (tensor ${id}) is gone`)
  if (!hasSource(t)) bad(`nothing makes operand ${i} (${t.name})`)
  else if (!layer.record.removed && t.parent?.record.removed)
    bad(`operand ${i} comes from removed layer ${t.parent.name}`)
  if (!isLinked(store.uses, t, use)) bad(`it is missing among the users of ${t.name}`)
}

function isLinked(uses: Uses<Layer>, tensor: Tensor, use: UseId): boolean {
  if (!uses.isLinked(use)) return false
  const prev = uses.previous(use)
  const next = uses.next(use)
  return (
    (prev === NO_USE ? tensor.firstUse === use : uses.next(prev) === use) &&
    (next === NO_USE ? tensor.lastUse === use : uses.previous(next) === use)
  )
}

function checkFLayer(layer: Layer, arg: FArg, bad: (message: string) => void): void {
  if (arg === null || typeof arg !== 'object') return
  if (isTensorArg(arg)) {
    if (!layer.network.getTensor(arg.tensor)) bad(`its FLayerInfo names tensor ${arg.tensor}, which is gone`)
  } else for (const x of Object.values(arg)) checkFLayer(layer, x as FArg, bad)
}

function checkSchema(layer: Layer, bad: (message: string) => void, types: boolean): void {
  const { schema, record } = layer
  if (!schema) return
  const known = schema.inputs
  if (record.inputs.length > known.length && known.at(-1)?.variadic !== true && !captures(record))
    bad(`${record.kind} takes at most ${known.length} operands, not ${record.inputs.length}`)
  for (let i = 0; i < known.length; i++) {
    const s = known[i]!
    if (!s.optional && !s.variadic && !layer.input(i)) bad(`operand ${s.name} of ${record.kind} is not given`)
  }
  if (types && schema.infer) checkTypes(layer, schema.infer, bad)
  const fault = operandFault(layer)
  if (fault !== null) bad(fault)
}

/** What the operator says against the operands and attributes of a layer; null for nothing. */
export function operandFault(layer: Layer): string | null {
  return layer.schema?.check?.(contextOf(layer)) ?? null
}

/** Bodies may use values from outside, which stand among the operands. */
function captures(record: LayerRecord): boolean {
  return Object.values(record.attributes).some((a) => typeof a === 'object' && 'graph' in a)
}

/** What inference and checks are asked with. */
export function contextOf(layer: Layer): InferenceContext {
  const { record, network } = layer
  const { kind, attributes, outputs } = record
  const inputs = layer.operands.map((t) => typeSeen(t, (of) => network.schemaOf(of)))
  return { kind, attributes, inputs, outputCount: outputs.length, opset: network.opsetOf(kind) }
}

function checkTypes(layer: Layer, infer: NonNullable<KindSchema['infer']>, bad: (message: string) => void): void {
  const { kind } = layer.record
  const inferred = infer(contextOf(layer))
  for (let i = 0; i < inferred.length; i++) {
    const t = layer.output(i)
    const type = inferred[i]
    if (!t || !type) continue
    if (type.dtype && t.dtype && type.dtype !== t.dtype)
      bad(`${t.name} has type ${t.dtype}, ${kind} gives ${type.dtype}`)
    if (!compatibleShapes(type.shape, t.shape)) bad(`${t.name} has shape [${t.shape}], ${kind} gives [${type.shape}]`)
  }
}

/** What a layer takes from the iteration before: it may come from behind the layer. */
const isFedBack = (layer: Layer, operand: number): boolean => layer.schema?.inputs[operand]?.fedBack === true

/** Where every operand stands in front of its user there is no cycle. */
function followsItsInputs(layer: Layer): boolean {
  layer.network.store.validateOrder()
  for (let i = 0; i < layer.numInputs; i++) {
    const parent = layer.input(i)?.parent
    if (parent && parent.order >= layer.order && !isFedBack(layer, i)) return false
  }
  return true
}

/** Kahn's algorithm; one problem that names a layer on a cycle. */
function findCycle(network: Network): Problem[] {
  const waiting = new Map<Layer, number>()
  const ready: Layer[] = []
  const layers = network.getLayers()
  for (const layer of layers) {
    let n = 0
    for (let i = 0; i < layer.numInputs; i++) if (layer.input(i)?.parent && !isFedBack(layer, i)) n++
    if (n === 0) ready.push(layer)
    else waiting.set(layer, n)
  }
  for (let layer = ready.pop(); layer; layer = ready.pop()) {
    for (const t of layer.results) {
      t?.forEachUse((user, index) => {
        if (isFedBack(user, index)) return
        const n = waiting.get(user)! - 1
        if (n > 0) return void waiting.set(user, n)
        waiting.delete(user)
        ready.push(user)
      })
    }
  }
  const [first] = waiting.keys()
  return first ? [{ message: 'it is on a cycle, or behind one', layer: first.name }] : []
}

function checkTensors(network: Network, problems: Problem[]): void {
  for (const t of network.getTensors()) {
    let live = 0
    t.forEachUse((user, index) => {
      if (user.input(index) !== t || user.isDetached)
        problems.push({ message: 'its users are not linked to it', tensor: t.name })
      if (!user.record.removed) live++
    })
    if (live !== t.liveUses)
      problems.push({ message: `it counts ${t.liveUses} live uses, there are ${live}`, tensor: t.name })
    if ((t.parent?.id ?? -1) !== t.record.producer)
      problems.push({ message: 'its parent does not agree with its record', tensor: t.name })
  }
}

/** Of all layers only: edits that change a name, or bring one, are refused where it is taken. */
function checkLayerNames(layers: readonly Layer[], problems: Problem[]): void {
  for (const layer of layers)
    if (layer.network.getLayerByName(layer.name) !== layer)
      problems.push({ message: 'another layer has the same name', layer: layer.name })
}

function checkTensorNames(network: Network, problems: Problem[]): void {
  const seen = new Set<string>()
  for (const t of network.getTensors()) {
    if (t.parent?.record.removed) continue
    if (seen.has(t.name)) problems.push({ message: 'another tensor has the same name', tensor: t.name })
    seen.add(t.name)
  }
}

import { applyEdit } from '../edit/apply'
import type { Edit } from '../edit/edit'
import { invertEdit } from '../edit/edit'
import type { Annotations, Counters, Transaction } from '../edit/transaction'
import type { ConstantValue } from './constant'
import type { Dialect, KindSchema } from './dialect'
import { domainOf, operatorOf } from './dialect'
import { FLayerInfoMemo, replaceInFArgs } from './flayer-info'
import type { Layer, Use } from './layer'
import type {
  Attributes,
  AttributeValue,
  DType,
  FLayerRecord,
  LayerRecord,
  NetworkOutput,
  Shape,
  TensorId,
  TensorRecord,
  UseRef,
} from './records'
import { ABSENT } from './records'
import { refOf, Store } from './store'
import type { Tensor } from './tensor'
import { mergeShapes } from './shape'

export interface NetworkOptions {
  readonly name?: string
  readonly opsets?: Readonly<Record<string, number>>
  readonly properties?: Readonly<Record<string, unknown>>
}

/** What `addLayer` needs; the rest has defaults. */
export interface NewLayer {
  readonly kind: string
  readonly inputs: readonly (Tensor | null)[]
  readonly attributes?: Attributes
  /** Types of the results, null for one not made. Without it one result, of the type that the kind's schema infers. */
  readonly outputs?: readonly (ResultType | null)[]
  /** How many results there are where their types are inferred. Default 1. */
  readonly outputCount?: number
  readonly name?: string
  readonly scope?: string
  /** Put in front of this layer; at the end without it, or at the network's insertion point. */
  readonly before?: Layer
  readonly metadata?: Readonly<Record<string, string>>
  readonly flayer?: FLayerRecord
}

export interface ResultType {
  readonly dtype?: DType | null
  readonly shape?: Shape | null
  readonly name?: string
}

/** A network was asked to change while it must not: during a match (E2). */
export class LockedError extends Error {
  constructor(what: string) {
    super(`${what} would change the network, which a match must not do: move it to rewrite (E2)`)
    this.name = 'LockedError'
  }
}

/**
 * A network of layers and tensors, changed only through edits. Its methods compute an edit and apply it; inside
 * `transact` the edits are kept, so that they can be undone, drawn, listened to and replayed.
 */
export class Network {
  /** @internal only `applyEdit` writes to it */
  readonly store = new Store()
  readonly name: string
  readonly opsets: Readonly<Record<string, number>>
  readonly properties: Readonly<Record<string, unknown>>
  /** Names of the layers that new layers come from (E11) and the place for them, while a rewrite runs. */
  insertion: { readonly before: Layer | null; readonly scope: string } | null = null
  private recorded: Edit[] | null = null
  private locks = 0
  private memo: FLayerInfoMemo | null = null
  /** Grows with every edit: tells whether anything happened between two looks. */
  version = 0

  constructor(
    readonly dialect: Dialect,
    options: NetworkOptions = {},
  ) {
    this.name = options.name ?? 'network'
    this.opsets = options.opsets ?? {}
    this.properties = options.properties ?? {}
  }

  get numLayers(): number {
    return this.store.layerCount
  }

  /** All layers in network order, those marked as removed included. */
  getLayers(): Layer[] {
    const found: Layer[] = []
    for (let l = this.store.first; l; l = l.next) found.push(l)
    return found
  }

  /** Layers of one kind that are not marked as removed, in network order. Costs what that kind occurs. */
  layersOfKind(kind: string): Layer[] {
    const found: Layer[] = []
    for (const l of this.store.byKind.get(kind) ?? []) if (!l.record.removed) found.push(l)
    return this.inOrder(found)
  }

  /** How many layers of a kind there are, those marked as removed included. O(1). */
  countOfKind(kind: string): number {
    return this.store.byKind.get(kind)?.length ?? 0
  }

  kinds(): string[] {
    return [...this.store.byKind]
      .filter(([, layers]) => layers.length > 0)
      .map(([kind]) => kind)
      .sort()
  }

  /** Sorts layers by network order, in place. */
  inOrder(layers: Layer[]): Layer[] {
    this.store.validateOrder()
    return layers.sort((a, b) => a.order - b.order)
  }

  getLayer(id: number): Layer | undefined {
    return this.store.layers[id]
  }
  getTensor(id: TensorId): Tensor | undefined {
    return this.store.tensors[id]
  }
  getLayerByName(name: string): Layer | undefined {
    return this.store.named(name)
  }

  /** All tensors, by id. */
  getTensors(): Tensor[] {
    return this.store.tensors.filter((t) => t !== undefined)
  }

  getInputs(): Tensor[] {
    return this.store.inputs.map((id) => this.store.tensor(id))
  }
  getOutputs(): Tensor[] {
    return this.store.outputs.map((o) => this.store.tensor(o.tensor))
  }
  /** The outputs with their public names, in order. */
  get outputs(): readonly NetworkOutput[] {
    return this.store.outputs
  }
  isInput(tensor: Tensor): boolean {
    return tensor.parent === null && this.store.inputs.includes(tensor.id)
  }
  isOutput(tensor: Tensor): boolean {
    return tensor.outputCount > 0
  }

  /** Names of the layers that are marked as removed, in network order. */
  get removedLayers(): string[] {
    return this.getLayers()
      .filter((l) => l.record.removed)
      .map((l) => l.name)
  }

  schemaOf(kind: string): KindSchema | undefined {
    return this.dialect.schema(kind, this.opsetOf(kind))
  }
  /** Version of the operator set that a kind belongs to; 1 where the network does not say. */
  opsetOf(kind: string): number {
    return this.opsets[domainOf(kind)] ?? 1
  }

  get flayerMemo(): FLayerInfoMemo {
    return (this.memo ??= new FLayerInfoMemo(this))
  }

  // -- changing ------------------------------------------------------------------------------------------------------

  /** A new network input, at the end of the inputs. */
  addInput(name: string, dtype: DType | null, shape: Shape | null): Tensor {
    const tensor = this.addFreeTensor({ name, dtype, shape })
    this.edit({ type: 'setNetworkInput', index: this.store.inputs.length, from: null, to: tensor.id })
    return tensor
  }

  /** A new constant tensor. */
  addConstant(value: ConstantValue, name?: string): Tensor {
    return this.addFreeTensor({
      name: name ?? `${this.insertion?.scope ? this.insertion.scope + '/' : ''}constant_${this.store.nextTensorId}`,
      dtype: value.dtype,
      shape: value.shape,
      value,
    })
  }

  private addFreeTensor(t: { name: string; dtype: DType | null; shape: Shape | null; value?: ConstantValue }): Tensor {
    const id = this.store.nextTensorId
    this.edit({ type: 'addTensor', tensor: { id, producer: ABSENT, ...t } })
    return this.store.tensor(id)
  }

  /** A new layer with new output tensors; see `NewLayer`. The name is made unique. */
  addLayer(spec: NewLayer): Layer {
    const { store } = this
    const id = store.nextLayerId
    const scope = spec.scope ?? this.insertion?.scope ?? ''
    const name = spec.name === undefined ? this.generatedName(spec.kind, scope, id) : this.uniqueName(spec.name)
    const before = spec.before ?? this.insertion?.before ?? null
    const after = before ? before.prev : store.last
    const types = spec.outputs ?? this.inferTypes(spec)
    const outputs = this.recordsOf(types, name, id)
    let made = 0
    const outputIds = mapExact(types, (t) => (t ? outputs[made++]!.id : ABSENT))
    const inputs = mapExact(spec.inputs, idOf)
    const record: LayerRecord = {
      id,
      kind: spec.kind,
      name,
      scope,
      inputs,
      outputs: outputIds,
      attributes: spec.attributes ?? NONE,
      origin: NO_ORIGIN,
      removed: false,
      flayer: spec.flayer ?? null,
    }
    const layer = spec.metadata ? { ...record, metadata: spec.metadata } : record
    this.edit({ type: 'addLayer', layer, outputs, after: after ? after.id : null, usesAfter: endsOf(spec.inputs, id) })
    return store.layer(id)
  }

  private recordsOf(types: readonly (ResultType | null)[], layer: string, producer: number): TensorRecord[] {
    const made = types.filter((t) => t !== null)
    let id = this.store.nextTensorId
    return mapExact(made, (t, i) => ({
      id: id++,
      name: t.name ?? (types.length > 1 ? `${layer}_output_${i}` : layer + '_output'),
      dtype: t.dtype ?? null,
      shape: t.shape ?? null,
      producer,
    }))
  }

  /** Unique because no chosen name ends in so high a number, and ids only grow. */
  private generatedName(kind: string, scope: string, id: number): string {
    const name = operatorOf(kind) + '_' + (this.store.suffixBase + id)
    return scope === '' ? name : scope + '/' + name
  }

  private inferTypes(spec: NewLayer): readonly (ResultType | null)[] {
    const outputCount = spec.outputCount ?? 1
    const inputs = spec.inputs.map((t) => t && t.record)
    const context = {
      kind: spec.kind,
      attributes: spec.attributes ?? NONE,
      inputs,
      outputCount,
      opset: this.opsetOf(spec.kind),
    }
    const inferred = this.schemaOf(spec.kind)?.infer?.(context) ?? []
    return mapExact(Array<null>(outputCount).fill(null), (_, i) => inferred[i] ?? { dtype: null, shape: null })
  }

  /** `name`, or where it is taken `name` with the first number that makes it unique. */
  uniqueName(name: string): string {
    let unique = name
    for (let n = 1; this.store.named(unique); n++) unique = `${name}_${n}`
    this.store.reserve(unique)
    return unique
  }

  /**
   * Takes a layer out. Its results must have no users and not be network outputs.
   * @throws WrongBaseError where they have.
   */
  removeLayer(layer: Layer): void {
    const usesAfter = layer.uses.map((u) => refOf(before(u)))
    const outputs = layer.results.filter((t) => t !== null).map((t) => t.record)
    this.edit({
      type: 'removeLayer',
      layer: layer.record,
      outputs,
      after: layer.prev ? layer.prev.id : null,
      usesAfter,
    })
  }

  /** Takes out a constant or a free tensor without users. */
  removeTensor(tensor: Tensor): void {
    this.edit({ type: 'removeTensor', tensor: tensor.record })
  }

  /** Makes `tensor` a network output under a public name, behind the others. */
  markOutput(tensor: Tensor, name: string = tensor.name): void {
    this.edit({ type: 'setNetworkOutput', index: this.store.outputs.length, name, from: null, to: tensor.id })
  }

  /** Takes a network input off the list of inputs; the tensor stays until it is removed. */
  unmarkInput(tensor: Tensor): void {
    const index = this.store.inputs.indexOf(tensor.id)
    if (index < 0) throw new Error(`${tensor.name} is not a network input`)
    this.edit({ type: 'setNetworkInput', index, from: tensor.id, to: null })
  }

  /** Gives a layer another tensor at one operand position; its FLayerInfo follows. */
  setInput(layer: Layer, index: number, tensor: Tensor | null): void {
    const use = layer.uses[index]
    if (!use) throw new RangeError(`${layer.name} has no operand ${index}`)
    const from = use.tensor
    if (from === tensor) return
    const last = tensor ? tensor.lastUse : null
    this.edit({
      type: 'setInput',
      layer: layer.id,
      index,
      from: from ? from.id : ABSENT,
      to: tensor ? tensor.id : ABSENT,
      fromAfter: from ? refOf(use.prev) : null,
      toAfter: refOf(last),
    })
    const { flayer } = layer.record
    if (flayer && from && !layer.record.inputs.includes(from.id)) {
      this.setFLayer(layer, {
        ...flayer,
        rawInputs: replaceInFArgs(flayer.rawInputs, from.id, tensor ? tensor.id : null),
      })
    }
  }

  /** See `Tensor.replaceAllUsesWith`. */
  replaceAllUsesWith(old: Tensor, other: Tensor): void {
    if (old === other) return
    for (let use = old.firstUse; use;) {
      const next: Use | null = use.next
      if (!use.layer.record.removed && use.layer !== other.parent) this.setInput(use.layer, use.index, other)
      use = next
    }
    if (old.outputCount > 0) {
      this.store.outputs.forEach((o, index) => {
        if (o.tensor === old.id)
          this.edit({ type: 'setNetworkOutput', index, name: o.name, from: old.id, to: other.id })
      })
    }
    const dtype = other.dtype ?? old.dtype
    const shape = mergeShapes(other.shape, old.shape)
    if (dtype !== other.dtype || shape !== other.shape) this.setTensorType(other, dtype, shape)
  }

  setAttribute(layer: Layer, name: string, value: AttributeValue | null): void {
    const from = layer.record.attributes[name] ?? null
    if (from !== value) this.edit({ type: 'setAttribute', layer: layer.id, name, from, to: value })
  }

  setTensorType(tensor: Tensor, dtype: DType | null, shape: Shape | null): void {
    this.edit({
      type: 'setTensorType',
      tensor: tensor.id,
      from: { dtype: tensor.dtype, shape: tensor.shape },
      to: { dtype, shape },
    })
  }

  setFLayer(layer: Layer, to: FLayerRecord | null): void {
    this.edit({ type: 'setFLayer', layer: layer.id, from: layer.record.flayer, to })
  }

  /** @throws Error where the name is taken */
  renameLayer(layer: Layer, to: string): void {
    if (this.store.named(to)) throw new Error(`a layer is called ${to} already`)
    this.store.reserve(to)
    this.edit({ type: 'rename', target: 'layer', id: layer.id, from: layer.name, to })
  }
  renameTensor(tensor: Tensor, to: string): void {
    this.edit({ type: 'rename', target: 'tensor', id: tensor.id, from: tensor.name, to })
  }

  markAsRemoved(layer: Layer): void {
    if (!layer.isRemoved()) this.edit({ type: 'setRemoved', layer: layer.id, from: false, to: true })
  }

  // -- edits ---------------------------------------------------------------------------------------------------------

  /** Applies one edit, and keeps it when a transaction is open. @throws LockedError during a match. */
  edit(edit: Edit): void {
    if (this.locks > 0) throw new LockedError(edit.type)
    applyEdit(this, edit)
    this.recorded?.push(edit)
  }

  /**
   * Runs `change` as one transaction and gives it back; null where it changed nothing. A `change` that throws, or returns
   * false, is rolled back whole (E3).
   */
  transact(annotations: Annotations, change: () => boolean | void): Transaction | null {
    if (this.recorded) throw new Error('a transaction is open already: transactions do not nest')
    const before = this.counters
    const version = this.version
    const edits: Edit[] = (this.recorded = [])
    let done = false
    try {
      done = change() !== false
    } finally {
      this.recorded = null
      if (!done) {
        while (edits.length > 0) applyEdit(this, invertEdit(edits.pop()!))
        this.setCounters(before)
        this.version = version
      }
    }
    return edits.length > 0 ? { edits, annotations, before, after: this.counters } : null
  }

  /** Runs something that makes one transaction, gives back what it returns, and undoes the transaction. */
  preview<T extends object>(make: () => T): T {
    const version = this.version
    const result = make()
    const transaction = (result as { readonly transaction?: Transaction }).transaction
    if (transaction) {
      for (let i = transaction.edits.length - 1; i >= 0; i--) applyEdit(this, invertEdit(transaction.edits[i]!))
      this.setCounters(transaction.before)
      this.version = version
    }
    return result
  }

  /** The edits of the open transaction so far; empty outside of one. */
  get pendingEdits(): readonly Edit[] {
    return this.recorded ?? []
  }

  /** Runs `look` with the network locked: whatever tries to change it throws (E2). */
  locked<T>(look: () => T): T {
    this.locks++
    try {
      return look()
    } finally {
      this.locks--
    }
  }

  get counters(): Counters {
    return { nextLayerId: this.store.nextLayerId, nextTensorId: this.store.nextTensorId }
  }
  /** @internal for transactions, which give ids back when they are undone */
  setCounters(to: Counters): void {
    this.store.nextLayerId = to.nextLayerId
    this.store.nextTensorId = to.nextTensorId
  }
}

const NONE: Attributes = {}
const NO_ORIGIN: readonly string[] = []

/** Where the uses of a new layer go: behind the last use of each of its inputs, its own earlier ones included. */
function endsOf(inputs: readonly (Tensor | null)[], id: number): (UseRef | null)[] {
  return mapExact(inputs, (t, i) => {
    if (!t) return null
    const earlier = i > 0 ? inputs.lastIndexOf(t, i - 1) : -1
    return earlier >= 0 ? { layer: id, index: earlier } : refOf(t.lastUse)
  })
}

function idOf(t: Tensor | null): number {
  return t ? t.id : ABSENT
}

/** `map` into an array of exact size, for what is kept by the hundred thousand. */
function mapExact<T, U>(from: readonly T[], fn: (x: T, i: number) => U): U[] {
  const to = new Array<U>(from.length)
  for (let i = 0; i < from.length; i++) to[i] = fn(from[i]!, i)
  return to
}

/** What stands before a use once the later operands of the same layer are out of the way. */
function before(use: Use): Use | null {
  let prev = use.prev
  while (prev && prev.layer === use.layer && prev.index > use.index) prev = prev.prev
  return prev
}

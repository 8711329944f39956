/**
 * Network, Layer and Tensor: the module's three handles, which name each other and so share a file. What they do stands
 * elsewhere: links in `store/`, edits in `edits.ts` and `new-layer.ts`, transactions in `edit/transactor.ts`.
 */
import type { Edit } from '../edit/edit'
import type { Annotations, Transaction } from '../edit/transaction'
import { Transactor } from '../edit/transactor'
import type { ConstantValue } from '../store/constant'
import type { LayerNode, TensorNode } from '../store/nodes'
import type { AttributeValue, LayerId, LayerRecord, NetworkOutput, TensorId, TensorRecord } from '../store/records'
import { ABSENT } from '../store/records'
import { Store } from '../store/store'
import type { Counters } from '../store/store'
import type { DType, Shape } from '../store/types'
import { NO_USE } from '../store/uses'
import type { UseId } from '../store/records'
import type { Dialect, KindSchema, LayerView, ViewedKind } from './dialect'
import { dotOf, tensorText } from './dot'
import { removeLayer, replaceUses, replaceUsesOf, setInput, setTensorType } from './edits'
import type { RawArgOf } from './flayer-args'
import { FLayerInfo as FLayerInfoOf, FLayerInfosOfNetwork } from './flayer-info'
import type { NewLayer } from './new-layer'
import { newLayerEdit } from './new-layer'
import { Schemas } from './schemas'

/** The arguments and results of the functional that made a layer, with tensors as handles. As `FLayerInfo` of the module. */
export type FLayerInfo = FLayerInfoOf<Tensor>
/** One argument of a functional: a tensor, a plain value, or a list or record of these. */
export type RawArg = RawArgOf<Tensor>
/** The arguments of a functional by name, bound defaults included. */
export type RawInputs = Record<string, RawArg>

/** How a network is made. */
export interface NetworkOptions {
  readonly name?: string
  readonly opsets?: Readonly<Record<string, number>>
  readonly properties?: Readonly<Record<string, unknown>>
}

/**
 * A network of layers and tensors, changed only through edits. Its methods compute an edit and apply it; inside
 * `transact` the edits are kept, so that they can be undone, drawn, listened to and replayed.
 */
export class Network {
  /** @internal only edits write to it */
  readonly store = new Store<Layer, Tensor>({
    newLayer: (record) => new Layer(this, record),
    newTensor: (record, parent) => new Tensor(this, record, parent),
  })
  /** @internal what applies edits and keeps those of the open transaction */
  readonly transactor = new Transactor(this.store)
  /** @internal */
  readonly schemas: Schemas
  /** What functionals recorded of their layers, by layer name. O(1) a look; follows every edit. */
  readonly flayerMemo = new FLayerInfosOfNetwork<Tensor>(this)
  readonly name: string
  /** Operator set version by domain, '' for the default domain; a domain that is not listed has none. */
  readonly opsets: Readonly<Record<string, number>>
  /** New layers go in front of this one and take over its scope, while a rewrite runs. */
  insertBefore: Layer | null = null

  constructor(
    readonly dialect: Dialect,
    options: NetworkOptions = {},
  ) {
    this.name = options.name ?? 'network'
    this.opsets = options.opsets ?? {}
    this.store.properties = options.properties ?? {}
    this.schemas = new Schemas(dialect, this.opsets)
  }

  /** What a dialect keeps of a network beside its layers: snapshots and files have it. */
  get properties(): Readonly<Record<string, unknown>> {
    return this.store.properties
  }

  /** @param value plain values; null for nothing */
  setProperty(name: string, value: unknown): void {
    this.transactor.apply({ type: 'setProperty', name, from: this.properties[name] ?? null, to: value })
  }

  /** How many layers there are, those marked as removed included. */
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
    for (let l = this.store.kinds.lastOf(kind); l; l = l.prevOfKind) if (!l.record.removed) found.push(l)
    return this.inOrder(found)
  }

  /** How many layers of a kind there are, those marked as removed included. O(1). */
  countOfKind(kind: string): number {
    return this.store.kinds.count(kind)
  }

  /** The kinds that occur, sorted. */
  kinds(): string[] {
    return this.store.kinds.names()
  }

  /** Sorts layers by network order, in place. */
  inOrder(layers: Layer[]): Layer[] {
    this.store.validateOrder()
    return layers.sort((a, b) => a.order - b.order)
  }

  /** Grows along the network order. Comparable with others until the next edit. */
  placeOf(layer: Layer): number {
    this.store.validateOrder()
    return layer.order
  }

  /** The layer of an id; undefined where it is not there, or not any more. */
  getLayer(id: number): Layer | undefined {
    return this.store.layers[id]
  }
  /** The tensor of an id; undefined where it is not there, or not any more. */
  getTensor(id: TensorId): Tensor | undefined {
    return this.store.tensors[id]
  }
  /** The layer of a name; undefined where there is none. O(1) after the first time. */
  getLayerByName(name: string): Layer | undefined {
    return this.store.named(name)
  }

  /** All tensors, by id. */
  getTensors(): Tensor[] {
    return this.store.tensors.filter((t) => t !== undefined)
  }

  /** The network inputs, in order. */
  getInputs(): Tensor[] {
    return this.store.inputs.map((id) => this.store.tensor(id))
  }
  /** The tensors behind the network outputs, in order; one that stands behind two of them comes twice. */
  getOutputs(): Tensor[] {
    return this.store.outputs.map((o) => this.store.tensor(o.tensor))
  }
  /** The outputs with their public names, in order. */
  get outputs(): readonly NetworkOutput[] {
    return this.store.outputs
  }

  /** Whether a tensor, or the tensor of this name, is a network input. */
  isInput(tensor: Tensor | string): boolean {
    if (typeof tensor === 'string') return this.store.inputs.some((id) => this.store.tensor(id).name === tensor)
    return tensor.parent === null && this.store.inputs.includes(tensor.id)
  }

  /** Whether a tensor stands behind a network output, or an output has this public name. */
  isOutput(tensor: Tensor | string): boolean {
    if (typeof tensor === 'string') return this.store.outputs.some((o) => o.name === tensor)
    return tensor.outputCount > 0
  }

  /** See `Tensor.getUsers`. The original rebuilds a table of the whole network for each question. */
  getTensorUsers(tensor: Tensor): Layer[] {
    return tensor.getUsers()
  }
  /** See `Tensor.getParent`. */
  getTensorParent(tensor: Tensor): Layer | null {
    return tensor.parent
  }

  /** Names of the layers that are marked as removed, in network order. */
  get removedLayers(): string[] {
    return this.getLayers()
      .filter((l) => l.record.removed)
      .map((l) => l.name)
  }
  /** See `Layer.isRemoved`. */
  isRemovedLayer(layer: Layer): boolean {
    return layer.isRemoved()
  }
  /** See `Layer.markAsRemoved`. @throws LockedError during a match */
  markRemovedLayer(layer: Layer): void {
    if (!layer.isRemoved()) this.transactor.apply({ type: 'setRemoved', layer: layer.id, from: false, to: true })
  }

  /** What the dialect knows of a kind; undefined for one that it does not know. */
  schemaOf(kind: string): KindSchema | undefined {
    return this.schemas.of(kind)
  }
  /** Version of the operator set that a kind belongs to; 1 where the network does not say. */
  opsetOf(kind: string): number {
    return this.schemas.opsetOf(kind)
  }
  /** The ids that the next layer and the next tensor get. */
  get counters(): Counters {
    return this.store.counters
  }
  /** Grows with every edit: tells whether anything happened between two looks. */
  get version(): number {
    return this.store.version
  }

  /** The network in Graphviz' DOT language, layers marked as removed dashed. */
  toDot(): string {
    return dotOf(this.store, this.name)
  }

  /**
   * Applies one edit, whoever made it, and keeps it when a transaction is open. It is checked whole before anything changes.
   * @throws LockedError during a match; WrongBaseError where it is no edit or was made for another state of the network
   */
  edit(edit: Edit): void {
    this.transactor.applyGiven(edit)
  }

  /**
   * Runs `change` as one transaction and gives it back; null where it changed nothing. A `change` that throws, or returns
   * false, is rolled back whole (E3).
   * @throws Error where a transaction is open already: they do not nest
   */
  transact(annotations: Annotations, change: () => boolean | void): Transaction | null {
    return this.transactor.transact(annotations, change)
  }

  /** Runs something that makes one transaction, gives back what it returns, and undoes the transaction. */
  preview<T extends object>(make: () => T): T {
    return this.transactor.preview(make)
  }

  /** Runs `look` with the network locked: whatever tries to change it throws LockedError (E2). */
  locked<T>(look: () => T): T {
    this.transactor.lock()
    try {
      return look()
    } finally {
      this.transactor.unlock()
    }
  }

  /** A new network input, at the end of the inputs. */
  addInput(name: string, dtype: DType | null, shape: Shape | null): Tensor {
    const tensor = this.addFreeTensor({ name, dtype, shape })
    this.transactor.apply({ type: 'setNetworkInput', index: this.store.inputs.length, from: null, to: tensor.id })
    return tensor
  }

  /** A new constant tensor. */
  addConstant(value: ConstantValue, name?: string): Tensor {
    const scope = this.insertBefore?.scope
    const own = name ?? `${scope ? scope + '/' : ''}constant_${this.store.nextTensorId}`
    return this.addFreeTensor({ name: own, dtype: value.dtype, shape: value.shape, value })
  }

  private addFreeTensor(t: { name: string; dtype: DType | null; shape: Shape | null; value?: ConstantValue }): Tensor {
    const id = this.store.nextTensorId
    this.transactor.apply({ type: 'addTensor', tensor: { id, producer: ABSENT, ...t } })
    return this.store.tensor(id)
  }

  /** A new layer with new output tensors; see `NewLayer`. The name is made unique. */
  addLayer(spec: NewLayer): Layer {
    const edit = newLayerEdit(this.store, this.schemas, spec, this.insertBefore)
    this.transactor.apply(edit)
    return this.store.layer(edit.layer.id)
  }

  /** `name`, or where it is taken `name` with the first number that makes it unique. */
  uniqueName(name: string): string {
    return this.store.uniqueName(name)
  }

  /**
   * Takes a layer out. Its results must have no users and not be network outputs.
   * @throws WrongBaseError where they have.
   */
  removeLayer(layer: Layer): void {
    removeLayer(this.transactor, layer)
  }

  /** Takes out a constant or a free tensor without users. @throws WrongBaseError where it has some. */
  removeTensor(tensor: Tensor): void {
    this.transactor.apply({ type: 'removeTensor', tensor: tensor.record })
  }

  /** Makes `tensor` a network output under a public name, behind the others. */
  markOutput(tensor: Tensor, name: string = tensor.name): void {
    this.transactor.apply({
      type: 'setNetworkOutput',
      index: this.store.outputs.length,
      name,
      from: null,
      to: tensor.id,
    })
  }

  /** Gives a layer another tensor at one operand position; its FLayerInfo follows. @throws RangeError for no operand of it. */
  setInput(layer: Layer, index: number, tensor: Tensor | null): void {
    setInput(this.transactor, layer, index, tensor)
  }

  /** See `Tensor.replaceAllUsesWith`. */
  replaceAllUsesWith(old: Tensor, other: Tensor): void {
    replaceUses(this.transactor, old, other)
  }

  /**
   * The same for several tensors at once: what one of them is replaced by may be another of them, whose own users go where they belong
   * (a swap). What a replacement is made of keeps reading the old one, and so do the layers in `but`.
   */
  replaceUsesOf(replaced: ReadonlyMap<Tensor, Tensor>, but?: ReadonlySet<Layer>): void {
    replaceUsesOf(this.transactor, replaced, but)
  }

  /** Sets an attribute; null takes it away. */
  setAttribute(layer: Layer, name: string, value: AttributeValue | null): void {
    const from = layer.record.attributes[name] ?? null
    if (from !== value) this.transactor.apply({ type: 'setAttribute', layer: layer.id, name, from, to: value })
  }

  /** Says what is known of a tensor's type; null for what is not known. @throws LockedError during a match */
  setTensorType(tensor: Tensor, dtype: DType | null, shape: Shape | null): void {
    setTensorType(this.transactor, tensor, dtype, shape)
  }

  /** @throws Error where the name is taken */
  renameLayer(layer: Layer, to: string): void {
    if (this.store.named(to)) throw new Error(`a layer is called ${to} already`)
    this.store.reserve(to)
    this.transactor.apply({ type: 'rename', target: 'layer', id: layer.id, from: layer.name, to })
  }
  /** Names of tensors need not be unique. @throws LockedError during a match */
  renameTensor(tensor: Tensor, to: string): void {
    this.transactor.apply({ type: 'rename', target: 'tensor', id: tensor.id, from: tensor.name, to })
  }
}

/** One operand position of a layer. */
export interface Use {
  readonly layer: Layer
  readonly index: number
}

/**
 * A layer of a network: a light handle over its record, with the module's methods. There is one handle a layer, so `===`
 * compares layers. After the layer is taken out of the network the handle keeps its last record; its `isDetached` is true.
 */
export class Layer implements LayerNode {
  /** Unique in the network, and never given to another layer along one line of history. */
  readonly id: LayerId
  /** @internal see `LayerNode` for these */
  firstOperand: UseId = NO_USE
  /** @internal */
  prev: this | null = null
  /** @internal */
  next: this | null = null
  /** @internal */
  order = 0
  /** @internal */
  kindNumber = 0
  /** @internal */
  prevOfKind: this | null = null
  /** @internal */
  nextOfKind: this | null = null
  /** The layer is not in the network (any more): it was taken out, or the edit that added it was undone. */
  isDetached = false

  constructor(
    readonly network: Network,
    /** Replaced, never changed, by the edits that touch the layer. */
    public record: LayerRecord,
  ) {
    this.id = record.id
  }

  /** Unique in the network. */
  get name(): string {
    return this.record.name
  }
  /** Operator type: the module's `layer.type`. */
  get kind(): string {
    return this.record.kind
  }
  /** The same as `kind`, under the module's name. */
  get type(): string {
    return this.record.kind
  }
  /** Module path, parts joined by `/`; empty at the top. */
  get scope(): string {
    return this.record.scope
  }
  /** How many operand positions there are, those not given included. */
  get numInputs(): number {
    return this.record.inputs.length
  }
  /** How many result positions there are, those not made included. */
  get numOutputs(): number {
    return this.record.outputs.length
  }

  /** What the dialect knows of this kind; undefined for a generic layer. */
  get schema(): KindSchema | undefined {
    return this.network.schemaOf(this.record.kind)
  }

  /** The tensor at one operand position; null where an optional operand is not given or beyond the last one. */
  input(index: number): Tensor | null {
    const id = this.record.inputs[index]
    return id === undefined || id === ABSENT ? null : (this.network.store.tensors[id] ?? null)
  }

  /** The tensor at one result position; null where an optional result is not made or beyond the last one. */
  output(index = 0): Tensor | null {
    const id = this.record.outputs[index]
    return id === undefined || id === ABSENT ? null : (this.network.store.tensors[id] ?? null)
  }

  /** The operand at a position where one is known to be given. @throws Error where there is none */
  operand(index: number): Tensor {
    return this.input(index) ?? this.lacks('operand', index)
  }

  /** The result at a position where one is known to be made. @throws Error where there is none */
  result(index = 0): Tensor {
    return this.output(index) ?? this.lacks('result', index)
  }

  private lacks(what: string, index: number): never {
    throw new Error(`${this.kind} ${this.name} has no ${what} ${index}`)
  }

  /** The tensors at all operand positions; null where an optional operand is not given. */
  get operands(): (Tensor | null)[] {
    return this.record.inputs.map((_, i) => this.input(i))
  }

  /** The tensors at all result positions; null where an optional result is not made. */
  get results(): (Tensor | null)[] {
    return this.record.outputs.map((_, i) => this.output(i))
  }

  /**
   * The input tensors at `indices`, or all that are given.
   * @throws RangeError for an index that is not an operand of the layer.
   */
  getInputs(...indices: number[]): Tensor[] {
    if (indices.length > 0) return pick(indices, this.numInputs, (i) => this.input(i), `input of layer ${this.name}`)
    return this.operands.filter((t) => t !== null)
  }

  /** The output tensors at `indices`, or all that are made. @throws RangeError for an index that is not a result. */
  getOutputs(...indices: number[]): Tensor[] {
    if (indices.length > 0) return pick(indices, this.numOutputs, (i) => this.output(i), `output of layer ${this.name}`)
    return this.results.filter((t) => t !== null)
  }

  /** The value of an attribute; its schema's default where the layer does not set it. */
  attribute(name: string): AttributeValue | undefined {
    const own = this.record.attributes[name]
    return own !== undefined ? own : this.schema?.attributes[name]?.default
  }

  /** Whether this layer stands in front of `other` in network order. O(1), amortised. */
  isBefore(other: Layer): boolean {
    this.network.store.validateOrder()
    return this.order < other.order
  }

  /** Whether it is marked as removed, or was taken out of the network. */
  isRemoved(): boolean {
    return this.record.removed || this.isDetached
  }

  /**
   * Marks the layer as removed: it dangles, no pattern is tried on it any more, and pruning takes it out (E10).
   * @throws LockedError during a match
   */
  markAsRemoved(): void {
    this.network.markRemovedLayer(this)
  }

  /**
   * The typed view of this kind that the dialect gives, such as an ELEMENTWISE layer's `op`; with `kind` as the view of that kind.
   * @throws TypeError where the dialect has none for this kind, or the layer is of another kind than `kind`
   */
  asLayer(): LayerView
  asLayer<K extends ViewedKind>(kind: K): GraftLayerViews[K]
  asLayer(kind?: string): unknown {
    if (kind !== undefined && kind !== this.kind)
      throw new TypeError(`layer ${this.name} is of kind ${this.kind}, not ${kind}`)
    const view = this.network.dialect.view?.(this.record)
    if (view === undefined) throw new TypeError(`unknown layer kind ${this.kind} (layer ${this.name})`)
    return view
  }

  /** What the functional that made this layer was called with; null for a layer that no recorded functional made. */
  get flayerInfo(): FLayerInfo | null {
    return this.record.flayer ? new FLayerInfoOf(this.network, null, this) : null
  }

  toString(): string {
    return `${this.name} (${this.kind})`
  }
}

// Merged with the class below: the methods that a dialect adds.
// eslint-disable-next-line @typescript-eslint/no-unsafe-declaration-merging, @typescript-eslint/no-empty-object-type
export interface Tensor extends GraftTensorMethods {}

/** A value of a network: a light handle over its record, with the module's methods. One handle a tensor. */
// eslint-disable-next-line @typescript-eslint/no-unsafe-declaration-merging
export class Tensor implements TensorNode {
  /** Unique in the network, and never given to another tensor along one line of history. */
  readonly id: TensorId
  /** @internal kept by edits */
  firstUse: UseId = NO_USE
  /** @internal kept by edits */
  lastUse: UseId = NO_USE
  /** How many operand positions this tensor fills, those of layers marked as removed not counted. */
  liveUses = 0
  /** @internal how many network outputs this tensor stands behind */
  outputCount = 0
  /** The tensor is not in the network (any more): it was taken out, or the edit that added it was undone. */
  isDetached = false

  constructor(
    readonly network: Network,
    /** Replaced, never changed, by the edits that touch the tensor. */
    public record: TensorRecord,
    /** @internal see `getParent` */
    readonly parent: Layer | null,
  ) {
    this.id = record.id
  }

  /** As the file calls it; not always unique. */
  get name(): string {
    return this.record.name
  }
  /** null: unknown. */
  get dtype(): DType | null {
    return this.record.dtype
  }
  /** null: rank unknown. */
  get shape(): Shape | null {
    return this.record.shape
  }
  /** null: unknown. */
  get rank(): number | null {
    return this.record.shape?.length ?? null
  }
  /** The data of a constant; undefined for any other tensor. */
  get value(): ConstantValue | undefined {
    return this.record.value
  }
  /** Whether it holds data of its own; the result of a layer never does. */
  get isConstant(): boolean {
    return this.record.value !== undefined
  }

  /** The layer that makes this tensor; null for network inputs and constants. O(1). */
  getParent(): Layer | null {
    return this.parent
  }

  /**
   * The layers that use this tensor, in order, one that uses it twice given once. O(users). Layers marked as removed dangle
   * and are not users.
   */
  getUsers(): Layer[] {
    const seen = new Set<Layer>()
    this.forEachUse((layer) => void (layer.record.removed || seen.add(layer)))
    return [...seen]
  }

  /** Every operand position that this tensor fills, in order, dangling layers left out. */
  getUses(): Use[] {
    const found: Use[] = []
    this.forEachUse((layer, index) => void (layer.record.removed || found.push({ layer, index })))
    return found
  }

  /** Every operand position that this tensor fills, in order, dangling layers too, until `look` gives false. */
  forEachUse(look: (layer: Layer, index: number) => unknown): void {
    const { uses } = this.network.store
    for (let u = this.firstUse; u !== NO_USE; u = uses.next(u)) {
      if (look(uses.layer(u), uses.index(u)) === false) return
    }
  }

  /** The only live use, or null where there are none or several. O(1) unless removed layers dangle on it. */
  get singleUse(): Use | null {
    if (this.liveUses !== 1) return null
    const { uses } = this.network.store
    let u = this.firstUse
    while (u !== NO_USE && uses.layer(u).record.removed) u = uses.next(u)
    return u === NO_USE ? null : { layer: uses.layer(u), index: uses.index(u) }
  }

  /** See `Network.isInput`. */
  isNetworkInput(): boolean {
    return this.network.isInput(this)
  }
  /** See `Network.isOutput`. */
  isNetworkOutput(): boolean {
    return this.outputCount > 0
  }

  /** Whether nothing but the layers in `inside` sees this value. */
  isUsedOnlyBy(inside: ReadonlySet<Layer>): boolean {
    if (this.outputCount > 0) return false
    const { uses } = this.network.store
    for (let u = this.firstUse; u !== NO_USE; u = uses.next(u)) {
      const layer = uses.layer(u)
      if (!layer.record.removed && !inside.has(layer)) return false
    }
    return true
  }

  /**
   * Moves every user to `other`, in order; network outputs follow and keep their public names. Dangling layers stay.
   * `other` takes over what was known of this tensor's type where it knows less.
   */
  replaceAllUsesWith(other: Tensor): void {
    this.network.replaceAllUsesWith(this, other)
  }

  toString(): string {
    return tensorText(this.record)
  }
}

function pick(indices: number[], count: number, at: (i: number) => Tensor | null, what: string): Tensor[] {
  return indices.map((i) => {
    if (i < 0 || i >= count) throw new RangeError(`there is no ${i}-th ${what}: it has ${count}`)
    const tensor = at(i)
    if (!tensor) throw new RangeError(`the ${i}-th ${what} is not given`)
    return tensor
  })
}

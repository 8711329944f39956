import type { Counters } from '../edit/transaction'
import type { Dialect, KindSchema } from './dialect'
import { domainOf } from './dialect'
import type { Layer } from './layer'
import type { NetworkOutput, TensorId } from '../store/records'
import { Store } from '../store/store'
import type { Tensor } from './tensor'

export interface NetworkOptions {
  readonly name?: string
  readonly opsets?: Readonly<Record<string, number>>
  readonly properties?: Readonly<Record<string, unknown>>
}

/** What a network holds and what can be asked of it. */
export class NetworkState {
  /** @internal only `applyEdit` writes to it */
  readonly store = new Store()
  readonly name: string
  readonly opsets: Readonly<Record<string, number>>
  readonly properties: Readonly<Record<string, unknown>>
  /** What the dialect said, null for a kind that it does not know: every match asks. */
  private readonly schemas = new Map<string, KindSchema | null>()
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
    for (let l = this.store.kinds.lastOf(kind); l; l = l.prevOfKind) if (!l.record.removed) found.push(l)
    return this.inOrder(found)
  }

  /** How many layers of a kind there are, those marked as removed included. O(1). */
  countOfKind(kind: string): number {
    return this.store.kinds.count(kind)
  }

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
    const known = this.schemas.get(kind)
    if (known !== undefined) return known ?? undefined
    const schema = this.dialect.schema(kind, this.opsetOf(kind))
    this.schemas.set(kind, schema ?? null)
    return schema
  }
  /** Version of the operator set that a kind belongs to; 1 where the network does not say. */
  opsetOf(kind: string): number {
    return this.opsets[domainOf(kind)] ?? 1
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

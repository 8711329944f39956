import { Kinds } from './kinds'
import type { LayerNode, TensorNode } from './nodes'
import type { LayerId, LayerRecord, NetworkOutput, TensorId, TensorRecord, UseRef } from './records'
import { ABSENT } from './records'
import { NO_USE, Uses } from './uses'
import type { UseId } from './records'

/** How a network makes the layers and tensors that its store links. */
export interface Handles<L, T> {
  newLayer(record: LayerRecord): L
  newTensor(record: TensorRecord, parent: L | null): T
}

/** Id counters of a network, so that undoing gives ids back and the same act gives the same ids. */
export interface Counters {
  readonly nextLayerId: LayerId
  readonly nextTensorId: TensorId
}

/**
 * What a network holds, and the links between it that make `getParent` O(1) and `getUsers` O(users). Only `applyEdit`
 * changes it; everything here is a step of an edit and keeps no account of what changed.
 */
export class Store<L extends LayerNode = LayerNode, T extends TensorNode = TensorNode> {
  /** By id; undefined where a layer was taken out. */
  readonly layers: (L | undefined)[] = []
  /** By id; undefined where a tensor was taken out. */
  readonly tensors: (T | undefined)[] = []
  /** Who uses what: lists of uses by tensor, in order. */
  readonly uses = new Uses<L>(this.layers)
  /** Layers by kind. */
  readonly kinds = new Kinds<L>()
  /** Made when somebody asks for a name first: generated names are unique by construction and need no look-up. */
  private byName: Map<string, L> | null = null
  /** Larger than every number that ends a name that was not generated. */
  suffixBase = 0
  /** The network's inputs, in order. */
  readonly inputs: TensorId[] = []
  /** The network's outputs, in order. */
  readonly outputs: NetworkOutput[] = []
  /** What a dialect keeps of the network beside its layers. */
  properties: Readonly<Record<string, unknown>> = {}
  /** The ends of the network order; null where there is no layer. */
  first: L | null = null
  last: L | null = null
  /** How many layers there are, those marked as removed included. */
  layerCount = 0
  /** How many of the layers are marked as removed. */
  removedCount = 0
  /** How many tensors hold a value of their own. */
  constantCount = 0
  /** The ids that the next layer and tensor get. */
  nextLayerId: LayerId = 0
  nextTensorId: TensorId = 0
  /** Whether `Layer.order` grows along the network order; false after an insertion that found no gap. */
  orderIsValid = true
  /** Grows with every edit: tells whether anything happened between two looks. */
  version = 0

  constructor(readonly handles: Handles<L, T>) {}

  /** The ids that come next. */
  get counters(): Counters {
    return { nextLayerId: this.nextLayerId, nextTensorId: this.nextTensorId }
  }
  /** For transactions, which give ids back when they are undone. */
  setCounters(to: Counters): void {
    this.nextLayerId = to.nextLayerId
    this.nextTensorId = to.nextTensorId
  }

  /** Back to where these were read, once all edits since are undone. */
  restore(to: { readonly counters: Counters; readonly version: number; readonly suffixBase: number }): void {
    this.setCounters(to.counters)
    this.version = to.version
    this.suffixBase = to.suffixBase
  }

  /** @throws Error where there is none */
  layer(id: LayerId): L {
    const layer = this.layers[id]
    if (!layer) throw new Error(`there is no layer with id ${id}`)
    return layer
  }

  /** @throws Error where there is none */
  tensor(id: TensorId): T {
    const tensor = this.tensors[id]
    if (!tensor) throw new Error(`there is no tensor with id ${id}`)
    return tensor
  }

  /** Puts a layer into the network order behind `after`, or first. */
  linkLayer(layer: L, after: L | null): void {
    const next = after ? after.next : this.first
    layer.prev = after
    layer.next = next
    if (after) after.next = layer
    else this.first = layer
    if (next) next.prev = layer
    else this.last = layer
    this.layerCount++
    if (layer.record.removed) this.removedCount++
    const low = after ? after.order : (next?.order ?? 0) - 2 * GAP
    if (next === null) layer.order = low + GAP
    else {
      layer.order = low + ((next.order - low) >> 1)
      if (layer.order === low || layer.order === next.order) this.orderIsValid = false
    }
    this.layers[layer.id] = layer
    this.byName?.set(layer.record.name, layer)
    this.kinds.add(layer)
  }

  /** The layer of a name. */
  named(name: string): L | undefined {
    if (!this.byName) {
      this.byName = new Map()
      for (let l = this.first; l; l = l.next) this.byName.set(l.record.name, l)
    }
    const layer = this.byName.get(name)
    return layer && layer.record.name === name ? layer : undefined
  }

  /** The layer has another name than when it came. */
  renamed(layer: L): void {
    this.byName?.set(layer.record.name, layer)
  }

  /** Keeps generated names clear of a name that somebody chose. */
  reserve(name: string): void {
    const digits = /_(\d{1,9})$/.exec(name)?.[1]
    if (digits) this.suffixBase = Math.max(this.suffixBase, Number(digits) + 1)
  }

  /** The same for a name that came with an edit from elsewhere: most were generated there as they would be here. */
  reserveGiven(name: string): void {
    const digits = /_(\d{1,9})$/.exec(name)?.[1]
    if (digits && Number(digits) >= this.suffixBase + this.nextLayerId) this.reserve(name)
  }

  /** `name`, or where it is taken `name` with the first number that makes it unique. */
  uniqueName(name: string): string {
    let unique = name
    for (let n = 1; this.named(unique); n++) unique = `${name}_${n}`
    this.reserve(unique)
    return unique
  }

  /** Takes a layer out of the network order, the names and the kinds; its uses are let go before. */
  unlinkLayer(layer: L): void {
    if (layer.prev) layer.prev.next = layer.next
    else this.first = layer.next
    if (layer.next) layer.next.prev = layer.prev
    else this.last = layer.prev
    layer.prev = layer.next = null
    this.layerCount--
    if (layer.record.removed) this.removedCount--
    this.layers[layer.id] = undefined
    this.kinds.delete(layer)
    layer.isDetached = true
    if (this.byName?.get(layer.record.name) === layer) this.byName.delete(layer.record.name)
  }

  /** Makes `Layer.order` comparable. Amortised: a new round of keys leaves wide gaps. */
  validateOrder(): void {
    if (this.orderIsValid) return
    let order = 0
    for (let l = this.first; l; l = l.next) l.order = order += GAP
    this.orderIsValid = true
  }

  /** The use that an edit names. */
  use(ref: UseRef | null): UseId {
    if (ref === null) return NO_USE
    const layer = this.layer(ref.layer)
    if (ref.index >= layer.record.inputs.length) throw new Error(`layer ${ref.layer} has no operand ${ref.index}`)
    return layer.firstOperand + ref.index
  }

  /** The tensor at a record's position; null for `ABSENT`. */
  operand(id: TensorId): T | null {
    return id === ABSENT ? null : this.tensor(id)
  }
}

const GAP = 1024

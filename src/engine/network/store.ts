import type { Layer, Use } from './layer'
import type { LayerId, NetworkOutput, TensorId, UseRef } from './records'
import { ABSENT } from './records'
import type { Tensor } from './tensor'

/**
 * What a network holds, and the links between it that make `getParent` O(1) and `getUsers` O(users). Only `applyEdit`
 * changes it; everything here is a step of an edit and keeps no account of what changed.
 */
export class Store {
  readonly layers: (Layer | undefined)[] = []
  readonly tensors: (Tensor | undefined)[] = []
  /** Layers of each kind, in no particular order. */
  readonly byKind = new Map<string, Layer[]>()
  private readonly byName = new Map<string, Layer>()
  /** Layers whose generated names are unique by construction, and go into `byName` when somebody asks for a name. */
  private unnamed: Layer[] = []
  /** Larger than every number that ends a name that was not generated. */
  suffixBase = 0
  readonly inputs: TensorId[] = []
  readonly outputs: NetworkOutput[] = []
  first: Layer | null = null
  last: Layer | null = null
  layerCount = 0
  nextLayerId: LayerId = 0
  nextTensorId: TensorId = 0
  /** Whether `Layer.order` grows along the network order; false after an insertion that found no gap. */
  orderIsValid = true

  layer(id: LayerId): Layer {
    const layer = this.layers[id]
    if (!layer) throw new Error(`there is no layer with id ${id}`)
    return layer
  }

  tensor(id: TensorId): Tensor {
    const tensor = this.tensors[id]
    if (!tensor) throw new Error(`there is no tensor with id ${id}`)
    return tensor
  }

  /** Puts a layer into the network order behind `after`, or first. */
  linkLayer(layer: Layer, after: Layer | null): void {
    const next = after ? after.next : this.first
    layer.prev = after
    layer.next = next
    if (after) after.next = layer
    else this.first = layer
    if (next) next.prev = layer
    else this.last = layer
    this.layerCount++
    const low = after ? after.order : (next?.order ?? 0) - 2 * GAP
    if (next === null) layer.order = low + GAP
    else {
      layer.order = Math.floor((low + next.order) / 2)
      if (layer.order === low || layer.order === next.order) this.orderIsValid = false
    }
    this.layers[layer.id] = layer
    this.unnamed.push(layer)
    let kind = this.byKind.get(layer.record.kind)
    if (!kind) this.byKind.set(layer.record.kind, (kind = []))
    layer.kindIndex = kind.length
    kind.push(layer)
  }

  /** The layer of a name. */
  named(name: string): Layer | undefined {
    for (const layer of this.unnamed) if (!layer.isDetached) this.byName.set(layer.record.name, layer)
    this.unnamed = []
    const layer = this.byName.get(name)
    return layer && !layer.isDetached && layer.record.name === name ? layer : undefined
  }

  /** @internal the layer has another name than when it came */
  renamed(layer: Layer): void {
    this.unnamed.push(layer)
  }

  /** Keeps generated names clear of a name that somebody chose. */
  reserve(name: string): void {
    const digits = /_(\d{1,9})$/.exec(name)?.[1]
    if (digits) this.suffixBase = Math.max(this.suffixBase, Number(digits) + 1)
  }

  unlinkLayer(layer: Layer): void {
    if (layer.prev) layer.prev.next = layer.next
    else this.first = layer.next
    if (layer.next) layer.next.prev = layer.prev
    else this.last = layer.prev
    layer.prev = layer.next = null
    this.layerCount--
    this.layers[layer.id] = undefined
    const kind = this.byKind.get(layer.record.kind)!
    const last = kind.pop()!
    if (last !== layer) {
      kind[layer.kindIndex] = last
      last.kindIndex = layer.kindIndex
    }
    layer.isDetached = true
  }

  /** Makes `Layer.order` comparable. Amortised: a new round of keys leaves wide gaps. */
  validateOrder(): void {
    if (this.orderIsValid) return
    let order = 0
    for (let l = this.first; l; l = l.next) l.order = order += GAP
    this.orderIsValid = true
  }

  /** Puts a use into its tensor's ordered users behind `after`, or first. */
  linkUse(use: Use, tensor: Tensor, after: Use | null): void {
    const next = after ? after.next : tensor.firstUse
    use.tensor = tensor
    use.prev = after
    use.next = next
    if (after) after.next = use
    else tensor.firstUse = use
    if (next) next.prev = use
    else tensor.lastUse = use
    if (!use.layer.record.removed) tensor.liveUses++
  }

  unlinkUse(use: Use): void {
    const tensor = use.tensor
    if (!tensor) return
    if (use.prev) use.prev.next = use.next
    else tensor.firstUse = use.next
    if (use.next) use.next.prev = use.prev
    else tensor.lastUse = use.prev
    use.tensor = use.prev = use.next = null
    if (!use.layer.record.removed) tensor.liveUses--
  }

  use(ref: UseRef | null): Use | null {
    if (ref === null) return null
    const use = this.layer(ref.layer).uses[ref.index]
    if (!use) throw new Error(`layer ${ref.layer} has no operand ${ref.index}`)
    return use
  }

  /** The tensor at a record's position; null for `ABSENT`. */
  operand(id: TensorId): Tensor | null {
    return id === ABSENT ? null : this.tensor(id)
  }
}

const GAP = 1024

/** Where a use stands, as an edit keeps it. */
export function refOf(use: Use | null): UseRef | null {
  return use ? { layer: use.layer.id, index: use.index } : null
}

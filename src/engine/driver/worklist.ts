import type { Edit } from '../edit/edit'
import type { Layer } from '../network/network'
import type { Network } from '../network/network'
import type { Tensor } from '../network/network'
import { NO_USE } from '../store/uses'

/** A tensor with more users than this does not bring them all back: that would make hubs quadratic. A later sweep does. */
const HUB = 8

const ROOM = 1024

/** How a layer waits, if it does. */
const enum Wait {
  No,
  /** In a sweep, and nothing has touched it since that began. */
  Untouched,
  /** In a sweep, touched. */
  Touched,
  Queued,
}

/**
 * Layers to try, each at most once at a time: those of a sweep first, then what edits brought back, in order of arrival. Listens
 * to edits, and keeps no account of its own.
 */
export class Worklist {
  private sweep: readonly Layer[] = []
  private at = 0
  private readonly queue: Layer[] = []
  private head = 0
  /** By layer id. */
  private waits: Uint8Array
  /** Whether something has touched the layer that `next` gave since its sweep began; true for one that edits brought back. */
  isTouched = true

  constructor(
    private readonly network: Network,
    /** Whether some pattern begins at a layer; the others need not come. */
    private readonly isWanted: (layer: Layer) => boolean,
  ) {
    this.waits = new Uint8Array(network.store.nextLayerId + ROOM)
  }

  /** Tries `layers` before what is queued. One that an edit touches in the meantime keeps its place. */
  begin(layers: readonly Layer[]): void {
    this.sweep = layers
    this.at = 0
    for (let i = 0; i < layers.length; i++) {
      const { id } = layers[i]!
      if (id >= this.waits.length) this.grow(id)
      this.waits[id] = Wait.Untouched
    }
  }

  /** Queues a layer, unless it waits already, is removed, or nobody wants it. */
  push(layer: Layer): void {
    if (layer.id >= this.waits.length) this.grow(layer.id)
    const { record } = layer
    const wait = this.waits[layer.id]
    if (wait === Wait.Untouched) this.waits[layer.id] = Wait.Touched
    if (wait !== Wait.No || record.removed || !this.isWanted(layer)) return
    this.waits[layer.id] = Wait.Queued
    this.queue.push(layer)
  }

  private grow(id: number): void {
    const larger = new Uint8Array(2 * id)
    larger.set(this.waits)
    this.waits = larger
  }

  /** The next layer that is still there; undefined when there is none. */
  next(): Layer | undefined {
    while (this.at < this.sweep.length) {
      const layer = this.sweep[this.at++]!
      this.isTouched = this.waits[layer.id] === Wait.Touched
      this.waits[layer.id] = Wait.No
      if (!layer.isRemoved()) return layer
    }
    this.isTouched = true
    while (this.head < this.queue.length) {
      const layer = this.queue[this.head++]!
      this.waits[layer.id] = Wait.No
      if (!layer.isRemoved()) return layer
    }
    this.queue.length = this.head = 0
    return undefined
  }

  /** Brings back what the edits touched, and its neighbours: new layers, users two steps down, parents that lost a user. */
  listen(edits: readonly Edit[]): void {
    for (const edit of edits) {
      switch (edit.type) {
        case 'addLayer': {
          this.pushWithUsers(edit.layer.id)
          break
        }
        case 'setInput': {
          this.pushWithUsers(edit.layer)
          this.pushProducer(this.network.getTensor(edit.from))
          break
        }
        case 'setAttribute':
        case 'setFLayer': {
          this.pushWithUsers(edit.layer)
          break
        }
        case 'setRemoved': {
          const layer = this.network.getLayer(edit.layer)
          for (let i = 0; layer && i < layer.numInputs; i++) this.pushProducer(layer.input(i))
          break
        }
        case 'setTensorType': {
          this.pushUsers(this.network.getTensor(edit.tensor) ?? null)
          break
        }
      }
    }
  }

  private pushWithUsers(id: number): void {
    const layer = this.network.getLayer(id)
    if (!layer) return
    this.push(layer)
    for (let i = 0; i < layer.numOutputs; i++) this.pushUsers(layer.output(i))
  }

  /** A value that lost a user may now have a single one, so that patterns around it fit. */
  private pushProducer(tensor: Tensor | null | undefined): void {
    if (!tensor?.parent) return
    this.push(tensor.parent)
    this.pushUsers(tensor)
  }

  private pushUsers(tensor: Tensor | null): void {
    if (!tensor || tensor.liveUses > HUB) return
    const { uses } = this.network.store
    for (let u = tensor.firstUse; u !== NO_USE; u = uses.next(u)) this.push(uses.layer(u))
  }
}

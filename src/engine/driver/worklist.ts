import type { Edit } from '../edit/edit'
import type { Layer } from '../network/layer'
import type { Network } from '../network/network'
import type { Tensor } from '../network/tensor'
import { NO_USE } from '../network/uses'

/** A tensor with more users than this does not bring them all back: that would make hubs quadratic. A later sweep does. */
const HUB = 8

const ROOM = 1024

/** Layers to try, each at most once at a time, in order of arrival. Listens to edits, and keeps no account of its own. */
export class Worklist {
  private readonly queue: Layer[] = []
  private head = 0
  /** 1 for the ids of layers that wait. */
  private queued: Uint8Array

  constructor(
    private readonly network: Network,
    /** Whether some pattern begins at a kind; layers of other kinds need not come. */
    private readonly isWanted: (kind: string) => boolean,
  ) {
    this.queued = new Uint8Array(network.store.nextLayerId + ROOM)
  }

  push(layer: Layer): void {
    if (layer.id >= this.queued.length) this.grow(layer.id)
    const { record } = layer
    if (this.queued[layer.id] === 1 || record.removed || !this.isWanted(record.kind)) return
    this.queued[layer.id] = 1
    this.queue.push(layer)
  }

  private grow(id: number): void {
    const larger = new Uint8Array(2 * id)
    larger.set(this.queued)
    this.queued = larger
  }

  /** The next layer that is still there; undefined when there is none. */
  pop(): Layer | undefined {
    while (this.head < this.queue.length) {
      const layer = this.queue[this.head++]!
      this.queued[layer.id] = 0
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
          this.pushLoser(this.network.getTensor(edit.from))
          break
        }
        case 'setAttribute':
        case 'setFLayer': {
          this.pushWithUsers(edit.layer)
          break
        }
        case 'setRemoved': {
          const layer = this.network.getLayer(edit.layer)
          for (let i = 0; layer && i < layer.numInputs; i++) this.pushLoser(layer.input(i))
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
  private pushLoser(tensor: Tensor | null | undefined): void {
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

import type { Edit } from '../edit/edit'
import type { Layer } from '../network/layer'
import type { Network } from '../network/network'
import type { Tensor } from '../network/tensor'

/** A tensor with more users than this does not bring them all back: that would make hubs quadratic. A later sweep does. */
const HUB = 8

/** Layers to try, each at most once at a time, in order of arrival. Listens to edits, and keeps no account of its own. */
export class Worklist {
  private readonly queue: Layer[] = []
  private head = 0
  private readonly queued: boolean[] = []

  constructor(private readonly network: Network) {}

  push(layer: Layer): void {
    if (this.queued[layer.id] || layer.record.removed) return
    this.queued[layer.id] = true
    this.queue.push(layer)
  }

  /** The next layer that is still there; undefined when there is none. */
  pop(): Layer | undefined {
    while (this.head < this.queue.length) {
      const layer = this.queue[this.head++]!
      this.queued[layer.id] = false
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
          for (const use of this.network.getLayer(edit.layer)?.uses ?? []) this.pushLoser(use.tensor ?? undefined)
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
    for (const t of layer.results) this.pushUsers(t)
  }

  /** A value that lost a user may now have a single one, so that patterns around it fit. */
  private pushLoser(tensor: Tensor | undefined): void {
    if (!tensor?.parent) return
    this.push(tensor.parent)
    this.pushUsers(tensor)
  }

  private pushUsers(tensor: Tensor | null): void {
    if (!tensor || tensor.liveUses > HUB) return
    for (let u = tensor.firstUse; u; u = u.next) this.push(u.layer)
  }
}

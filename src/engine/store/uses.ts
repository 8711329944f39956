import type { LayerNode, TensorNode } from './nodes'
import type { LayerId, UseId, UseRef } from './records'

/** No use: before the first and behind the last one of a tensor. */
export const NO_USE: UseId = -1

/**
 * The uses of all tensors: which operand of which layer, as a doubly linked list a tensor, in order. Typed arrays and not an
 * object each, because there are twice as many as layers, and all of them live as long as the network.
 */
export class Uses<L extends LayerNode> {
  private owner = new Int32Array(ROOM)
  private following = new Int32Array(ROOM)
  private preceding = new Int32Array(ROOM)
  private end = 0
  /** The last numbers that were given back, by how many operands the layer had; each leads to the one before by `following`. */
  private readonly free: UseId[] = []

  constructor(private readonly layers: readonly (L | undefined)[]) {}

  /** Numbers for the operands of a new layer; the first of them. */
  reserve(layer: LayerId, count: number): UseId {
    let base = this.free[count] ?? NO_USE
    if (base !== NO_USE) this.free[count] = this.following[base]!
    else {
      base = this.end
      this.end += count
      if (this.end > this.owner.length) this.grow()
    }
    for (let u = base; u < base + count; u++) {
      this.owner[u] = layer
      this.following[u] = this.preceding[u] = UNLINKED
    }
    return base
  }

  /** Gives numbers back, for the next layer with as many operands. */
  release(base: UseId, count: number): void {
    if (count === 0) return
    while (this.free.length <= count) this.free.push(NO_USE)
    this.following[base] = this.free[count]!
    this.free[count] = base
  }

  private grow(): void {
    const larger = (from: Int32Array): Int32Array<ArrayBuffer> => {
      const to = new Int32Array(2 * this.end)
      to.set(from)
      return to
    }
    this.owner = larger(this.owner)
    this.following = larger(this.following)
    this.preceding = larger(this.preceding)
  }

  /** The next use of the same tensor. */
  next(use: UseId): UseId {
    return this.following[use]!
  }
  previous(use: UseId): UseId {
    return this.preceding[use]!
  }
  layer(use: UseId): L {
    return this.layers[this.owner[use]!]!
  }
  index(use: UseId): number {
    return use - this.layer(use).firstOperand
  }

  /** Where a use stands, as an edit keeps it. */
  ref(use: UseId): UseRef | null {
    return use === NO_USE ? null : { layer: this.owner[use]!, index: this.index(use) }
  }

  /** Puts a use into its tensor's users behind `after`, or first. */
  link(use: UseId, tensor: TensorNode, after: UseId): void {
    const next = after === NO_USE ? tensor.firstUse : this.following[after]!
    this.preceding[use] = after
    this.following[use] = next
    if (after === NO_USE) tensor.firstUse = use
    else this.following[after] = use
    if (next === NO_USE) tensor.lastUse = use
    else this.preceding[next] = use
    if (!this.layer(use).record.removed) tensor.liveUses++
  }

  /** Takes a use out of its tensor's users. */
  unlink(use: UseId, tensor: TensorNode): void {
    const prev = this.preceding[use]!
    const next = this.following[use]!
    if (prev === NO_USE) tensor.firstUse = next
    else this.following[prev] = next
    if (next === NO_USE) tensor.lastUse = prev
    else this.preceding[next] = prev
    this.following[use] = this.preceding[use] = UNLINKED
    if (!this.layer(use).record.removed) tensor.liveUses--
  }

  /** Whether the use stands among a tensor's users. */
  isLinked(use: UseId): boolean {
    return this.preceding[use] !== UNLINKED
  }
}

const ROOM = 1024
const UNLINKED = -2

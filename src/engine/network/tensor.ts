import type { ConstantValue } from '../store/constant'
import type { Layer, Use } from './layer'
import type { Network } from './network'
import type { DType, Shape, TensorId, TensorRecord } from '../store/records'
import { NO_USE } from '../store/uses'
import type { UseId } from '../store/uses'

/** A value of a network: a light handle over its record, with the module's methods. One handle a tensor. */
export class Tensor {
  readonly id: TensorId
  /** @internal kept by edits */
  parent: Layer | null = null
  /** @internal kept by edits */
  firstUse: UseId = NO_USE
  /** @internal kept by edits */
  lastUse: UseId = NO_USE
  /** How many operand positions this tensor fills, those of layers marked as removed not counted. */
  liveUses = 0
  /** @internal how many network outputs this tensor stands behind */
  outputCount = 0
  isDetached = false

  constructor(
    readonly network: Network,
    /** Replaced, never changed, by the edits that touch the tensor. */
    public record: TensorRecord,
  ) {
    this.id = record.id
  }

  get name(): string {
    return this.record.name
  }
  get dtype(): DType | null {
    return this.record.dtype
  }
  get shape(): Shape | null {
    return this.record.shape
  }
  get rank(): number | null {
    return this.record.shape?.length ?? null
  }
  /** The data of a constant; undefined for any other tensor. */
  get value(): ConstantValue | undefined {
    return this.record.value
  }
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

  isNetworkInput(): boolean {
    return this.network.isInput(this)
  }
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
    const shape = this.shape ? `[${this.shape.map((d) => d ?? '?').join(',')}]` : '[...]'
    return `${this.name}: ${this.dtype ?? 'unknown'}${shape}`
  }
}

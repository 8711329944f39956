import type { Network } from './network'
import { ABSENT } from '../store/records'
import type { AttributeValue, LayerId, LayerRecord } from '../store/records'
import type { Tensor } from './tensor'
import type { KindSchema } from './dialect'
import { FLayerInfo } from './flayer-info'
import { NO_USE } from '../store/uses'
import type { UseId } from '../store/uses'

/** One operand position of a layer. */
export interface Use {
  readonly layer: Layer
  readonly index: number
}

/**
 * A layer of a network: a light handle over its record, with the module's methods. There is one handle a layer, so `===`
 * compares layers. After the layer is taken out of the network the handle keeps its last record; its `isDetached` is true.
 */
export class Layer {
  readonly id: LayerId
  /** @internal number of the first operand in `Uses` */
  firstOperand: UseId = NO_USE
  /** @internal network order */
  prev: Layer | null = null
  /** @internal network order */
  next: Layer | null = null
  /** @internal grows along the network order while `Network` says that order keys are valid */
  order = 0
  /** @internal equal for layers of equal kinds, and small: for tables by kind */
  kindNumber = 0
  /** @internal see `Kinds` */
  prevOfKind: Layer | null = null
  /** @internal see `Kinds` */
  nextOfKind: Layer | null = null
  isDetached = false

  constructor(
    readonly network: Network,
    /** Replaced, never changed, by the edits that touch the layer. */
    public record: LayerRecord,
  ) {
    this.id = record.id
  }

  get name(): string {
    return this.record.name
  }
  /** Operator type: the module's `layer.type`. */
  get kind(): string {
    return this.record.kind
  }
  get type(): string {
    return this.record.kind
  }
  get scope(): string {
    return this.record.scope
  }
  get numInputs(): number {
    return this.record.inputs.length
  }
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

  isRemoved(): boolean {
    return this.record.removed || this.isDetached
  }

  /** Marks the layer as removed: it dangles, no pattern is tried on it any more, and pruning takes it out (E10). */
  markAsRemoved(): void {
    this.network.markAsRemoved(this)
  }

  /** The typed view of this kind that the dialect gives, such as an ELEMENTWISE layer's `op`. */
  asLayer(): unknown {
    const view = this.network.dialect.view?.(this.record)
    if (view === undefined) throw new TypeError(`unknown layer kind ${this.kind} (layer ${this.name})`)
    return view
  }

  /** What the functional that made this layer was called with; null for a layer that no recorded functional made. */
  get flayerInfo(): FLayerInfo | null {
    return this.record.flayer ? new FLayerInfo(this) : null
  }

  toString(): string {
    return `${this.name} (${this.kind})`
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

import type { Transactor } from '../edit/transactor'
import type { LayerNode, TensorNode } from '../store/nodes'
import type { FLayerRecord } from '../store/records'
import type { Store } from '../store/store'
import { replaceUsesOf, setFLayer, setInput } from './edits'
import { fromFArg, isTensorNode, pairUp, replaceInFArgs, symbols, toFArg } from './flayer-args'
import type { RawArgOf } from './flayer-args'

/** Where an FLayerInfo is kept: one network's store, and what changes it. */
export interface FLayerHome<T extends TensorNode> {
  readonly store: Store<LayerNode, T>
  readonly transactor: Transactor
}

/**
 * What a functional was called with, kept with the layer that it made because a plugin layer is a black box. The record
 * lives in the layer and changes through the same edits, so it cannot drift from the operands. The original's
 * `replace_input_with` builds a new structure and drops it; here it takes effect.
 */
export class FLayerInfo<T extends TensorNode = TensorNode> {
  /** @internal made by `FLayerInfoMemo.create`, or found with a layer */
  constructor(
    private readonly home: FLayerHome<T>,
    /** Until the memo has been given the layer. */
    private made: FLayerRecord | null,
    private layer: LayerNode | null,
  ) {}

  /** @internal the layer that keeps it from now on */
  keepWith(layer: LayerNode): void {
    setFLayer(this.home.transactor, layer, this.record)
    this.layer = layer
    this.made = null
  }

  private get record(): FLayerRecord {
    const record = this.made ?? this.layer?.record.flayer
    if (!record) throw new Error(`layer ${this.layerName} has lost its FLayerInfo`)
    return record
  }

  private given(): LayerNode {
    if (!this.layer) throw new Error(`this ${this.layerKind} belongs to no layer yet: FLayerInfoMemo.add gives it one`)
    return this.layer
  }

  /** Name of the functional. */
  get layerKind(): string {
    return this.record.kind
  }
  /** Name of the layer that it belongs to; empty until `FLayerInfoMemo.add`. */
  get layerName(): string {
    return this.layer?.record.name ?? ''
  }
  /** A shallow copy of the arguments. The original hands out its own dictionary, which is then out of step with the layer. */
  get rawInputs(): Record<string, RawArgOf<T>> {
    return this.cloneInputs()
  }
  get rawOutputs(): RawArgOf<T> {
    return this.live(this.record.rawOutputs)
  }

  private live(arg: FLayerRecord['rawOutputs']): RawArgOf<T> {
    return fromFArg(arg, (id) => this.home.store.tensors[id])
  }

  /** One argument by name. @throws Error for a name that the functional does not have. */
  getInput(name: string): RawArgOf<T> {
    const arg = this.record.rawInputs[name]
    if (arg === undefined)
      throw new Error(
        `${this.layerKind} has no argument ${name}: it has ${Object.keys(this.record.rawInputs).join(', ')}`,
      )
    return this.live(arg)
  }

  /** A tensor argument by name; null where it was not given. @throws TypeError for an argument that is no tensor. */
  getTensor(name: string): T | null {
    const arg = this.getInput(name)
    if (arg === null || arg === undefined) return null
    if (isTensorNode(arg)) return arg as T
    throw new TypeError(`argument ${name} of ${this.layerKind} is not a tensor`)
  }

  /** A shallow copy of the arguments, to change and call the functional with again. */
  cloneInputs(): Record<string, RawArgOf<T>> {
    return Object.fromEntries(Object.keys(this.record.rawInputs).map((name) => [name, this.getInput(name)]))
  }

  /** Says what the functional gave back. */
  setOutputs(outputs: RawArgOf<T>): void {
    const record = { ...this.record, rawOutputs: toFArg(outputs) }
    if (this.layer) setFLayer(this.home.transactor, this.layer, record)
    else this.made = record
  }

  /** Replaces an input tensor, in the arguments and in the layer's operands. @throws Error where it has no layer yet. */
  replaceInputWith(src: T, dst: T): void {
    const layer = this.given()
    const { transactor } = this.home
    for (let i = 0; i < layer.record.inputs.length; i++)
      if (layer.record.inputs[i] === src.id) setInput(transactor, layer, i, dst)
    const rawInputs = replaceInFArgs(this.record.rawInputs, src.id, dst.id)
    if (rawInputs !== this.record.rawInputs) setFLayer(transactor, layer, { ...this.record, rawInputs })
  }

  /**
   * Moves the users of each old output to the new one at the same place; network outputs keep their names.
   * @throws TypeError where the structures differ, before anything changes.
   */
  replaceOutputsUsesWith(_network: unknown, newOutputs: RawArgOf<T>): void {
    const pairs = pairUp(this.rawOutputs, newOutputs, 'outputs')
    replaceUsesOf(this.home.transactor, new Map(pairs))
  }

  /** The functional's name with its arguments, tensors as a symbol: equal for calls that make the same kind of layer. */
  get signature(): string {
    return JSON.stringify([this.layerKind, symbols(this.record.rawInputs)])
  }
}

/** Finds the FLayerInfo of a network's layers. Holds nothing itself: the records live in the layers. */
export class FLayerInfosOfNetwork<T extends TensorNode = TensorNode> {
  /** @internal `network.flayerMemo` */
  constructor(private readonly home: FLayerHome<T>) {}

  /** Those of all layers that are not marked as removed, by layer name, in network order: a copy. */
  get data(): ReadonlyMap<string, FLayerInfo<T>> {
    const found = new Map<string, FLayerInfo<T>>()
    for (let l = this.home.store.first; l; l = l.next)
      if (l.record.flayer && !l.record.removed) found.set(l.record.name, new FLayerInfo(this.home, null, l))
    return found
  }

  /**
   * Gives a layer what `create` made; from now on it changes with the layer.
   * @throws Error where there is no layer of that name, or it has an FLayerInfo already.
   */
  add(layerName: string, info: FLayerInfo<T>): void {
    const layer = this.home.store.named(layerName)
    if (!layer) throw new Error(`there is no layer called ${layerName} that could have an FLayerInfo`)
    if (layer.record.flayer) throw new Error(`layer ${layerName} has an FLayerInfo already`)
    info.keepWith(layer)
  }

  /** What a call of `fn` with these arguments is recorded as. It belongs to no layer until `add`. */
  create(fn: string | { readonly name: string }, args: Readonly<Record<string, RawArgOf<T>>>): FLayerInfo<T> {
    const kind = typeof fn === 'string' ? fn : fn.name
    const rawInputs = toFArg(args) as FLayerRecord['rawInputs']
    return new FLayerInfo(this.home, { kind, rawInputs, rawOutputs: null }, null)
  }

  /** The FLayerInfo of a layer by its name; null where no recorded functional made it, or it is removed. */
  get(layerName: string): FLayerInfo<T> | null {
    const layer = this.home.store.named(layerName)
    return layer?.record.flayer && !layer.record.removed ? new FLayerInfo(this.home, null, layer) : null
  }

  /** Takes the FLayerInfo of a layer away; nothing happens where it has none. */
  remove(layerName: string): void {
    const layer = this.home.store.named(layerName)
    if (layer?.record.flayer) setFLayer(this.home.transactor, layer, null)
  }
}

import type { Layer } from './layer'
import type { Network } from './network'
import type { FArg, FLayerRecord, TensorId } from '../store/records'
import { Tensor } from './tensor'

/** An argument of a functional as its caller gave it: tensors as handles. */
export type RawArg =
  null | undefined | number | string | boolean | Tensor | readonly RawArg[] | { readonly [name: string]: RawArg }
export type RawInputs = Record<string, RawArg>

/**
 * What a functional was called with, kept with the layer that it made because a plugin layer is a black box. The record
 * lives in the layer and changes through the same edits, so it cannot drift from the operands. The original's
 * `replace_input_with` builds a new structure and drops it; here it takes effect.
 */
export class FLayerInfo {
  constructor(readonly layer: Layer) {}

  private get record(): FLayerRecord {
    const { flayer } = this.layer.record
    if (!flayer) throw new Error(`layer ${this.layer.name} has lost its FLayerInfo`)
    return flayer
  }

  /** Name of the functional. */
  get layerKind(): string {
    return this.record.kind
  }
  get rawInputs(): RawInputs {
    return this.cloneInputs()
  }
  get rawOutputs(): RawArg {
    return fromFArg(this.layer.network, this.record.rawOutputs)
  }

  /** One argument by name. @throws for a name that the functional does not have. */
  getInput(name: string): RawArg {
    const arg = this.record.rawInputs[name]
    if (arg === undefined)
      throw new Error(
        `${this.layerKind} has no argument ${name}: it has ${Object.keys(this.record.rawInputs).join(', ')}`,
      )
    return fromFArg(this.layer.network, arg)
  }

  /** A tensor argument by name; null where it was not given. */
  getTensor(name: string): Tensor | null {
    const arg = this.getInput(name)
    if (arg === null || arg instanceof Tensor) return arg
    throw new TypeError(`argument ${name} of ${this.layerKind} is not a tensor`)
  }

  /** A shallow copy of the arguments, to change and call the functional with again. */
  cloneInputs(): RawInputs {
    return Object.fromEntries(Object.keys(this.record.rawInputs).map((name) => [name, this.getInput(name)]))
  }

  /** Replaces an input tensor, in the arguments and in the layer's operands. */
  replaceInputWith(src: Tensor, dst: Tensor): void {
    const { layer } = this
    for (let i = 0; i < layer.numInputs; i++) if (layer.input(i) === src) layer.network.setInput(layer, i, dst)
    const rawInputs = replaceInFArgs(this.record.rawInputs, src.id, dst.id)
    if (rawInputs !== this.record.rawInputs) layer.network.setFLayer(layer, { ...this.record, rawInputs })
  }

  /**
   * Moves the users of each old output to the new one at the same place.
   * @throws TypeError where the structures differ, before anything changes.
   */
  replaceOutputsUsesWith(_network: Network, newOutputs: RawArg): void {
    const pairs = pairUp(this.rawOutputs, newOutputs, 'outputs')
    for (const [old, next] of pairs) old.replaceAllUsesWith(next)
  }

  /** The functional's name with its arguments, tensors as a symbol: equal for calls that make the same kind of layer. */
  get signature(): string {
    return JSON.stringify([this.layerKind, symbols(this.record.rawInputs)])
  }
}

/** Finds the FLayerInfo of a network's layers. Holds nothing itself: the records live in the layers. */
export class FLayerInfoMemo {
  constructor(readonly network: Network) {}

  /** The FLayerInfo of a layer by its name; null where no recorded functional made it, or it is removed. */
  get(layerName: string): FLayerInfo | null {
    const layer = this.network.getLayerByName(layerName)
    return layer && !layer.isRemoved() ? layer.flayerInfo : null
  }

  /** Names of the layers that have one, in network order. */
  names(): string[] {
    return this.network
      .getLayers()
      .filter((l) => l.record.flayer && !l.record.removed)
      .map((l) => l.name)
  }

  /** The memo of the network that `netGuard` made current. */
  static instance(): FLayerInfoMemo {
    return currentMemo()
  }
}

let currentMemo: () => FLayerInfoMemo = () => {
  throw new Error('no network is current: wrap the call in netGuard')
}
/** @internal set by netGuard, which knows the current network */
export function setCurrentMemo(get: () => FLayerInfoMemo): void {
  currentMemo = get
}

export function toFArg(arg: RawArg): FArg {
  if (arg === null || arg === undefined) return null
  if (arg instanceof Tensor) return { tensor: arg.id }
  if (Array.isArray(arg)) return arg.map(toFArg)
  if (typeof arg === 'object') return Object.fromEntries(Object.entries(arg).map(([k, v]) => [k, toFArg(v)]))
  return arg as number | string | boolean
}

function fromFArg(network: Network, arg: FArg): RawArg {
  if (arg === null || typeof arg !== 'object') return arg
  if (Array.isArray(arg)) return arg.map((x: FArg) => fromFArg(network, x))
  if (isTensorArg(arg)) return network.getTensor(arg.tensor) ?? null
  return Object.fromEntries(Object.entries(arg as Record<string, FArg>).map(([k, v]) => [k, fromFArg(network, v)]))
}

export function isTensorArg(arg: FArg): arg is { readonly tensor: TensorId } {
  return typeof arg === 'object' && arg !== null && 'tensor' in arg && typeof arg.tensor === 'number'
}

/** The arguments with tensor `from` replaced by `to` (null: not given); the same object where it does not occur. */
export function replaceInFArgs<T extends Readonly<Record<string, FArg>>>(
  args: T,
  from: TensorId,
  to: TensorId | null,
): T {
  let changed = false
  const replace = (arg: FArg): FArg => {
    if (arg === null || typeof arg !== 'object') return arg
    if (isTensorArg(arg)) {
      if (arg.tensor !== from) return arg
      changed = true
      return to === null ? null : { tensor: to }
    }
    if (Array.isArray(arg)) return arg.map(replace)
    return Object.fromEntries(Object.entries(arg as Record<string, FArg>).map(([k, v]) => [k, replace(v)]))
  }
  const next = Object.fromEntries(Object.entries(args).map(([k, v]) => [k, replace(v)])) as unknown as T
  return changed ? next : args
}

function symbols(arg: FArg): unknown {
  if (arg === null || typeof arg !== 'object') return arg
  if (isTensorArg(arg)) return 'Tensor'
  if (Array.isArray(arg)) return arg.map(symbols)
  return Object.fromEntries(Object.entries(arg).map(([k, v]) => [k, symbols(v as FArg)]))
}

function pairUp(old: RawArg, next: RawArg, where: string): [Tensor, Tensor][] {
  if (old instanceof Tensor && next instanceof Tensor) return [[old, next]]
  if (Array.isArray(old) && Array.isArray(next) && old.length === next.length) {
    return old.flatMap((x: RawArg, i) => pairUp(x, next[i] as RawArg, `${where}[${i}]`))
  }
  if (isPlain(old) && isPlain(next)) return Object.keys(old).flatMap((k) => pairUp(old[k], next[k], `${where}.${k}`))
  if (old === null && next === null) return []
  throw new TypeError(`the new ${where} have another structure than the old ones`)
}

function isPlain(x: RawArg): x is { readonly [name: string]: RawArg } {
  return typeof x === 'object' && x !== null && !Array.isArray(x) && !(x instanceof Tensor)
}

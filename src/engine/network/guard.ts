import type { LayerRecord } from '../store/records'
import type { FLayerInfosOfNetwork as MemoOf } from './flayer-info'
import type { FLayerInfo, Network, RawArg, RawInputs, Tensor } from './network'

const stack: Network[] = []

/** Makes `network` the one that functionals build into while `fn` runs; guards nest, and a throw leaves none behind. */
export function netGuard<T>(network: Network, fn: () => T): T {
  enterNetwork(network)
  try {
    return fn()
  } finally {
    leaveNetwork()
  }
}

/** The same in two halves, for what runs too often to make a function each time: `leaveNetwork` has to follow, whatever happens. */
export const enterNetwork = (network: Network): void => void stack.push(network)
/** Ends what the last `enterNetwork` began. */
export const leaveNetwork = (): void => void stack.pop()

/** The network of the innermost `netGuard`. @throws Error outside of one. */
export function defaultNet(): Network {
  const network = stack[stack.length - 1]
  if (!network) throw new Error('no network is current: wrap the call in netGuard(network, ...)')
  return network
}

export type FLayerInfoMemo = MemoOf<Tensor>
/** Finds the memo of the current network, as the module's class does. */
export const FLayerInfoMemo = {
  /** The memo of the network that `netGuard` made current. @throws Error outside of one. */
  instance: (): FLayerInfoMemo => defaultNet().flayerMemo,
}

/** Captures the layer that a functional makes, and keeps what the functional was called with as that layer's FLayerInfo. */
export class FLayerScope {
  /** What is recorded of the call. */
  readonly layer: FLayerInfo
  private readonly network = defaultNet()

  /**
   * @param isRecorded which of the layers made inside may be the one; the last that it accepts is, as in the module
   * @throws Error outside of a `netGuard`
   */
  constructor(
    fn: string | { readonly name: string },
    args: RawInputs,
    private readonly isRecorded: (layer: LayerRecord) => boolean = () => true,
  ) {
    this.layer = this.network.flayerMemo.create(fn, args)
  }

  /**
   * Runs the functional, and gives back what it gives.
   * @throws Error where it made no layer to record, or one that has an FLayerInfo already: functionals do not nest
   */
  run<R extends RawArg>(make: () => R): R {
    const { network } = this
    const first = network.counters.nextLayerId
    const outputs = make()
    for (let id = network.counters.nextLayerId - 1; id >= first; id--) {
      const layer = network.getLayer(id)
      if (!layer || !this.isRecorded(layer.record)) continue
      this.layer.setOutputs(outputs)
      network.flayerMemo.add(layer.name, this.layer)
      return outputs
    }
    throw new Error(`${this.layer.layerKind} made no layer that its signature could be recorded with`)
  }
}

/**
 * Decorates a functional that takes one object of named arguments: the layer that it makes keeps what the call was given,
 * as its FLayerInfo. See `FLayerScope` for which layer that is, and what is thrown.
 */
export function recordSignature<A extends RawInputs, R extends RawArg>(
  kind: string,
  isRecorded: (layer: LayerRecord) => boolean,
  fn: (args: A) => R,
): (args: A) => R {
  return (args) => new FLayerScope(kind, args, isRecorded).run(() => fn(args))
}

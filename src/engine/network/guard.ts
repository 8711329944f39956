import { setCurrentMemo, toFArg } from './flayer-info'
import type { RawArg, RawInputs } from './flayer-info'
import type { Network } from './network'
import type { FArg, LayerRecord } from '../store/records'

const stack: Network[] = []
setCurrentMemo(() => defaultNet().flayerMemo)

/** Makes `network` the one that functionals build into while `fn` runs; guards nest, and a throw leaves none behind. */
export function netGuard<T>(network: Network, fn: () => T): T {
  stack.push(network)
  try {
    return fn()
  } finally {
    stack.pop()
  }
}

/** The network of the innermost `netGuard`. @throws outside of one. */
export function defaultNet(): Network {
  const network = stack[stack.length - 1]
  if (!network) throw new Error('no network is current: wrap the call in netGuard(network, ...)')
  return network
}

/**
 * Decorates a functional that takes one object of named arguments: the layer that it makes keeps what the call was given,
 * as its FLayerInfo. The functional makes exactly one layer that `isRecorded` accepts (a plugin layer); the first such layer is taken.
 */
export function recordSignature<A extends RawInputs, R extends RawArg>(
  kind: string,
  isRecorded: (layer: LayerRecord) => boolean,
  fn: (args: A) => R,
): (args: A) => R {
  return (args) => {
    const network = defaultNet()
    const first = network.counters.nextLayerId
    const outputs = fn(args)
    for (let id = first; id < network.counters.nextLayerId; id++) {
      const layer = network.getLayer(id)
      if (!layer || !isRecorded(layer.record)) continue
      network.setFLayer(layer, { kind, rawInputs: toFArg(args) as Record<string, FArg>, rawOutputs: toFArg(outputs) })
      return outputs
    }
    throw new Error(`${kind} made no layer that its signature could be recorded with`)
  }
}

/** What layers and tensors depend on, what depends on them, and what lies between two of them. Explicit queues: networks are deep. */
import type { Layer, LayerId, Network, Tensor } from '../../engine'
import type { ItemKey } from '../../layout'
import { tensorOfKey } from './selection'

/** Layers by how many layers away they are; those it began with are 0. */
export type Cone = ReadonlyMap<LayerId, number>

export type ConeWay = 'up' | 'down'

/** @param depth how many layers far, at most */
export function coneOf(network: Network, from: Iterable<ItemKey>, way: ConeWay, depth = Infinity): Cone {
  const found = new Map<LayerId, number>()
  const queue: Layer[] = []
  const take = (layer: Layer | null | undefined, at: number): void => {
    if (!layer || layer.isRemoved() || found.has(layer.id) || at > depth) return
    found.set(layer.id, at)
    queue.push(layer)
  }
  for (const key of from) for (const layer of startsOf(network, key, way)) take(layer.layer, layer.at)
  for (let i = 0; i < queue.length; i++) {
    const layer = queue[i]!
    const at = found.get(layer.id)! + 1
    if (way === 'up') for (const tensor of layer.operands) take(tensor?.parent, at)
    else for (const tensor of layer.results) for (const user of tensor?.getUsers() ?? []) take(user, at)
  }
  return found
}

/** The layers on the ways from one to the other, both included; of either direction, empty where there is none. */
export function between(network: Network, a: ItemKey, b: ItemKey): Cone {
  for (const [from, to] of [
    [a, b],
    [b, a],
  ] as const) {
    const down = coneOf(network, [from], 'down')
    const up = coneOf(network, [to], 'up')
    const both = [...down].filter(([id]) => up.has(id))
    if (both.length > 0) return new Map(both)
  }
  return new Map()
}

/** A tensor begins with what is at its end. */
function startsOf(network: Network, key: ItemKey, way: ConeWay): { layer: Layer; at: number }[] {
  if (key.startsWith('L')) {
    const layer = network.getLayer(Number(key.slice(1)))
    return layer ? [{ layer, at: 0 }] : []
  }
  const tensor = tensorBehind(network, key)
  if (!tensor) return []
  if (way === 'down') return tensor.getUsers().map((layer) => ({ layer, at: 1 }))
  return tensor.parent ? [{ layer: tensor.parent, at: 1 }] : []
}

/** Of a tensor itself, an input or an output of the network. */
function tensorBehind(network: Network, key: ItemKey): Tensor | undefined {
  const id = tensorOfKey(key)
  if (id !== null) return network.getTensor(id)
  if (key.startsWith('I')) return network.getTensor(Number(key.slice(1)))
  return key.startsWith('O') ? network.getOutputs()[Number(key.slice(1))] : undefined
}

/** What is lit in the picture besides the selection itself. */
import type { LayerId, Network, TensorId } from '../../engine'
import type { ItemKey, Scene } from '../../layout'
import { anchorOf, inputKey } from '../../layout'
import { between, coneOf } from './cone'
import { selectedKeys, tensorOfKey } from './selection'
import { producerOf, usersOf } from './tensor-ends'

export interface Lit {
  readonly nodes: ReadonlySet<ItemKey>
  readonly tensors: ReadonlySet<TensorId>
  /** All else is dimmed. */
  readonly dims: boolean
}

/** How the selection is lit. */
export interface LightChoice {
  readonly selected: ItemKey | null
  readonly several: { readonly last: ItemKey; readonly keys: ReadonlySet<ItemKey> } | null
  readonly light: { readonly way: 'up' | 'down' | 'both' | 'path'; readonly depth: number | null } | null
}

/** The layers that are lit; null where nothing is to be, or a path has not two ends. */
export function litLayers(network: Network, state: LightChoice): LayerId[] | null {
  const { light } = state
  const keys = selectedKeys(state)
  if (!light || keys.length === 0) return null
  if (light.way === 'path') return keys.length === 2 ? [...between(network, keys[0]!, keys[1]!).keys()] : null
  const depth = light.depth ?? Infinity
  const ways = light.way === 'both' ? (['up', 'down'] as const) : [light.way]
  return [...new Set(ways.flatMap((way) => [...coneOf(network, keys, way, depth).keys()]))]
}

/** What is lit in the picture: a selected tensor, or what the selection depends on, whichever is asked for. */
export function litOf(network: Network, scene: Scene, state: LightChoice): Lit | null {
  const layers = litLayers(network, state)
  if (!layers) return litByTensor(network, scene, state.selected)
  const lit = new Set(layers)
  const nodes = new Set<ItemKey>(selectedKeys(state))
  const tensors = new Set<TensorId>()
  for (const id of layers) {
    const node = anchorOf(scene, id)
    if (node) nodes.add(node.key)
    for (const tensor of network.getLayer(id)?.getInputs() ?? []) {
      if (tensor.parent ? lit.has(tensor.parent.id) : !tensor.isConstant) tensors.add(tensor.id)
      if (!tensor.parent) nodes.add(inputKey(tensor.id))
    }
  }
  return { nodes, tensors, dims: true }
}

/** A selected tensor wherever it is drawn, and what it comes from and goes to; null where no tensor is selected. */
export function litByTensor(network: Network, scene: Scene, selected: ItemKey | null): Lit | null {
  const id = tensorOfKey(selected)
  const tensor = id === null ? undefined : network.getTensor(id)
  if (!tensor) return null
  const producer = producerOf(tensor)
  const ends = producer ? [producer, ...usersOf(tensor)] : usersOf(tensor)
  return {
    nodes: new Set(ends.flatMap(({ key }) => shownAs(scene, key) ?? [])),
    tensors: new Set([tensor.id]),
    dims: false,
  }
}

/** The item that shows one: itself, or the closed group around it. */
export function shownAs(scene: Scene, key: ItemKey): ItemKey | undefined {
  return key.startsWith('L') ? anchorOf(scene, Number(key.slice(1)))?.key : key
}

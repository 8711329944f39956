/** Several selected layers as one part of the network: what enters it, what leaves it, what it is made of. */
import { operatorOf } from '../../engine'
import type { LayerId, Network, Tensor } from '../../engine'
import type { ItemKey, Scene } from '../../layout'
import { anchorOf } from '../../layout'
import { typeText } from '../text/value-text'

export interface PartValue {
  readonly tensor: number
  readonly name: string
  readonly type: string
}

export interface SelectedPart {
  readonly layers: ReadonlySet<LayerId>
  /** Computed outside and used inside, network inputs included. */
  readonly inputs: readonly PartValue[]
  /** Computed inside and used outside, or outputs of the network. */
  readonly outputs: readonly PartValue[]
  readonly constants: number
  /** Most frequent first. */
  readonly operators: readonly (readonly [kind: string, count: number])[]
}

/** The layers that items stand for: a group for all in it. */
export function layersOf(network: Network, scene: Scene, keys: ReadonlySet<ItemKey>): Set<LayerId> {
  const found = new Set<LayerId>()
  const groups: string[] = []
  for (const key of keys) {
    if (key.startsWith('L')) found.add(Number(key.slice(1)))
    else if (key.startsWith('G:')) groups.push(key.slice(2))
  }
  for (const id of found) if (network.getLayer(id)?.isRemoved() ?? true) found.delete(id)
  if (groups.length === 0) return found
  for (const layer of network.getLayers()) {
    if (layer.isRemoved()) continue
    const home = anchorOf(scene, layer.id)?.group ?? ''
    if (groups.some((path) => home === path || home.startsWith(`${path}/`))) found.add(layer.id)
  }
  return found
}

export function selectedPart(network: Network, layers: ReadonlySet<LayerId>): SelectedPart {
  const inputs = new Map<number, Tensor>()
  const outputs = new Map<number, Tensor>()
  const constants = new Set<number>()
  const operators = new Map<string, number>()
  const inside = network.inOrder([...layers].flatMap((id) => network.getLayer(id) ?? []))
  const own = new Set(inside)
  for (const layer of inside) {
    const kind = operatorOf(layer.kind)
    operators.set(kind, (operators.get(kind) ?? 0) + 1)
    for (const tensor of layer.getInputs()) {
      if (tensor.isConstant) constants.add(tensor.id)
      else if (!tensor.parent || !own.has(tensor.parent)) inputs.set(tensor.id, tensor)
    }
    for (const tensor of layer.getOutputs()) if (!tensor.isUsedOnlyBy(own)) outputs.set(tensor.id, tensor)
  }
  return {
    layers,
    inputs: [...inputs.values()].map(valueOf),
    outputs: [...outputs.values()].map(valueOf),
    constants: constants.size,
    operators: [...operators].sort((a, b) => b[1] - a[1] || a[0].localeCompare(b[0])),
  }
}

const valueOf = ({ id, name, dtype, shape }: Tensor): PartValue => ({ tensor: id, name, type: typeText(dtype, shape) })

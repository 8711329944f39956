/** An engine laid over a network: which layers TensorRT runs in which kernel, and where its fusion is another than the network's. */
import type { Layer, LayerId, Network } from '../../../engine'
import type { Kernel } from './kernels'

export interface Overlay {
  readonly kernels: readonly Kernel[]
  /** By kernel, the layers of the network that it runs. */
  readonly layers: readonly (readonly Layer[])[]
  /** By layer, the places of the kernels that run it. */
  readonly of: ReadonlyMap<LayerId, readonly number[]>
}

/**
 * By name: a layer is run by the kernels that name it, or one that it was made from. What a lowered operator is made of stands under
 * the operator's name.
 */
export function overlayOf(network: Network, kernels: readonly Kernel[]): Overlay {
  const naming = new Map<string, number[]>()
  kernels.forEach(({ layers }, i) => {
    for (const name of layers) {
      const known = naming.get(name)
      if (known) known.push(i)
      else naming.set(name, [i])
    }
  })
  const isLowered = network.dialect.name === 'tensorrt'
  const find = (name: string): readonly number[] => {
    const own = naming.get(name)
    if (own || !isLowered) return own ?? []
    return naming.get(name.slice(0, Math.max(0, name.lastIndexOf('/')))) ?? []
  }
  const layers: Layer[][] = kernels.map(() => [])
  const of = new Map<LayerId, readonly number[]>()
  for (const layer of network.getLayers()) {
    if (layer.isRemoved()) continue
    const { name, origin } = layer.record
    const found = [...new Set([name, ...origin].flatMap(find))].sort((a, b) => a - b)
    if (found.length > 0) of.set(layer.id, found)
    for (const i of found) layers[i]!.push(layer)
  }
  return { kernels, layers, of }
}

/**
 * Where an engine and a network are fused in different ways.
 * theirs: one kernel runs several layers of the network; ours: one layer is run by several kernels; lone: a kernel that runs none.
 */
export interface FusionDifference {
  readonly type: 'theirs' | 'ours' | 'lone'
  readonly kernels: readonly Kernel[]
  readonly layers: readonly Layer[]
}

/** What is worth a layer of its own: constants and shapes go into the kernels around them, and nobody fuses them. */
const isWork = (layer: Layer): boolean => {
  const category = layer.schema?.category
  return category !== 'constant' && category !== 'shape'
}

/** Where the two differ, in the order of the engine; copies into other formats are no difference. */
export function fusionDifferences({ kernels, layers, of }: Overlay): FusionDifference[] {
  const found: FusionDifference[] = []
  const told = new Set<Layer>()
  kernels.forEach((kernel, i) => {
    if (kernel.copies) return
    const work = layers[i]!.filter(isWork)
    for (const layer of work) {
      const places = of.get(layer.id)!.filter((k) => !kernels[k]!.copies)
      if (places.length < 2 || told.has(layer)) continue
      told.add(layer)
      found.push({ type: 'ours', kernels: places.map((k) => kernels[k]!), layers: [layer] })
    }
    if (work.length > 1) found.push({ type: 'theirs', kernels: [kernel], layers: work })
    else if (layers[i]!.length === 0) found.push({ type: 'lone', kernels: [kernel], layers: [] })
  })
  return found
}

/** What each layer takes of its kernels' times, which are shared out evenly; kernels of no layer are left out. */
export function timesOf({ kernels, layers }: Overlay): ReadonlyMap<LayerId, number> {
  const times = new Map<LayerId, number>()
  kernels.forEach(({ time }, i) => {
    const work = layers[i]!.filter(isWork)
    const shared = work.length > 0 ? work : layers[i]!
    if (time === null) return
    for (const { id } of shared) times.set(id, (times.get(id) ?? 0) + time / shared.length)
  })
  return times
}

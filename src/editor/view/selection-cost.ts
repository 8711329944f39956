/** What the selection costs in one run: a layer, or all layers of a group. */
import { partOf, Running } from '../../cost'
import type { CostBook, CostSum, LayerCost } from '../../cost'
import type { LayerId } from '../../engine'
import type { Scene } from '../../layout'
import { METRICS, SHORT_NAMES, sumText } from '../text/cost-text'

export interface SelectionCost {
  readonly rows: readonly (readonly [name: string, text: string])[]
  /** Symbolic sizes that would tell more. */
  readonly missing: readonly string[]
}

/** @returns null for what is neither a layer nor a group with layers */
export function selectionCost(scene: Scene, costs: CostBook, key: string): SelectionCost | null {
  return told(counted(scene, costs, key))
}

/** What some layers cost together; null for none. */
export function costOfLayers(costs: CostBook, layers: Iterable<LayerId>): SelectionCost | null {
  return told(
    Array.from(layers).flatMap((id) => {
      const cost = costs.costOf(id)
      return cost ? [[id, cost] as const] : []
    }),
  )
}

function told(entries: Iterable<readonly [LayerId, LayerCost]>): SelectionCost | null {
  const running = new Running()
  const missing = new Set<string>()
  let count = 0
  for (const [, cost] of entries) {
    running.add(cost, 1)
    for (const name of cost.missing) missing.add(name)
    count++
  }
  if (count === 0) return null
  const sum = running.sum()
  const rows = METRICS.filter((m) => m !== 'bytes').map((m) => [SHORT_NAMES[m], textOf(sum, m)] as const)
  return { rows, missing: [...missing] }
}

function* counted(scene: Scene, costs: CostBook, key: string): Generator<readonly [LayerId, LayerCost]> {
  if (key.startsWith('L')) {
    const layer = Number(key.slice(1))
    const cost = costs.costOf(layer)
    if (cost) yield [layer, cost]
  } else if (key.startsWith('G:')) {
    const path = key.slice(2)
    for (const entry of costs.costs()) {
      const group = scene.nodes[scene.anchors[entry[0]] ?? -1]?.group
      if (group === path || group?.startsWith(`${path}/`)) yield entry
    }
  }
}

/** Nothing that is known is no bound worth reading. */
function textOf(sum: CostSum, metric: (typeof METRICS)[number]): string {
  const { known, unknown } = partOf(sum, metric)
  return unknown > 0 && known === 0 ? '?' : sumText(sum, metric)
}

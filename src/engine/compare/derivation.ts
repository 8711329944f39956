/** Which layers became which on a way through history: rewrites that build on each other are one. */
import type { Edit } from '../edit/edit'
import type { HistoryStep } from '../history/history-node'
import type { LayerId } from '../store/records'

/** What rewrites that build on each other made of layers, in ids of either end of the way. */
export interface Derivation {
  /** Layers that one end has and the other has not, and those that came and went between. */
  readonly layers: ReadonlySet<LayerId>
  /** Labels of the patterns, each once, in the order of history. */
  readonly patterns: readonly string[]
}

/**
 * A rewrite builds on another where it takes out a layer that the other put in. Steps without a pattern, as a prune, join nothing.
 * @param way steps through history, in either direction
 */
export function derivations(way: readonly HistoryStep[]): Derivation[] {
  const steps = way.filter(({ transaction: t }) => t.annotations.pattern !== undefined)
  const parent = steps.map((_, i) => i)
  const root = (i: number): number => {
    let r = i
    while (parent[r] !== r) r = parent[r]!
    parent[i] = r
    return r
  }
  const touching = new Map<LayerId, number>()
  steps.forEach(({ transaction }, i) => {
    for (const edit of transaction.edits) {
      const layer = layerOf(edit)
      if (layer === null) continue
      const earlier = touching.get(layer)
      if (earlier === undefined) touching.set(layer, i)
      else parent[root(i)] = root(earlier)
    }
  })
  const found = new Map<number, { layers: Set<LayerId>; patterns: Set<string> }>()
  const of = (i: number) => {
    const known = found.get(root(i)) ?? { layers: new Set(), patterns: new Set() }
    found.set(root(i), known)
    return known
  }
  for (const [layer, i] of touching) of(i).layers.add(layer)
  steps.forEach(({ transaction: t }, i) => of(i).patterns.add(t.annotations.pattern!))
  const inTime = (labels: Set<string>) => (way[0]?.direction === 'backward' ? [...labels].reverse() : [...labels])
  return [...found.values()].map(({ layers, patterns }) => ({ layers, patterns: inTime(patterns) }))
}

/** The layer that an edit brings or takes away; null for any other edit. */
function layerOf(edit: Edit): LayerId | null {
  if (edit.type === 'addLayer' || edit.type === 'removeLayer') return edit.layer.id
  return edit.type === 'setRemoved' ? edit.layer : null
}

/** Which matches of a pattern share layers: applying one may take the others away. */
import type { LayerId } from '../engine'
import type { MatchInfo } from './protocol'

/** By the root of each match that overlaps, the roots of the others that it shares a layer with, in their order. */
export function overlapsOf(matches: readonly MatchInfo[]): ReadonlyMap<LayerId, readonly LayerId[]> {
  const byLayer = new Map<LayerId, LayerId[]>()
  for (const { root, parts } of matches) {
    for (const layer of new Set(parts.map(([, layer]) => layer))) {
      const known = byLayer.get(layer)
      if (known) known.push(root)
      else byLayer.set(layer, [root])
    }
  }
  const found = new Map<LayerId, Set<LayerId>>()
  for (const roots of byLayer.values()) {
    if (roots.length < 2) continue
    for (const root of roots) {
      const others = found.get(root) ?? new Set<LayerId>()
      found.set(root, others)
      for (const other of roots) if (other !== root) others.add(other)
    }
  }
  return new Map([...found].map(([root, others]) => [root, [...others].sort((a, b) => a - b)]))
}

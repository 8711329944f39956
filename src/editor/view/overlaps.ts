/** Which matches share layers: applying one may take the others away. */
import type { LayerId } from '../../engine'
import type { MatchRef, MatchInfo } from '../protocol/match-info'

/** Tells a match from all others. */
export const matchKey = ({ pattern, root }: MatchRef): string => `${root} ${pattern}`

/** By the key of each match that overlaps, the others that it shares a layer with, in their order. */
export function overlapsOf(matches: readonly MatchInfo[]): ReadonlyMap<string, readonly MatchInfo[]> {
  const byLayer = new Map<LayerId, MatchInfo[]>()
  for (const match of matches) {
    for (const layer of new Set(match.parts.map(([, layer]) => layer))) {
      const known = byLayer.get(layer)
      if (known) known.push(match)
      else byLayer.set(layer, [match])
    }
  }
  const found = new Map<string, Set<MatchInfo>>()
  for (const here of byLayer.values()) {
    if (here.length < 2) continue
    for (const match of here) {
      const others = found.get(matchKey(match)) ?? new Set<MatchInfo>()
      found.set(matchKey(match), others)
      for (const other of here) if (other !== match) others.add(other)
    }
  }
  const place = new Map(matches.map((m, i) => [m, i]))
  const sorted = (others: Iterable<MatchInfo>) => [...others].sort((a, b) => place.get(a)! - place.get(b)!)
  return new Map([...found].map(([key, others]) => [key, sorted(others)]))
}

/** Which nodes are lit because the chosen pattern matches there. */
import type { LayerId } from '../../engine'
import type { Scene } from '../../layout'
import { anchorOf } from '../../layout'
import type { Breakpoint } from './breakpoints'
import { matchKey } from './overlaps'
import type { MatchInfo, Miss } from '../protocol/match-info'

export interface Halo {
  /** Matches that this node has a part in. */
  readonly count: number
  /** Name of the part that it plays in the match that is pointed at. */
  readonly part: string
  /** What an analyzer says of it. */
  readonly value: number | null
  /** It belongs to the match that is pointed at. */
  readonly active: boolean
  /** What was expected where it stopped a match; empty for any other node. */
  readonly stops: string
  /** It belongs to a match that the active one would take away. */
  readonly taken: boolean
}

/** The parts that matched, and the layer that stopped the rest. */
export function missHalos(scene: Scene, miss: Miss): ReadonlyMap<string, Halo> {
  const halos = new Map<string, Halo>()
  const mark = (layer: LayerId, part: string, stops: string) => {
    const node = anchorOf(scene, layer)
    if (!node) return
    const name = node.kind === 'layer' ? part : ''
    halos.set(node.key, { count: 1, part: name, value: null, active: true, stops, taken: false })
  }
  for (const [part, layer] of miss.matched) mark(layer, part, '')
  if (miss.layer !== null) mark(miss.layer, `${miss.part}?`, miss.expected)
  return halos
}

/** @param taken keys of the matches that the active one would take away */
export function halosOf(
  scene: Scene,
  matches: readonly MatchInfo[],
  active: number,
  taken: ReadonlySet<string>,
): ReadonlyMap<string, Halo> {
  const halos = new Map<string, Halo>()
  matches.forEach((match, index) => {
    const seen = new Set<string>()
    for (const [part, layer] of match.parts) {
      const node = anchorOf(scene, layer)
      if (!node || seen.has(node.key)) continue
      seen.add(node.key)
      const known = halos.get(node.key)
      const isActive = index === active
      halos.set(node.key, {
        count: (known?.count ?? 0) + 1,
        part: isActive && node.kind === 'layer' ? part : (known?.part ?? ''),
        value: match.value ?? known?.value ?? null,
        active: isActive || (known?.active ?? false),
        stops: '',
        taken: taken.has(matchKey(match)) && (known?.taken ?? true),
      })
    }
  })
  return halos
}

/** The nodes that show a breakpoint: the layer, or the group that it is in or on. */
export function breakpointNodes(scene: Scene, breakpoints: readonly Breakpoint[]): ReadonlySet<string> {
  return new Set(
    breakpoints.flatMap((b) => {
      if (b.type === 'scope') return [`G:${b.path}`]
      const node = b.type === 'layer' ? anchorOf(scene, b.layer) : undefined
      return node ? [node.key] : []
    }),
  )
}

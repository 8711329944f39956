/** Near misses: why a pattern does not match where it nearly does. Runs in the engine worker. */
import { findMatches, look, Match, MatchFailure } from '../engine'
import type { Finding, Layer, LayerId, Network } from '../engine'
import type { RewriterOffer } from './catalogue'
import { infoOf } from './engine-home'
import type { Explanation, Miss, MissGroup } from './protocol'

/** Groups that a person could read, and places of a group. */
const MOST_GROUPS = 12

/** Every match, and every miss with a reason, one at a time. */
export function findingsOf(network: Network, entry: RewriterOffer): Generator<Finding> {
  return findMatches(network, entry, true)
}

/**
 * Misses of one cause together, the nearest first; none that lies inside a match. Where the pattern's root alone fits,
 * that says nothing, and such misses are left out unless there is nothing else to say of a pattern. Of a pattern that
 * matches somewhere, what has less than a third of its parts is another thing, and no near miss.
 */
export function groupMisses(findings: readonly Finding[]): MissGroup[] {
  const inside = new Set<Layer>()
  for (const f of findings) if (f instanceof Match) for (const layer of f.layers.values()) inside.add(layer)
  const failures = findings.filter((f) => f instanceof MatchFailure).filter((f) => !inside.has(f.root))
  const matches = inside.size > 0
  const telling = failures.filter((f) => f.matched.size > 1 && !(matches && 3 * f.matched.size < f.parts))
  const groups = new Map<string, Miss[]>()
  for (const failure of matches || telling.length > 0 ? telling : failures) {
    const miss = missOf(failure)
    const key = `${miss.part}|${miss.expected}|${kindOf(miss.found)}`
    const known = groups.get(key)
    if (known) known.push(miss)
    else groups.set(key, [miss])
  }
  const nearness = ([first]: readonly Miss[]): number => (first ? first.matched.length / first.parts : 0)
  return [...groups]
    .map(([key, places]) => ({ key, places: places.sort((a, b) => b.matched.length - a.matched.length) }))
    .sort(
      (a, b) =>
        (b.places[0]?.matched.length ?? 0) - (a.places[0]?.matched.length ?? 0) ||
        nearness(b.places) - nearness(a.places) ||
        b.places.length - a.places.length,
    )
    .slice(0, MOST_GROUPS)
}

/** What was found, without the names and numbers that differ from place to place. */
function kindOf(found: string): string {
  return found.replace(/\/\S+/g, '…').replace(/\d+(\.\d+)?/g, '#')
}

/**
 * Why a pattern does not match at a layer. The layer need not be where the pattern is tried: what counts is the nearest
 * miss that has the layer in it; and where none has, what the pattern says where it is tried nearest behind the layer.
 */
export function explainLayer(network: Network, entry: RewriterOffer, layer: Layer): Explanation {
  const tried = entry.pattern.accepts(layer.kind)
  const here = tried ? look(entry, layer) : null
  if (here instanceof Match) return { type: 'match', match: infoOf(entry.label, here) }
  let nearest = here
  for (const found of findMatches(network, entry, true)) {
    if (found instanceof Match) {
      if ([...found.layers.values()].some((l) => l.id === layer.id))
        return { type: 'match', match: infoOf(entry.label, found) }
    } else if (holds(found, layer.id) && found.matched.size > (nearest?.matched.size ?? 1)) nearest = found
  }
  if (!tried) nearest ??= nearestBehind(entry, layer) ?? (look(entry, layer) as MatchFailure | null)
  return nearest ? { type: 'miss', miss: missOf(nearest) } : { type: 'nothing' }
}

/** How many layers are looked at behind one for where a pattern could be tried. */
const MOST_BEHIND = 64

/** What a pattern says at the nearest layer that uses what this one gives, and that it can be tried on. */
function nearestBehind(entry: RewriterOffer, layer: Layer): MatchFailure | null {
  const seen = new Set([layer])
  // Grows while it is walked: nearer layers come first.
  for (const at of seen) {
    if (at !== layer && entry.pattern.accepts(at.kind)) {
      const found = look(entry, at)
      if (found instanceof MatchFailure) return found
    }
    if (seen.size > MOST_BEHIND) return null
    for (const value of at.results) for (const user of value?.getUsers() ?? []) seen.add(user)
  }
  return null
}

function holds(failure: MatchFailure, layer: LayerId): boolean {
  return failure.layer?.id === layer || [...failure.matched.values()].some((l) => l.id === layer)
}

function missOf(f: MatchFailure): Miss {
  return {
    root: f.root.id,
    rootName: f.root.name,
    part: f.part,
    layer: f.layer?.id ?? null,
    layerName: f.layer?.name ?? '',
    expected: f.expected,
    found: f.found,
    about: f.about,
    reason: f.reason,
    matched: [...f.matched].map(([part, layer]) => [part, layer.id] as const),
    parts: Math.max(f.parts, f.matched.size + 1),
  }
}

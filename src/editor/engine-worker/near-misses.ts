/** Near misses: why a pattern does not match where it nearly does. Runs in the engine worker. */
import { findMatches, look, Match, MatchFailure } from '../../engine'
import type { Finding, Layer, LayerId, Network } from '../../engine'
import type { RewriterOffer } from './catalogue'
import { infoOf } from './workspace'
import type { Explanation, Miss, Misses, MissGroup } from '../protocol/match-info'

/** Groups that a person could read, and places of a group that one could walk through. */
const [MOST_GROUPS, MOST_PLACES] = [12, 200]

/** Every match, and every miss with a reason, one at a time. */
export function findingsOf(network: Network, entry: RewriterOffer): Generator<Finding> {
  return findMatches(network, entry, true)
}

/**
 * Misses by cause, none that lies inside a match. That a pattern's root fits says nothing, since it is tried there only; and
 * what has less than a third of its parts is another thing. Such places are told apart, whether or not the pattern
 * matches anywhere: what is worth a look must not change when the last match has been applied.
 */
export function missesOf(findings: readonly Finding[]): Misses {
  const inside = new Set<Layer>()
  for (const f of findings) if (f instanceof Match) for (const layer of f.layers.values()) inside.add(layer)
  const failures = findings.filter((f) => f instanceof MatchFailure).filter((f) => !inside.has(f.root))
  const isNear = ({ matched, parts }: MatchFailure): boolean => matched.size > 1 && 3 * matched.size >= parts
  const far = failures.filter((f) => !isNear(f))
  return {
    near: byCause(failures.filter(isNear)),
    far: { count: far.length, most: far.reduce((most, f) => Math.max(most, f.matched.size), 0), groups: byCause(far) },
  }
}

/** Misses of one cause together, the nearest first. */
function byCause(failures: readonly MatchFailure[]): MissGroup[] {
  const groups = new Map<string, MatchFailure[]>()
  for (const failure of failures) {
    const key = `${failure.part}|${failure.expected}|${kindOf(failure.found)}`
    const known = groups.get(key)
    if (known) known.push(failure)
    else groups.set(key, [failure])
  }
  const reach = ([first]: readonly MatchFailure[]): number => first?.matched.size ?? 0
  const share = ([first]: readonly MatchFailure[]): number => (first ? first.matched.size / first.parts : 0)
  return [...groups]
    .map(([key, all]) => ({ key, all: all.sort((a, b) => b.matched.size - a.matched.size) }))
    .sort((a, b) => reach(b.all) - reach(a.all) || share(b.all) - share(a.all) || b.all.length - a.all.length)
    .slice(0, MOST_GROUPS)
    .map(({ key, all }) => ({ key, count: all.length, places: all.slice(0, MOST_PLACES).map(missOf) }))
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

import type { Layer } from '../network/network'
import type { Network } from '../network/network'
import { Match, MatchFailure } from '../pattern/match'
import { attempt, explainAt, matchAt } from './attempt'
import type { PatternEntry } from './attempt'
import { candidates, PatternsByKind } from './order'

/** What one pattern says at one layer. */
export type Finding = Match | MatchFailure

/**
 * Every match of one pattern, and with `misses` every miss that has a reason, in network order. Changes nothing: a pattern
 * that matches and rewrites in one is tried in a transaction that is rolled back. A generator, to be left at any time.
 * @throws PatternError where the pattern throws
 */
export function* findMatches(network: Network, entry: PatternEntry, misses = false): Generator<Finding> {
  for (const layer of candidates(network, new PatternsByKind([entry]))) {
    const found = look(entry, layer, misses)
    if (found instanceof Match || (found && misses)) yield found
  }
}

/** What one pattern says at one layer: its match, the reason for its miss, or null for a miss without one. */
export function look(entry: PatternEntry, layer: Layer, reasons = true): Finding | null {
  if (!entry.pattern.accepts(layer.kind)) {
    const kinds = [...(entry.pattern.rootLayer ?? [])].join(' or ')
    return new MatchFailure(layer, 'root', layer, kinds, layer.kind)
  }
  if (!entry.pattern.separateMatchRewrite) return dryRun(entry, layer)
  return reasons ? explainAt(entry, layer) : matchAt(entry, layer)
}

/** What `matchAndRewrite` would do, done and undone. The match names the layers that would go. */
function dryRun(entry: PatternEntry, layer: Layer): Finding | null {
  const { network } = layer
  const seen = network.preview(() => attempt(entry, layer, false))
  return seen.type === 'missed' ? seen.failure : seen.match
}

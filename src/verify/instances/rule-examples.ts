import { findMatches, Match, RewritePatternManager, snapshotOf } from '../../engine'
import type { Network, NetworkSnapshot, PatternEntry, RuleExample, MatchFailure } from '../../engine'
import type { Runtime } from '../runtime'
import { verifyNetworks } from '../verify'
import type { Subject } from './instances'
import { networkFromText } from './network-text'

/** How a rule fares on one of its examples. */
export interface ExampleResult {
  readonly example: RuleExample
  /** It matches, or fails to, as the example says; and what it makes is equal. */
  readonly holds: boolean
  /** Why not; empty where it holds. */
  readonly reason: string
  readonly before: NetworkSnapshot | null
  /** It matched, and its numbers were compared and are equal: the largest relative difference. */
  readonly compared?: number
  /** What the rule made of it, where the numbers differ. */
  readonly after: NetworkSnapshot | null
}

/** Tries a rule on the networks that it carries; those that match are run before and after, where there is a runtime. */
export async function testExamples(
  subject: Subject,
  examples: readonly RuleExample[],
  runtime: Runtime | null,
): Promise<ExampleResult[]> {
  const results: ExampleResult[] = []
  for (const example of examples) results.push(await testExample(subject, example, runtime))
  return results
}

async function testExample(subject: Subject, example: RuleExample, runtime: Runtime | null): Promise<ExampleResult> {
  const result = { example, before: null, after: null }
  let network: Network
  try {
    network = networkFromText(example.network)
  } catch (error) {
    return { ...result, holds: false, reason: `its network cannot be read: ${messageOf(error)}` }
  }
  const before = snapshotOf(network)
  const { matched, nearest } = lookedAt(network, subject)
  const wanted = example.expected === 'matches'
  if (matched !== null && !wanted) return { ...result, before, holds: false, reason: `it matches at ${matched}` }
  if (matched === null) return { ...result, before, holds: !wanted, reason: wanted ? nearest : '' }
  if (!runtime) return { ...result, before, holds: true, reason: '' }
  return { ...result, before, ...(await compared(subject, network, before, runtime)) }
}

async function compared(
  { label, pattern, claim }: Subject,
  network: Network,
  before: NetworkSnapshot,
  runtime: Runtime,
) {
  try {
    new RewritePatternManager().add(label, pattern).rewrite(network, undefined, { maxRewrites: 200 })
  } catch (error) {
    return { holds: false, reason: messageOf(error), after: null }
  }
  const after = snapshotOf(network)
  const exact = claim === 'exact'
  const verdict = await verifyNetworks(before, after, runtime, { exact, assumesFinite: !exact })
  const differs = verdict.verdict === 'different' && claim !== 'approximation'
  return {
    holds: !differs,
    reason: differs ? (verdict.reason ?? 'its outputs differ') : '',
    after: differs ? after : null,
    ...(verdict.verdict === 'equal' && { compared: verdict.maxRelative }),
  }
}

/** The root of the first match, or else the nearest miss in words. */
function lookedAt(network: Network, { label, pattern }: Subject): { matched: string | null; nearest: string } {
  const entry: PatternEntry = { label, pattern, benefit: 1 }
  let best: MatchFailure | null = null
  for (const found of findMatches(network, entry, true)) {
    if (found instanceof Match) return { matched: found.root.name, nearest: '' }
    if (!best || found.matched.size > best.matched.size) best = found
  }
  return { matched: null, nearest: best ? `it does not match: ${String(best)}` : 'it matches nowhere' }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

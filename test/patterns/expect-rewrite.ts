import { expect } from 'vitest'
import {
  findMatches,
  fingerprint,
  History,
  Match,
  networkFromSnapshot,
  replayTrace,
  RewritePatternManager,
  snapshotOf,
  traceOf,
  verifyNetwork,
} from '../../src/engine'
import type { Network, NetworkSnapshot, PatternEntry } from '../../src/engine'
import { managerOf, onnxLibrary } from '../../src/patterns'
import type { Target } from '../../src/patterns'
import { cutStep, verifyNetworks, verifyStep } from '../../src/verify'
import type { Runtime, StepRegion } from '../../src/verify'
import { nodeRuntime } from '../../src/verify/node'
import { random } from '../engine/support'
import { netLike } from './notation'
import { wiringDifference } from './wiring'

/** A pattern of the library by its label, or one of one's own. */
type Pattern = string | PatternEntry

interface Options {
  readonly target?: Target
  /** False where ONNX Runtime has no kernel for one side. */
  readonly numbers?: boolean
  /** Held to the bit; a pattern of the ONNX library says so itself. */
  readonly exact?: boolean
}

let runtime: Promise<Runtime> | null = null

/**
 * Rewrites a network with one pattern to the fixpoint, and expects what `after` says: a network, or its layers in the notation of
 * networks (`y = Relu(x)`, inputs, constants and outputs as before), equal up to names; or how often each kind occurs
 * (`2 Add, Relu`) where the wiring is for the numbers to tell. Expects that
 * every law holds: soundness (E4), undo (E1), replay (E9), changed if and only if it matched (E3), any order of the
 * worklist (E8), equal numbers in ONNX Runtime for the whole and for every step. Gives back the rewritten network.
 */
export async function expectRewrite(
  pattern: Pattern,
  network: Network,
  after: string | Network,
  options: Options = {},
): Promise<Network> {
  const entry = entryOf(pattern, options.target ?? 'ort')
  const before = snapshotOf(network)
  const copy = (): Network => networkFromSnapshot(before, network.dialect)
  expect([...findMatches(network, entry)].length, `${entry.label} matches somewhere`).toBeGreaterThan(0)
  expect(snapshotOf(network)).toEqual(before)

  const { rewritten, history, regions } = rewrite(copy(), entry)
  expectAfter(rewritten, after, network)
  expect(verifyNetwork(rewritten)).toEqual([])
  expectLaws(rewritten, history, before)
  for (const seed of [1, 2]) {
    const shuffled = copy()
    managerOfOne(entry).rewrite(shuffled, undefined, { random: random(seed) })
    expect(wiringDifference(rewritten, shuffled), `worklist shuffled with seed ${seed}`).toBeNull()
  }
  if (options.numbers ?? true)
    await expectNumbers(
      before,
      snapshotOf(rewritten),
      regions,
      options.exact ?? isExact(pattern, options.target ?? 'ort'),
    )
  return rewritten
}

function expectAfter(rewritten: Network, after: string | Network, before: Network): void {
  if (typeof after === 'string' && !after.includes('=')) return expect(kindsOf(rewritten)).toBe(sorted(after))
  const expected = typeof after === 'string' ? netLike(before, after) : after
  expect(wiringDifference(expected, rewritten)).toBeNull()
}

/** Expects that a pattern matches nowhere and changes nothing; with `reason`, that it says so. */
export function expectNoMatch(
  pattern: Pattern,
  network: Network,
  reason?: string | RegExp,
  options: Options = {},
): void {
  const entry = entryOf(pattern, options.target ?? 'ort')
  const before = snapshotOf(network)
  const findings = [...findMatches(network, entry, true)]
  expect(findings.filter((f) => f instanceof Match).map((f) => f.root.name)).toEqual([])
  expect(managerOfOne(entry).rewrite(network).rewrites).toBe(0)
  expect(snapshotOf(network)).toEqual(before)
  if (reason !== undefined) expect(findings.map(String).join('\n')).toMatch(reason)
}

/** How often each kind occurs, as `expectRewrite` takes it. */
export function kindsOf(network: Network): string {
  return sorted(
    network
      .kinds()
      .map((k) => `${network.countOfKind(k)} ${k}`)
      .join(', '),
  )
}

function sorted(list: string): string {
  const parts = list.split(',').map((x) => x.trim())
  return parts
    .filter((x) => x !== '')
    .map((x) => (/^\d/.test(x) ? x : `1 ${x}`))
    .sort((a, b) => (a.slice(a.indexOf(' ')) < b.slice(b.indexOf(' ')) ? -1 : 1))
    .join(', ')
}

function isExact(pattern: Pattern, target: Target): boolean {
  return onnxLibrary(target).find((e) => e.label === pattern)?.exactness === 'exact'
}

function entryOf(pattern: Pattern, target: Target): PatternEntry {
  if (typeof pattern !== 'string') return pattern
  const entry = onnxLibrary(target).find((e) => e.label === pattern)
  if (!entry) throw new Error(`the library has no pattern ${pattern} for ${target}`)
  return managerOf([entry], target).patterns.get(entry.label)!
}

function managerOfOne({ label, pattern, benefit }: PatternEntry): RewritePatternManager {
  return new RewritePatternManager().add(label, pattern, benefit)
}

function rewrite(rewritten: Network, entry: PatternEntry) {
  const history = new History(rewritten)
  const regions: (StepRegion | string | null)[] = []
  managerOfOne(entry).rewrite(rewritten, undefined, {
    history,
    watch: (event) => event.type === 'rewritten' && regions.push(cutStep(rewritten, event.transaction)),
  })
  return { rewritten, history, regions }
}

/** Undoing leads back to exactly what was there, and the trace, sent as text, leads to the same on a copy. */
function expectLaws(rewritten: Network, history: History, before: NetworkSnapshot): void {
  const after = snapshotOf(rewritten)
  const transactions = history.nodes().flatMap((n) => n.transaction ?? [])
  const end = history.cursor
  history.seek(history.root)
  expect(snapshotOf(rewritten)).toEqual(before)
  const copy = networkFromSnapshot(before, rewritten.dialect)
  const trace: unknown = JSON.parse(JSON.stringify(traceOf(copy, fingerprint(copy), transactions)))
  replayTrace(copy, trace)
  expect(snapshotOf(copy)).toEqual(after)
  history.seek(end)
}

/** @param exact held to the bit, on ±Inf, NaN and −0 too (E13) */
async function expectNumbers(
  before: NetworkSnapshot,
  after: NetworkSnapshot,
  regions: readonly (StepRegion | string | null)[],
  exact: boolean,
): Promise<void> {
  const ort = await (runtime ??= nodeRuntime())
  expect(await verifyNetworks(before, after, ort, { exact })).toMatchObject({ verdict: 'equal' })
  for (const region of regions) expect(await verifyStep(region, ort, { exact })).toMatchObject({ verdict: 'equal' })
}

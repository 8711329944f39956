import { drive, prune, pruneAfter, pruneConstants } from '../engine'
import type { DriverEvent, DriverOptions, History, Network, PatternEntry } from '../engine'
import type { Stage } from './library'

type StagedEntry = PatternEntry & { readonly stage?: Stage }

/**
 * Drives patterns in stages: those of a later stage wait until the earlier ones have nothing left to do, so that a small
 * fusion does not take the ground from under a large one. At the end everything is tried on everything once more. Events as
 * `drive` gives them.
 */
export function* driveInStages(
  network: Network,
  entries: readonly StagedEntry[],
  options: DriverOptions = {},
): Generator<DriverEvent, number> {
  const stages = [...new Set(entries.map((e) => e.stage ?? 1))].sort()
  let rewrites = 0
  for (const stage of stages) {
    const startWith = entries.filter((e) => (e.stage ?? 1) === stage)
    const tried = entries.filter((e) => (e.stage ?? 1) <= stage)
    rewrites += yield* drive(network, tried, { ...options, startWith, sweeps: false })
  }
  return rewrites === 0 ? 0 : rewrites + (yield* drive(network, entries, options))
}

export interface LibraryRun {
  readonly rewrites: ReadonlyMap<string, number>
}

export interface LibraryOptions extends DriverOptions {
  /** Keeps every transaction there. */
  readonly history?: History
  /** Told of every event while the network is as the event left it. */
  readonly watch?: (event: DriverEvent) => void
}

/**
 * Rewrites a network by library entries until nothing matches, and prunes it.
 * @throws PatternError where a pattern throws
 */
export function rewriteInStages(
  network: Network,
  entries: readonly StagedEntry[],
  options: LibraryOptions = {},
): LibraryRun {
  const rewrites = new Map<string, number>()
  for (const event of driveInStages(network, entries, options)) {
    options.watch?.(event)
    if (event.type === 'failed') throw event.error
    if (event.type !== 'rewritten') continue
    rewrites.set(event.entry.label, (rewrites.get(event.entry.label) ?? 0) + 1)
    if (options.history) options.history.commit(event.transaction)
    else pruneAfter(network, event.transaction.edits)
  }
  const tidy = (): void => {
    prune(network)
    pruneConstants(network)
  }
  if (options.history) options.history.do({ label: 'prune' }, tidy)
  else tidy()
  return { rewrites }
}

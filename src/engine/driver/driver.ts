import type { Edit } from '../edit/edit'
import type { Transaction } from '../edit/transaction'
import type { History } from '../history/history'
import type { Layer, Network } from '../network/network'
import { prune, pruneAfter, pruneConstants } from '../network/prune'
import { attempt, PatternError } from './attempt'
import type { Attempt, PatternEntry, Rewritten } from './attempt'
import { byBenefit, firstOrder, PatternsByKind } from './order'
import { Worklist } from './worklist'

export type DriverEvent =
  | Rewritten
  /** A pattern threw or left the network unsound; it was rolled back, and the run goes on without that place. */
  | { readonly type: 'failed'; readonly error: PatternError }
  /** Nothing has been rewritten for a while: a chance to look at the clock, to show progress, to stop. */
  | { readonly type: 'visited'; readonly layers: number }
  /** The run is over, and what dangled was taken out as one more step of the history. */
  | { readonly type: 'pruned'; readonly transaction: Transaction }

export interface DriverOptions {
  /** At most so many rewrites. Default: eight a layer at the start, and ten thousand. */
  readonly maxRewrites?: number
  /** Check what every rewrite touched (E4). Default true. */
  readonly verify?: boolean
  /** Uniform in [0, 1): shuffles the first order of layers, to show that it does not matter (E8). */
  readonly random?: () => number
  /** Asked before each layer: false leaves it out (a scope, a breakpoint). */
  readonly admits?: (layer: Layer) => boolean
  /** Keeps every transaction there. Without it nobody can undo, and what a rewrite removed is taken out at once. */
  readonly history?: History
  /** Take dangling layers and unused constants out at the end (E10). Default true. */
  readonly prune?: boolean
}

/** How often each pattern rewrote. */
export interface RewriteSummary {
  readonly rewrites: number
  readonly byLabel: ReadonlyMap<string, number>
}

/** Patterns rewrote more often than the limit allows: most likely they undo each other (E7). */
export class RewriteLimitError extends Error {
  constructor(
    readonly limit: number,
    readonly labels: readonly string[],
  ) {
    super(
      `stopped after ${limit} rewrites: ${labels.join(' and ')} ${labels.length > 1 ? 'undo each other' : 'keeps matching what it makes'}`,
    )
    this.name = 'RewriteLimitError'
  }

  /** The limit that a message of such an error names; null where it is none. */
  static limitIn(message: string): number | null {
    const limit = /stopped after (\d+) rewrites: /.exec(message)?.[1]
    return limit === undefined ? null : Number(limit)
  }
}

const VISITS_PER_EVENT = 4096

/**
 * The one loop behind every run: tries patterns by benefit on every layer until none matches (E6). A generator of events, so
 * that one step, ten steps and a run to the fixpoint are the same code; whoever drives it may stop at any event, and the
 * network is sound and as the event left it. Patterns of a later stage wait until the earlier ones have nothing left to do. Each
 * layer that a rewrite touched comes again with its neighbours; at the end everything is tried once more, so that what is
 * left is a fixpoint whatever patterns look at.
 * @throws RewriteLimitError past `maxRewrites` (E7); WrongHistoryError where the network changes behind its history
 */
export function* drive(
  network: Network,
  entries: readonly PatternEntry[],
  options: DriverOptions = {},
): Generator<DriverEvent, RewriteSummary> {
  const verify = options.verify ?? true
  const run = new Run(network, options)
  let visits = 0
  for (const phase of phasesOf(entries)) {
    if (phase.isLast && run.rewrites === 0) break
    const patterns = new PatternsByKind(phase.entries)
    const list = new Worklist(network, (layer) => patterns.of(layer).length > 0)
    let begins = phase.isLast ? patterns : new PatternsByKind(phase.begins)
    for (let swept = -1; swept !== run.rewrites; begins = patterns) {
      swept = run.rewrites
      list.begin(firstOrder(network, begins, options.random))
      for (let layer = list.next(); layer; layer = list.next()) {
        if (++visits % VISITS_PER_EVENT === 0) yield { type: 'visited', layers: visits }
        if (options.admits && !options.admits(layer)) continue
        let tried = (list.isTouched ? patterns : begins).of(layer)
        for (let i = 0; i < tried.length && !layer.isRemoved(); i++) {
          const entry = tried[i]!
          if (run.hasFailed(entry, layer)) continue
          const result = tryOne(entry, layer, verify)
          if (result instanceof PatternError) {
            run.fail(entry, layer)
            yield { type: 'failed', error: result }
          } else if (result.type === 'rewritten') {
            list.listen(result.transaction.edits)
            run.keep(result)
            yield result
            run.clear(result.transaction.edits)
            tried = patterns.of(layer)
            i = -1
          }
        }
      }
      if (!phase.isLast) break
    }
  }
  const pruned = run.prune()
  if (pruned) yield { type: 'pruned', transaction: pruned }
  return run
}

function tryOne(entry: PatternEntry, layer: Layer, verify: boolean): Attempt | PatternError {
  try {
    return attempt(entry, layer, verify)
  } catch (error) {
    if (error instanceof PatternError) return error
    throw error
  }
}

/** One part of a run. */
interface Phase {
  /** What is tried on layers that a rewrite touched. */
  readonly entries: readonly PatternEntry[]
  /** What is tried on the others: the rest has nothing left to do there. */
  readonly begins: readonly PatternEntry[]
  /** Everything is tried on everything, until a sweep changes nothing. */
  readonly isLast: boolean
}

/** A phase a stage, then the last. */
function phasesOf(entries: readonly PatternEntry[]): Phase[] {
  const sorted = byBenefit(entries)
  const stageOf = (e: PatternEntry): number => e.stage ?? 1
  const stages = [...new Set(sorted.map(stageOf))].sort((a, b) => a - b)
  const phases = stages.map((stage) => ({
    entries: sorted.filter((e) => stageOf(e) <= stage),
    begins: sorted.filter((e) => stageOf(e) === stage),
    isLast: false,
  }))
  return [...phases, { entries: sorted, begins: sorted, isLast: true }]
}

/** How many of the last rewrites are looked at to name the patterns that undo each other. */
const WINDOW = 64

/** What a run has done, and where it keeps that. */
class Run implements RewriteSummary {
  rewrites = 0
  readonly byLabel = new Map<string, number>()
  private readonly limit: number
  private readonly failed = new Set<string>()
  private readonly recent: string[] = []

  constructor(
    private readonly network: Network,
    private readonly options: DriverOptions,
  ) {
    this.limit = options.maxRewrites ?? 8 * network.numLayers + 10_000
  }

  hasFailed({ label }: PatternEntry, layer: Layer): boolean {
    return this.failed.size > 0 && this.failed.has(`${label} ${layer.id}`)
  }
  fail({ label }: PatternEntry, layer: Layer): void {
    this.failed.add(`${label} ${layer.id}`)
  }

  /** Before anybody sees the event. */
  keep({ entry, transaction }: Rewritten): void {
    this.recent[this.rewrites++ % WINDOW] = entry.label
    this.byLabel.set(entry.label, (this.byLabel.get(entry.label) ?? 0) + 1)
    this.options.history?.commit(transaction)
  }

  /** After everybody has: what the rewrite removed need not wait for the end of the run where nobody will undo it. */
  clear(edits: readonly Edit[]): void {
    if (this.rewrites >= this.limit) throw new RewriteLimitError(this.limit, [...new Set(this.recent)].sort())
    if (!this.options.history && this.options.prune !== false) pruneAfter(this.network, edits)
  }

  /** The step that it became; null where nothing was kept or nothing dangled. */
  prune(): Transaction | null {
    const { network, options } = this
    if (options.prune === false) return null
    const clear = (): void => {
      prune(network)
      pruneConstants(network)
    }
    if (options.history) return options.history.do({ label: 'Prune' }, clear)?.transaction ?? null
    clear()
    return null
  }
}

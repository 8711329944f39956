import type { History } from '../history/history'
import { prune, pruneAfter } from '../network/prune'
import type { Network } from '../network/network'
import { Match } from '../pattern/match'
import type { PatternAnalyzer, PatternRewriter } from '../pattern/pattern'
import { matchAt } from './attempt'
import type { PatternEntry } from './attempt'
import { byBenefit, candidates, drive, PatternsByKind } from './driver'
import type { DriverOptions } from './driver'

/** Patterns by label, each with its benefit. */
class PatternManager<P extends { readonly name: string }> {
  private readonly byLabel = new Map<string, PatternEntry<P>>()

  /** @throws Error where the label is taken */
  add(label: string, pattern: P, benefit = 0): this {
    if (this.byLabel.has(label)) throw new Error(`a pattern labelled ${label} exists already`)
    this.byLabel.set(label, { label, pattern, benefit })
    return this
  }

  /** @throws Error where there is none, naming those there are */
  get(label: string): P {
    const entry = this.byLabel.get(label)
    if (!entry)
      throw new Error(
        `there is no pattern labelled ${label}: there are ${[...this.byLabel.keys()].join(', ') || 'none'}`,
      )
    return entry.pattern
  }

  /** Highest benefit first, ties by order of adding. */
  entries(): PatternEntry<P>[] {
    return byBenefit([...this.byLabel.values()])
  }
}

export interface RewriteOptions extends DriverOptions {
  /** Keeps every transaction there. */
  readonly history?: History
  /** Take dangling layers and dead constants out at the end (E10). Default true. */
  readonly prune?: boolean
}

/** How often each pattern rewrote. */
export interface RewriteSummary {
  readonly rewrites: number
  readonly byLabel: ReadonlyMap<string, number>
}

export class RewritePatternManager extends PatternManager<PatternRewriter> {
  private static readonly shared = new RewritePatternManager()
  /** The manager that everybody shares. */
  static instance(): RewritePatternManager {
    return RewritePatternManager.shared
  }

  /**
   * Rewrites a network until no pattern matches any more.
   * @param args handed to every pattern as `args`
   * @throws PatternError where a pattern throws (the network is as the last good rewrite left it), RewriteLimitError (E7)
   */
  rewrite(network: Network, args: unknown = null, options: RewriteOptions = {}): RewriteSummary {
    const entries = this.entries()
    for (const e of entries) e.pattern.args = args
    const byLabel = new Map<string, number>()
    let rewrites = 0
    for (const event of drive(network, entries, options)) {
      if (event.type === 'failed') throw event.error
      if (event.type !== 'rewritten') continue
      rewrites++
      byLabel.set(event.entry.label, (byLabel.get(event.entry.label) ?? 0) + 1)
      if (options.history) options.history.commit(event.transaction)
      else if (options.prune ?? true) pruneAfter(network, event.transaction.edits)
    }
    if (options.prune ?? true) {
      if (options.history) options.history.do({ label: 'prune' }, () => prune(network))
      else prune(network)
    }
    return { rewrites, byLabel }
  }
}

export class AnalysisPatternManager extends PatternManager<PatternAnalyzer> {
  private static readonly shared = new AnalysisPatternManager()
  static instance(): AnalysisPatternManager {
    return AnalysisPatternManager.shared
  }

  /** Shows every match of every analyzer, layer by layer in network order. The network cannot change meanwhile. */
  analyze(network: Network, args: unknown = null): void {
    const entries = this.entries()
    for (const e of entries) e.pattern.args = args
    const patterns = new PatternsByKind(entries)
    for (const layer of candidates(network, patterns)) {
      for (const entry of patterns.of(layer)) {
        const match = matchAt(entry, layer)
        if (match instanceof Match) network.locked(() => entry.pattern.analyze(layer, match))
      }
    }
  }
}

import type { Layer, Network } from '../network/network'
import type { Match } from '../pattern/match'
import type { PatternAnalyzer, PatternRewriter } from '../pattern/pattern'
import { analyzeAt } from './attempt'
import type { PatternEntry, PatternError } from './attempt'
import type { DriverEvent, DriverOptions, RewriteSummary } from './driver'
import { drive } from './driver'
import { byBenefit, candidates, PatternsByKind } from './order'

/** Patterns by label, each with its benefit. */
class PatternManager<P extends { readonly name: string; args: unknown }> {
  private readonly byLabel = new Map<string, PatternEntry<P>>()

  /**
   * Adds a pattern.
   * @param benefit the highest is tried first; the original tries the lowest first
   * @param stage a later stage waits until the earlier ones have nothing left to do; the original has none
   * @throws Error where the label is taken
   */
  add(label: string, pattern: P, benefit = 0, stage = 1): this {
    if (this.byLabel.has(label)) throw new Error(`a pattern labelled ${label} exists already`)
    this.byLabel.set(label, { label, pattern, benefit, stage })
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

  /** Each pattern with its benefit, by label, in order of adding. */
  get patterns(): ReadonlyMap<string, PatternEntry<P>> {
    return this.byLabel
  }

  /** Highest benefit first, ties by order of adding. */
  entries(): PatternEntry<P>[] {
    return byBenefit([...this.byLabel.values()])
  }

  /** Hands `args` to every pattern; undefined leaves each what it has. */
  protected handOut(args: unknown): void {
    if (args !== undefined) for (const { pattern } of this.byLabel.values()) pattern.args = args
  }
}

/** How a manager drives its patterns, and who is told of it. */
export interface RewriteOptions extends DriverOptions {
  /** Told of every event while the network is as the event left it. */
  readonly watch?: (event: DriverEvent) => void
  /** Told of a pattern that throws at a layer; everything there is as it was, and the run goes on. Without it the run ends. */
  readonly failed?: (error: PatternError) => void
}

/** Patterns that rewrite a network, and what runs them. */
export class RewritePatternManager extends PatternManager<PatternRewriter> {
  private static readonly shared = new RewritePatternManager()
  /** The manager that everybody shares. */
  static instance(): RewritePatternManager {
    return RewritePatternManager.shared
  }

  /**
   * Rewrites a network until no pattern matches any more.
   * @param args handed to every pattern as `args`; without it each keeps its own
   * @throws PatternError where a pattern throws (the network is as the last good rewrite left it) and `failed` is not given,
   *   RewriteLimitError (E7)
   */
  rewrite(network: Network, args?: unknown, options: RewriteOptions = {}): RewriteSummary {
    const run = this.rewriting(network, args, options)
    for (;;) {
      const next = run.next()
      if (next.done) return next.value
      options.watch?.(next.value)
      if (next.value.type !== 'failed') continue
      if (!options.failed) throw next.value.error
      options.failed(next.value.error)
    }
  }

  /**
   * The same an event at a time: whoever asks may look at the clock, show progress, stop, and decide what a failed pattern
   * means. See `drive`.
   */
  rewriting(network: Network, args?: unknown, options: DriverOptions = {}): Generator<DriverEvent, RewriteSummary> {
    this.handOut(args)
    return drive(network, this.entries(), options)
  }
}

/** One place that an analyzer has looked at. */
export interface Analysis {
  readonly entry: PatternEntry<PatternAnalyzer>
  readonly match: Match
  /** The number that the analyzer has for the root; undefined for none. */
  readonly value: number | undefined
}

/** Patterns that look at a network, and what shows it to them. */
export class AnalysisPatternManager extends PatternManager<PatternAnalyzer> {
  private static readonly shared = new AnalysisPatternManager()
  /** The manager that everybody shares. */
  static instance(): AnalysisPatternManager {
    return AnalysisPatternManager.shared
  }

  /**
   * Shows every match of every analyzer, layer by layer in network order, by benefit. The network cannot change meanwhile.
   * @param args handed to every analyzer as `args`; without it each keeps its own
   * @throws PatternError where an analyzer throws
   */
  analyze(network: Network, args?: unknown): void {
    for (const _ of this.analyzing(network, args));
  }

  /** The same a match at a time. */
  *analyzing(network: Network, args?: unknown): Generator<Analysis> {
    this.handOut(args)
    const patterns = new PatternsByKind(this.entries())
    for (const layer of candidates(network, patterns)) yield* this.at(layer, patterns.of(layer))
  }

  private *at(layer: Layer, entries: readonly PatternEntry<PatternAnalyzer>[]): Generator<Analysis> {
    for (const entry of entries) {
      const match = analyzeAt(entry, layer)
      if (match) yield { entry, match, value: entry.pattern.results().get(match.root) }
    }
  }
}

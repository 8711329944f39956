import type { Layer } from '../network/network'
import type { Tensor } from '../network/network'
import { Match, MatchFailure } from './match'
import type { MatchResult } from './match'

/** One line of what a pattern says of its work. */
export interface LogEntry {
  readonly level: 'info' | 'warning' | 'error'
  readonly message: string
}

/** A longer name is none that anybody reads: hosts refuse it. */
export const LONGEST_NAME = 200

/** What rewriters and analyzers are made with. */
export interface PatternOptions {
  /** Kinds to begin a match at, or one; without it the pattern is tried on every layer. */
  readonly rootLayer?: string | Iterable<string>
}

abstract class Pattern {
  readonly rootLayer: ReadonlySet<string> | null
  /** What the caller of the manager passes in, or takes out. */
  args: unknown = null
  /** What the pattern has said, oldest first. */
  readonly log: LogEntry[] = []

  constructor(
    readonly name: string,
    options: PatternOptions = {},
  ) {
    const { rootLayer } = options
    this.rootLayer = rootLayer ? new Set(typeof rootLayer === 'string' ? [rootLayer] : rootLayer) : null
  }

  /** Whether the pattern is tried on this kind. */
  accepts(kind: string): boolean {
    return this.rootLayer === null || this.rootLayer.has(kind)
  }

  protected logInfo(message: string): void {
    this.log.push({ level: 'info', message })
  }
  protected logWarning(message: string): void {
    this.log.push({ level: 'warning', message })
  }
  protected logError(message: string): void {
    this.log.push({ level: 'error', message })
  }

  /** A match whose parts have names; the first names what the matcher looked at first. */
  protected matched(
    root: Layer,
    layers: Readonly<Record<string, Layer>>,
    tensors?: Readonly<Record<string, Tensor>>,
    data?: unknown,
  ): Match {
    return Match.of(root, layers, tensors, data)
  }

  /** A miss with its reason, for near misses and explanations. */
  protected declined(
    root: Layer,
    why: {
      part: string
      layer: Layer | null
      expected: string
      found: string
      matched?: Readonly<Record<string, Layer>>
      parts?: number
    },
  ): MatchFailure {
    return new MatchFailure(
      root,
      why.part,
      why.layer,
      why.expected,
      why.found,
      new Map(Object.entries(why.matched ?? {})),
      why.parts,
    )
  }
}

/** What a rewriter is made with. */
export interface RewriterOptions extends PatternOptions {
  /** The pattern overrides `match` and `rewrite`, so that its matches can be listed; otherwise `matchAndRewrite`. Default false. */
  readonly separateMatchRewrite?: boolean
}

/**
 * Matches a pattern in the network and rewrites what matched. Override `match` and `rewrite`, with
 * `separateMatchRewrite`, so that every match can be listed and shown beforehand; or `matchAndRewrite` alone.
 */
export class PatternRewriter extends Pattern {
  /** Whether `match` and `rewrite` are overridden: then matches can be listed, explained and shown before anything changes. */
  readonly separateMatchRewrite: boolean

  constructor(name: string, options: RewriterOptions = {}) {
    super(name, options)
    this.separateMatchRewrite = options.separateMatchRewrite ?? false
  }

  /** Whether the pattern matches with `layer` as its root. Must not change the network (E2). */
  match(_layer: Layer): MatchResult {
    throw new Error(`pattern ${this.name} has neither match nor matchAndRewrite`)
  }

  /** The match, or why there is none. A pattern whose `match` gives no reasons for speed gives them here. */
  explain(layer: Layer): Match | MatchFailure | null {
    const found = this.match(layer)
    return found === true ? Match.ofRoot(layer) : found === false ? null : found
  }

  /** Rewrites what `match` found. False gives up, and what was done is rolled back. */
  rewrite(_layer: Layer, _match: Match): boolean | void {
    throw new Error(`pattern ${this.name} has no rewrite`)
  }

  /** For a rewrite that finds that it cannot: says so in the log, and gives the false that rolls it back. */
  protected giveUp(root: Layer, why = 'what the rewrite needs is not known here'): false {
    this.logWarning(`matched at ${root.name}, and left it: ${why}`)
    return false
  }

  /**
   * Both in one: true where it rewrote; otherwise whatever it did is rolled back. Without an override it calls `match` and
   * `rewrite`, so that every rewriter has it. A manager also marks what was left dangling and checks the network; called by
   * itself it is one transaction, or part of the one that is open.
   * @throws whatever the pattern throws, and nothing has changed then
   */
  matchAndRewrite(layer: Layer): boolean | MatchFailure {
    const { network } = layer
    const found = network.locked(() => this.match(layer))
    if (found === false || found instanceof MatchFailure) return found
    const match = found === true ? Match.ofRoot(layer) : found
    const rewrite = (): boolean => this.rewrite(layer, match) !== false
    if (network.transactor.isKeeping) return rewrite()
    let done = false
    network.transact({ label: this.name }, () => (done = rewrite()))
    return done
  }
}

/** What an analyzer's `match` may give: a Match, the layers of a subgraph, or true for the root alone. */
export type Subgraph = Match | readonly Layer[] | true

/** Looks at every place where a pattern matches, without changing anything. */
export class PatternAnalyzer<S extends Subgraph = Subgraph> extends Pattern {
  /** Whether the pattern matches with `layer` as its root: what `analyze` is to see, or false or a reason. */
  match(_layer: Layer): S | MatchFailure | false {
    throw new Error(`analyzer ${this.name} has no match`)
  }

  /** Called once a match with what `match` gave; the original calls `match` twice. */
  analyze(_subgraph: S, _root: Layer): void {
    throw new Error(`analyzer ${this.name} has no analyze`)
  }

  /** A number for each layer to show on the canvas; none without it. */
  results(): ReadonlyMap<Layer, number> {
    return new Map()
  }
}

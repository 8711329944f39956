import type { Layer } from '../network/network'
import type { Network } from '../network/network'
import type { PatternRewriter } from '../pattern/pattern'
import { attempt, PatternError } from './attempt'
import type { Attempt, PatternEntry, Rewritten } from './attempt'
import { Worklist } from './worklist'

export type DriverEvent =
  | Rewritten
  /** A pattern threw or left the network unsound; it was rolled back, and the run goes on without that place. */
  | { readonly type: 'failed'; readonly error: PatternError }
  /** Nothing has been rewritten for a while: a chance to look at the clock, to show progress, to stop. */
  | { readonly type: 'visited'; readonly layers: number }

export interface DriverOptions {
  /** At most so many rewrites. Default: eight a layer at the start, and ten thousand. */
  readonly maxRewrites?: number
  /** Check what every rewrite touched (E4). Default true. */
  readonly verify?: boolean
  /** Uniform in [0, 1): shuffles the first order of layers, to show that it does not matter (E8). */
  readonly random?: () => number
  /** Only these are tried on layers that nothing has touched yet: the others have nothing left to do there. */
  readonly startWith?: readonly PatternEntry[]
  /** Whether at the end everything is tried once more, until nothing matches. Default true; false where another run follows. */
  readonly sweeps?: boolean
  /** Tried before each layer: false leaves it out (a scope filter, a breakpoint). */
  readonly admits?: (layer: Layer) => boolean
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
}

const VISITS_PER_EVENT = 4096
/** How many of the last rewrites are looked at to name the patterns that undo each other. */
const WINDOW = 64

/**
 * The greedy driver: tries patterns by benefit on every layer until none matches. A generator of events, so that one step,
 * ten steps and a run to the fixpoint are the same code; whoever drives it may stop at any event, and the network is sound.
 * Each layer that a rewrite touched comes again with its neighbours; at the end everything is tried once more, so that
 * what is left is a fixpoint whatever patterns look at.
 * @returns the number of rewrites
 * @throws RewriteLimitError past `maxRewrites`
 */
export function* drive(
  network: Network,
  entries: readonly PatternEntry[],
  options: DriverOptions = {},
): Generator<DriverEvent, number> {
  const limit = options.maxRewrites ?? 8 * network.numLayers + 10_000
  const verify = options.verify ?? true
  const patterns = new PatternsByKind(entries)
  const list = new Worklist(network, (layer) => patterns.of(layer).length > 0)
  const failed = new Set<string>()
  const recent: string[] = []
  let rewrites = 0
  let visits = 0
  let begins = options.startWith ? new PatternsByKind(options.startWith) : patterns
  for (let swept = -1; swept !== rewrites; begins = patterns) {
    swept = rewrites
    list.begin(firstOrder(network, begins, options.random))
    for (let layer = list.next(); layer; layer = list.next()) {
      if (++visits % VISITS_PER_EVENT === 0) yield { type: 'visited', layers: visits }
      if (options.admits && !options.admits(layer)) continue
      let tried = (list.isTouched ? patterns : begins).of(layer)
      for (let i = 0; i < tried.length && !layer.isRemoved(); i++) {
        const entry = tried[i]!
        const place = failed.size > 0 ? `${entry.label} ${layer.id}` : ''
        if (failed.has(place)) continue
        const result = tryOne(entry, layer, verify)
        if (result instanceof PatternError) {
          failed.add(`${entry.label} ${layer.id}`)
          yield { type: 'failed', error: result }
        } else if (result.type === 'rewritten') {
          recent[rewrites++ % WINDOW] = entry.label
          list.listen(result.transaction.edits)
          yield result
          if (rewrites >= limit) throw new RewriteLimitError(limit, [...new Set(recent)].sort())
          tried = patterns.of(layer)
          i = -1
        }
      }
    }
    if (options.sweeps === false) break
  }
  return rewrites
}

function tryOne(entry: PatternEntry, layer: Layer, verify: boolean): Attempt | PatternError {
  try {
    return attempt(entry, layer, verify)
  } catch (error) {
    if (error instanceof PatternError) return error
    throw error
  }
}

/** Highest benefit first, ties by order of adding (E6). The original sorts the other way round. */
export function byBenefit<P>(entries: readonly PatternEntry<P>[]): PatternEntry<P>[] {
  return [...entries].sort((a, b) => b.benefit - a.benefit)
}

/** The patterns to try on a layer of one network, in their order, worked out once a kind. */
export class PatternsByKind<P extends { accepts(kind: string): boolean } = PatternRewriter> {
  private readonly sorted: readonly PatternEntry<P>[]
  /** By `Layer.kindNumber`. */
  private readonly known: (readonly PatternEntry<P>[] | undefined)[] = []

  constructor(entries: readonly PatternEntry<P>[]) {
    this.sorted = byBenefit(entries)
  }

  of(layer: Layer): readonly PatternEntry<P>[] {
    return (this.known[layer.kindNumber] ??= this.ofKind(layer.record.kind))
  }

  ofKind(kind: string): readonly PatternEntry<P>[] {
    return this.sorted.filter((e) => e.pattern.accepts(kind))
  }
}

/** Where so large a part of the network is wanted, a walk in order is cheaper than sorting what the kinds list. */
const WALK_FROM = 1 / 16

/** The layers that some pattern begins at, in network order; costs what these kinds occur. */
export function candidates<P extends { accepts(kind: string): boolean }>(
  network: Network,
  patterns: PatternsByKind<P>,
): Layer[] {
  const kinds = network.kinds().filter((k) => patterns.ofKind(k).length > 0)
  let count = 0
  for (const kind of kinds) count += network.countOfKind(kind)
  if (count > network.numLayers * WALK_FROM) {
    const found = new Array<Layer>(count)
    let n = 0
    for (let l = network.store.first; l; l = l.next) if (patterns.of(l).length > 0 && !l.record.removed) found[n++] = l
    found.length = n
    return found
  }
  let found: Layer[] = []
  for (const kind of kinds) found = found.concat(network.layersOfKind(kind))
  return kinds.length > 1 ? network.inOrder(found) : found
}

function firstOrder(network: Network, patterns: PatternsByKind, random?: () => number): Layer[] {
  const layers = candidates(network, patterns)
  if (!random) return layers
  for (let i = layers.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1))
    const swap = layers[i]!
    layers[i] = layers[j]!
    layers[j] = swap
  }
  return layers
}

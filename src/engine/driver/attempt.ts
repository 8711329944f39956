import type { Transaction } from '../edit/transaction'
import { Layer } from '../network/network'
import { Match, MatchFailure } from '../pattern/match'
import type { MatchResult } from '../pattern/match'
import type { PatternAnalyzer, PatternRewriter } from '../pattern/pattern'
import { enterNetwork, leaveNetwork, netGuard } from '../network/guard'
import { finish } from './finish'

/** A pattern as a manager holds it. Higher benefit is tried first. */
export interface PatternEntry<P = PatternRewriter> {
  readonly label: string
  readonly pattern: P
  readonly benefit: number
  /** Patterns of a later stage wait until those of the earlier ones have nothing left to do. Default 1. */
  readonly stage?: number
}

/** A pattern rewrote: one transaction, already applied. */
export interface Rewritten {
  readonly type: 'rewritten'
  readonly entry: PatternEntry
  readonly root: Layer
  readonly match: Match
  readonly transaction: Transaction
}

/** What came of trying one pattern on one layer. */
export type Attempt = Rewritten | { readonly type: 'missed'; readonly failure: MatchFailure | null }

/** A pattern threw, or left the network unsound. What it did was rolled back (E3). */
export class PatternError extends Error {
  constructor(
    readonly label: string,
    readonly layer: Layer,
    readonly during: 'match' | 'rewrite' | 'analysis',
    override readonly cause: unknown,
  ) {
    super(`pattern ${label} failed in its ${during} on layer ${layer.name}: ${inWords(cause)}`)
    this.name = 'PatternError'
    // A layer leads to all of its network: whoever prints the error wants none of that.
    Object.defineProperty(this, 'layer', { value: layer, enumerable: false })
  }
}

/** What was thrown may throw again where it is read. */
function inWords(thrown: unknown): string {
  try {
    return thrown instanceof Error ? String(thrown.message) : String(thrown)
  } catch {
    return 'it threw something that cannot be read'
  }
}

/** The match of a pattern at one layer, or the reason why there is none; null where it gives none. */
export function explainAt(entry: PatternEntry, layer: Layer): Match | MatchFailure | null {
  try {
    const found = netGuard(layer.network, () => layer.network.locked(() => entry.pattern.explain(layer)))
    return found === null ? null : matchOf(found, layer)
  } catch (error) {
    throw new PatternError(entry.label, layer, 'match', error)
  }
}

const MISSED: Attempt = { type: 'missed', failure: null }

/** What a pattern's `match` gave, checked: code that no compiler has seen may give anything. */
function matchOf(result: MatchResult, layer: Layer): Match | MatchFailure | null {
  if (result === false) return null
  if (result === true) return Match.ofRoot(layer)
  if (result instanceof Match || result instanceof MatchFailure) return result
  throw new Error(`match gave ${wordFor(result)}: it gives true, false, a Match or a MatchFailure`)
}

const isListOfLayers = (x: unknown): boolean => Array.isArray(x) && x.length > 0 && x.every((l) => l instanceof Layer)

function wordFor(x: unknown): string {
  if (x === undefined) return 'nothing (is a return missing?)'
  return typeof x === 'object' && x !== null ? 'some other object' : String(x)
}

/** The match of a pattern at one layer, its failure, or null for a miss without a reason. Changes nothing (E2). */
export function matchAt(entry: PatternEntry, layer: Layer): Match | MatchFailure | null {
  const { network } = layer
  network.transactor.lock()
  enterNetwork(network)
  try {
    return matchOf(entry.pattern.match(layer), layer)
  } catch (error) {
    throw new PatternError(entry.label, layer, 'match', error)
  } finally {
    leaveNetwork()
    network.transactor.unlock()
  }
}

/**
 * Shows an analyzer one layer: `match`, and where it matches `analyze` with what `match` gave. Null where it does not. Neither
 * can change the network. A list of layers names its first as the root, and each by its name.
 * @throws PatternError where the analyzer throws
 */
export function analyzeAt(entry: PatternEntry<PatternAnalyzer>, layer: Layer): Match | null {
  let during: 'match' | 'analysis' = 'match'
  enterNetwork(layer.network)
  try {
    return layer.network.locked(() => {
      const found = entry.pattern.match(layer)
      if (found === false || found instanceof MatchFailure) return null
      if (found !== true && !(found instanceof Match) && !isListOfLayers(found))
        throw new Error(
          `match gave ${wordFor(found)}: it gives true, false, a Match, a MatchFailure or a list of layers`,
        )
      during = 'analysis'
      entry.pattern.analyze(found, layer)
      if (found instanceof Match) return found
      return found === true ? Match.ofRoot(layer) : new Match(layer, new Map(found.map((l) => [l.name, l])))
    })
  } catch (error) {
    throw new PatternError(entry.label, layer, during, error)
  } finally {
    leaveNetwork()
  }
}

/**
 * Tries a pattern on a layer: matches, rewrites as one transaction, marks what was left dangling as removed, checks what
 * was touched. Either all of it happens or nothing does (E3).
 * @param verify whether the touched part is checked (E4); a rewrite that fails the check is rolled back
 * @throws PatternError where the pattern throws or leaves the network unsound
 */
export function attempt(entry: PatternEntry, layer: Layer, verify = true): Attempt {
  const { pattern, label } = entry
  if (!pattern.separateMatchRewrite) return attemptCombined(entry, layer, verify)
  const match = matchAt(entry, layer)
  if (match === null) return MISSED
  if (match instanceof MatchFailure) return { type: 'missed', failure: match }
  const transaction = rewriteMatch(entry, match, verify)
  return transaction
    ? { type: 'rewritten', entry, root: layer, match, transaction }
    : { type: 'missed', failure: declined(layer, label) }
}

/** Rewrites one match as one transaction; null where the pattern gave up. @throws PatternError as `attempt`. */
export function rewriteMatch(entry: PatternEntry, match: Match, verify = true): Transaction | null {
  const { root } = match
  const { network } = root
  const { label } = entry
  const annotations = { label, pattern: label, root: root.id, rootName: root.name, match: match.bindings }
  const outer = network.insertBefore
  let done = false
  network.transactor.begin()
  try {
    network.insertBefore = root
    done = rewritten(entry, root, match)
    if (done) finish(network, match, verify)
  } catch (error) {
    done = false
    throw new PatternError(label, root, 'rewrite', error)
  } finally {
    network.insertBefore = outer
    if (!done) network.transactor.rollBack()
  }
  return done ? network.transactor.commit(annotations) : null
}

function rewritten({ pattern }: PatternEntry, root: Layer, match: Match): boolean {
  enterNetwork(root.network)
  try {
    return pattern.rewrite(root, match) !== false
  } finally {
    leaveNetwork()
  }
}

function attemptCombined(entry: PatternEntry, layer: Layer, verify: boolean): Attempt {
  const { network } = layer
  const { label, pattern } = entry
  const outer = network.insertBefore
  let failure: MatchFailure | null = null
  try {
    network.insertBefore = layer
    const transaction = network.transact({ label, pattern: label, root: layer.id, rootName: layer.name }, () => {
      const result = netGuard(network, () => pattern.matchAndRewrite(layer))
      if (result !== true) {
        if (result !== false && !(result instanceof MatchFailure))
          throw new Error(`matchAndRewrite gave ${wordFor(result)}: it gives true, false or a MatchFailure`)
        failure = result || null
        return false
      }
      finish(network, null, verify, layer)
    })
    if (!transaction) return failure ? { type: 'missed', failure } : MISSED
    const match = matchFromEdits(layer, transaction)
    return {
      type: 'rewritten',
      entry,
      root: layer,
      match,
      transaction: { ...transaction, annotations: { ...transaction.annotations, match: match.bindings } },
    }
  } catch (error) {
    throw new PatternError(label, layer, 'rewrite', error)
  } finally {
    network.insertBefore = outer
  }
}

/** What a combined pattern matched, read off the edits: the root and the layers that went. */
function matchFromEdits(root: Layer, transaction: Transaction): Match {
  const layers = new Map([['root', root]])
  for (const edit of transaction.edits) {
    if (edit.type !== 'setRemoved' || edit.layer === root.id) continue
    const layer = root.network.getLayer(edit.layer)
    if (layer) layers.set(layer.name, layer)
  }
  return new Match(root, layers)
}

function declined(layer: Layer, label: string): MatchFailure {
  return new MatchFailure(layer, 'rewrite', layer, `${label} to rewrite what it matched`, 'it gave up')
}

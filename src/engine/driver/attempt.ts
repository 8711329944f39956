import { layersTouched } from '../edit/edit'
import type { Edit, LayerEdit } from '../edit/edit'
import { markDangling } from '../edit/prune'
import type { Transaction } from '../edit/transaction'
import type { Layer } from '../network/layer'
import type { Network } from '../network/network'
import { verifyNetwork } from '../network/verify'
import { Match, MatchFailure } from '../pattern/match'
import type { PatternRewriter } from '../pattern/pattern'
import { retype } from './retype'

/** A pattern as a manager holds it. Higher benefit is tried first. */
export interface PatternEntry<P = PatternRewriter> {
  readonly label: string
  readonly pattern: P
  readonly benefit: number
}

/** What came of trying one pattern on one layer. */
export type Attempt =
  | { readonly type: 'rewritten'; readonly transaction: Transaction; readonly match: Match }
  | { readonly type: 'missed'; readonly failure: MatchFailure | null }

/** A pattern threw, or left the network unsound. What it did was rolled back (E3). */
export class PatternError extends Error {
  constructor(
    readonly label: string,
    readonly layer: Layer,
    readonly during: 'match' | 'rewrite',
    override readonly cause: unknown,
  ) {
    const why = cause instanceof Error ? cause.message : String(cause)
    super(`pattern ${label} failed in its ${during} on layer ${layer.name}: ${why}`)
    this.name = 'PatternError'
  }
}

/** The match of a pattern at one layer, or the reason why there is none; null where it gives none. */
export function explainAt(entry: PatternEntry, layer: Layer): Match | MatchFailure | null {
  try {
    return layer.network.locked(() => entry.pattern.explain(layer))
  } catch (error) {
    throw new PatternError(entry.label, layer, 'match', error)
  }
}

const MISSED: Attempt = { type: 'missed', failure: null }

/** The match of a pattern at one layer, its failure, or null for a miss without a reason. Changes nothing (E2). */
export function matchAt(
  entry: PatternEntry<{ match(layer: Layer): ReturnType<PatternRewriter['match']> }>,
  layer: Layer,
): Match | MatchFailure | null {
  const { network } = layer
  network.lock()
  try {
    const result = entry.pattern.match(layer)
    return result === true ? Match.ofRoot(layer) : result === false ? null : result
  } catch (error) {
    throw new PatternError(entry.label, layer, 'match', error)
  } finally {
    network.unlock()
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
  return transaction ? { type: 'rewritten', transaction, match } : { type: 'missed', failure: declined(layer, label) }
}

/** Rewrites one match as one transaction; null where the pattern gave up. @throws PatternError as `attempt`. */
export function rewriteMatch(entry: PatternEntry, match: Match, verify = true): Transaction | null {
  const { root } = match
  const { network } = root
  const { label } = entry
  const annotations = { label, pattern: label, root: root.id, rootName: root.name, match: match.bindings }
  const outer = network.insertBefore
  let done = false
  network.begin()
  try {
    network.insertBefore = root
    done = entry.pattern.rewrite(root, match) !== false
    if (done) finish(network, match, verify)
  } catch (error) {
    done = false
    throw new PatternError(label, root, 'rewrite', error)
  } finally {
    network.insertBefore = outer
    if (!done) network.rollBack()
  }
  return done ? network.commit(annotations) : null
}

function attemptCombined(entry: PatternEntry, layer: Layer, verify: boolean): Attempt {
  const { network } = layer
  const { label, pattern } = entry
  const outer = network.insertBefore
  let failure: MatchFailure | null = null
  try {
    network.insertBefore = layer
    const transaction = network.transact({ label, pattern: label, root: layer.id, rootName: layer.name }, () => {
      const result = pattern.matchAndRewrite(layer)
      if (result !== true) {
        failure = result || null
        return false
      }
      finish(network, null, verify, layer)
    })
    if (!transaction) return failure ? { type: 'missed', failure } : MISSED
    const match = matchFromEdits(layer, transaction)
    return {
      type: 'rewritten',
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

/** The part of a rewrite that no pattern should have to think of: types, dangling layers, origins, the check. */
function finish(network: Network, match: Match | null, verify: boolean, root?: Layer): void {
  retype(network)
  markLosers(network)
  giveOrigin(network, match, root)
  const problems = verify ? verifyNetwork(network, touched(network)) : []
  if (problems.length > 0)
    throw new Error(
      `it left the network unsound: ${problems.map((p) => `${p.layer ?? p.tensor ?? ''}: ${p.message}`).join('; ')}`,
    )
}

/** Marks the producers of tensors that lost their last user in the open transaction. */
function markLosers(network: Network): void {
  const count = network.pendingCount
  for (let i = 0; i < count; i++) {
    const edit = network.pendingEdit(i)
    if (edit.type === 'setInput' || edit.type === 'setNetworkOutput') {
      const parent = edit.from === null ? undefined : network.getTensor(edit.from)?.parent
      if (parent) markDangling(network, parent)
    } else if (edit.type === 'setRemoved' && edit.to) {
      const layer = network.store.layer(edit.layer)
      for (let k = 0; k < layer.numInputs; k++) {
        const parent = layer.input(k)?.parent
        if (parent) markDangling(network, parent)
      }
    }
  }
}

/** Layers that were made in the open transaction get the names of those that went, or of those that matched (E11). */
function giveOrigin(network: Network, match: Match | null, root: Layer | undefined): void {
  let origin: readonly string[] | null = null
  for (let i = 0; i < network.pendingCount; i++) {
    const edit = network.pendingEdit(i)
    if (edit.type !== 'addLayer' || edit.layer.origin.length > 0) continue
    origin ??= namesGone(network) ?? namesMatched(match, root)
    seal(network, edit, origin)
  }
}

/** Of exact size: it stays as long as the layers. Null where nothing went. */
function namesGone(network: Network): string[] | null {
  let count = 0
  for (let i = 0; i < network.pendingCount; i++) if (nameGone(network, network.pendingEdit(i)) !== null) count++
  if (count === 0) return null
  const names = new Array<string>(count)
  for (let i = 0, n = 0; n < count; i++) {
    const name = nameGone(network, network.pendingEdit(i))
    if (name !== null) names[n++] = name
  }
  return names
}

function nameGone(network: Network, edit: Edit): string | null {
  if (edit.type === 'setRemoved' && edit.to) return network.store.layer(edit.layer).name
  return edit.type === 'removeLayer' ? edit.layer.name : null
}

function namesMatched(match: Match | null, root: Layer | undefined): string[] {
  if (match) return Array.from(match.layers.values(), (l) => l.name)
  return root ? [root.name] : []
}

/** The record as it was added and as it is now: both made in this transaction, so nobody has seen them without an origin. */
function seal(network: Network, edit: LayerEdit, origin: readonly string[]): void {
  ;(edit.layer as { origin: readonly string[] }).origin = origin
  const now = network.getLayer(edit.layer.id)?.record
  if (now) (now as { origin: readonly string[] }).origin = origin
}

function touched(network: Network): Set<Layer> {
  const found = new Set<Layer>()
  for (let i = 0; i < network.pendingCount; i++) {
    for (const id of layersTouched(network.pendingEdit(i))) {
      const layer = network.getLayer(id)
      if (layer) found.add(layer)
    }
  }
  return found
}

function declined(layer: Layer, label: string): MatchFailure {
  return new MatchFailure(layer, 'rewrite', layer, `${label} to rewrite what it matched`, 'it gave up')
}

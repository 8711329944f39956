import { layersTouched } from '../edit/edit'
import type { LayerEdit } from '../edit/edit'
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
  try {
    const result = layer.network.locked(() => entry.pattern.match(layer))
    return result === true ? Match.ofRoot(layer) : result === false ? null : result
  } catch (error) {
    throw new PatternError(entry.label, layer, 'match', error)
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
  const annotations = {
    label: entry.label,
    pattern: entry.label,
    root: root.id,
    rootName: root.name,
    match: match.bindings,
  }
  try {
    return within(root, () =>
      root.network.transact(annotations, () => {
        if (entry.pattern.rewrite(root, match) === false) return false
        finish(root.network, match, verify)
      }),
    )
  } catch (error) {
    throw new PatternError(entry.label, root, 'rewrite', error)
  }
}

function attemptCombined(entry: PatternEntry, layer: Layer, verify: boolean): Attempt {
  const { network } = layer
  const { label, pattern } = entry
  let failure: MatchFailure | null = null
  try {
    const transaction = within(layer, () =>
      network.transact({ label, pattern: label, root: layer.id, rootName: layer.name }, () => {
        const result = pattern.matchAndRewrite(layer)
        if (result !== true) {
          failure = result || null
          return false
        }
        finish(network, null, verify, layer)
      }),
    )
    if (!transaction) return failure ? { type: 'missed', failure } : MISSED
    const match = matchFromEdits(layer, transaction)
    return {
      type: 'rewritten',
      match,
      transaction: { ...transaction, annotations: { ...transaction.annotations, match: match.bindings } },
    }
  } catch (error) {
    throw new PatternError(label, layer, 'rewrite', error)
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

/** New layers go in front of the root and take over its scope while `fn` runs. */
function within<T>(root: Layer, fn: () => T): T {
  const { network } = root
  const outer = network.insertion
  network.insertion = { before: root, scope: root.scope }
  try {
    return fn()
  } finally {
    network.insertion = outer
  }
}

/** The part of a rewrite that no pattern should have to think of: types, dangling layers, origins, the check. */
function finish(network: Network, match: Match | null, verify: boolean, root?: Layer): void {
  retype(network)
  markDangling(network, losers(network))
  const removed: string[] = []
  const added: LayerEdit[] = []
  for (const edit of network.pendingEdits) {
    if (edit.type === 'setRemoved' && edit.to) removed.push(network.store.layer(edit.layer).name)
    else if (edit.type === 'removeLayer') removed.push(edit.layer.name)
    else if (edit.type === 'addLayer') added.push(edit)
  }
  if (removed.length === 0 && match) for (const layer of match.layers.values()) removed.push(layer.name)
  if (removed.length === 0 && root) removed.push(root.name)
  // A copy is of exact size, and it stays as long as the layer.
  const origin = removed.slice()
  for (const edit of added) if (edit.layer.origin.length === 0) seal(network, edit, origin)
  const problems = verify ? verifyNetwork(network, touched(network)) : []
  if (problems.length > 0)
    throw new Error(
      `it left the network unsound: ${problems.map((p) => `${p.layer ?? p.tensor ?? ''}: ${p.message}`).join('; ')}`,
    )
}

/** The record as it was added and as it is now: both made in this transaction, so nobody has seen them without an origin. */
function seal(network: Network, edit: LayerEdit, origin: readonly string[]): void {
  for (const record of [edit.layer, network.getLayer(edit.layer.id)?.record]) {
    if (record) (record as { origin: readonly string[] }).origin = origin
  }
}

/** Producers of the tensors that lost a user in the open transaction; one may stand there twice. */
function losers(network: Network): Layer[] {
  const found: Layer[] = []
  for (const edit of network.pendingEdits) {
    if (edit.type === 'setInput' || edit.type === 'setNetworkOutput') {
      const parent = edit.from === null ? undefined : network.getTensor(edit.from)?.parent
      if (parent) found.push(parent)
    } else if (edit.type === 'setRemoved' && edit.to) {
      for (const use of network.store.layer(edit.layer).uses) if (use.tensor?.parent) found.push(use.tensor.parent)
    }
  }
  return found
}

function touched(network: Network): Set<Layer> {
  const found = new Set<Layer>()
  for (const edit of network.pendingEdits) {
    for (const id of layersTouched(edit)) {
      const layer = network.getLayer(id)
      if (layer) found.add(layer)
    }
  }
  return found
}

function declined(layer: Layer, label: string): MatchFailure {
  return new MatchFailure(layer, 'rewrite', layer, `${label} to rewrite what it matched`, 'it gave up')
}

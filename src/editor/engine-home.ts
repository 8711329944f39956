/** The engine's home: one network with its history and patterns. Runs in the engine worker; knows nothing of messages. */
import type { LayerId, Network, PatternEntry, Transaction } from '../engine'
import { drive, findMatches, History, Match, MatchFailure, networkFromSnapshot, rewriteMatch, look } from '../engine'
import type { HistoryId, HistoryStep, NetworkSnapshot } from '../engine'
import { catalogueFor } from './catalogue'
import type { CatalogueEntry } from './catalogue'
import { dialectNamed } from './dialects'
import { packed } from './plain'
import type { MatchInfo, Moved, StepInfo, Timeline } from './protocol'

export class EngineHome {
  readonly network: Network
  readonly catalogue: readonly CatalogueEntry[]
  private readonly history: History

  constructor(snapshot: NetworkSnapshot) {
    this.network = networkFromSnapshot(snapshot, dialectNamed(snapshot.dialect))
    this.history = new History(this.network)
    this.catalogue = catalogueFor(snapshot.dialect)
  }

  /** Matches of one pattern, one at a time, so that whoever asks can stop or take a breath. */
  *matches(label: string): Generator<MatchInfo> {
    const entry = this.entry(label)
    if (entry.type === 'rewriter') {
      for (const found of findMatches(this.network, entry)) if (found instanceof Match) yield infoOf(label, found)
      return
    }
    for (const layer of this.network.getLayers()) {
      if (layer.isRemoved() || !entry.pattern.accepts(layer.kind)) continue
      const found = this.network.locked(() => entry.pattern.match(layer))
      if (found === true) yield infoOf(label, Match.ofRoot(layer))
      else if (found instanceof Match) yield infoOf(label, found)
    }
  }

  apply(label: string, root: LayerId): Moved {
    const layer = this.network.getLayer(root)
    const entry = this.rewriter(label)
    const found = layer && !layer.isRemoved() ? look(entry, layer) : null
    if (!found || found instanceof MatchFailure) return this.moved([])
    const transaction = rewriteMatch(entry, found)
    return transaction ? this.moved([this.commit(transaction)]) : this.moved([])
  }

  /** Rewrites to the fixpoint, then goes back: the steps lie ahead of the cursor. */
  plan(labels: readonly string[]): Moved {
    const start = this.history.cursor
    const entries = labels.map((label) => this.rewriter(label))
    for (const event of drive(this.network, entries)) {
      if (event.type === 'rewritten') this.history.commit(event.transaction)
      if (event.type === 'failed') throw event.error
    }
    this.history.seek(start)
    return this.moved([])
  }

  seek(node: HistoryId): Moved {
    return this.moved(this.history.seek(node))
  }

  private commit(transaction: Transaction): HistoryStep {
    return { node: this.history.commit(transaction).id, transaction, direction: 'forward' }
  }

  private moved(steps: readonly HistoryStep[]): Moved {
    return {
      steps: steps.map((s) => ({
        node: s.node,
        direction: s.direction,
        to: s.direction === 'forward' ? s.node : (this.history.node(s.node).parent ?? 0),
        transaction: packed(s.transaction),
      })),
      timeline: this.timeline(),
    }
  }

  timeline(): Timeline {
    const line = this.history.line().filter((n) => n.transaction !== null)
    return { steps: line.map((n) => stepInfo(n.id, n.transaction!, this.network)), cursor: this.history.cursor }
  }

  private entry(label: string): CatalogueEntry {
    const entry = this.catalogue.find((e) => e.label === label)
    if (!entry) throw new Error(`there is no pattern labelled ${label}`)
    return entry
  }

  private rewriter(label: string): PatternEntry {
    const entry = this.entry(label)
    if (entry.type !== 'rewriter') throw new Error(`${label} analyzes and does not rewrite`)
    return entry
  }
}

function infoOf(pattern: string, match: Match): MatchInfo {
  return {
    pattern,
    root: match.root.id,
    rootName: match.root.name,
    scope: match.root.scope,
    parts: [...match.layers].map(([part, layer]) => [part, layer.id] as const),
    tensors: [...match.tensors].map(([name, tensor]) => [name, tensor.id] as const),
  }
}

function stepInfo(node: HistoryId, transaction: Transaction, network: Network): StepInfo {
  let removed = 0
  let added = 0
  for (const edit of transaction.edits) {
    if (edit.type === 'setRemoved') removed += edit.to ? 1 : -1
    if (edit.type === 'addLayer') added++
  }
  const { label, rootName = '', root } = transaction.annotations
  const scope = root === undefined ? '' : (network.getLayer(root)?.scope ?? '')
  const layers = Object.values(transaction.annotations.match?.layers ?? {})
  return { node, label, rootName, scope, removed, added, layers }
}

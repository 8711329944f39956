/** The engine's home: one network with its history and patterns. Runs in the engine worker; knows nothing of messages. */
import type { LayerId, Network, Transaction } from '../engine'
import { attempt, drive, findMatches, History, Match, networkFromSnapshot } from '../engine'
import type { HistoryId, HistoryStep, NetworkSnapshot } from '../engine'
import { catalogueFor } from './catalogue'
import type { Offer, RewriterOffer } from './catalogue'
import { dialectNamed } from './dialects'
import { packed } from './plain'
import type { MatchInfo, Moved, StepInfo, Timeline } from './protocol'

export class EngineHome {
  readonly catalogue: readonly Offer[]
  private readonly history: History

  constructor(readonly network: Network) {
    this.history = new History(network)
    this.catalogue = catalogueFor(network)
  }

  static ofSnapshot(snapshot: NetworkSnapshot): EngineHome {
    return new EngineHome(networkFromSnapshot(snapshot, dialectNamed(snapshot.dialect)))
  }

  /** Matches of one pattern, one at a time, so that whoever asks can stop or take a breath. */
  *matches(label: string): Generator<MatchInfo> {
    const entry = this.entry(label)
    if (entry.type === 'rewriter') {
      for (const found of findMatches(this.network, entry)) if (found instanceof Match) yield infoOf(label, found)
      return
    }
    const analyzer = entry.make()
    for (const layer of this.network.getLayers()) {
      if (layer.isRemoved() || !analyzer.accepts(layer.kind)) continue
      const result = this.network.locked(() => analyzer.match(layer))
      const match = result === true ? Match.ofRoot(layer) : result
      if (!(match instanceof Match)) continue
      this.network.locked(() => analyzer.analyze(layer, match))
      const value = analyzer.results().get(layer)
      yield { ...infoOf(label, match), ...(value === undefined ? null : { value }) }
    }
  }

  apply(label: string, root: LayerId): Moved {
    const layer = this.network.getLayer(root)
    const entry = this.rewriter(label)
    const result = layer && !layer.isRemoved() ? attempt(entry, layer) : null
    return this.moved(result?.type === 'rewritten' ? [this.commit(result.transaction)] : [])
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

  private entry(label: string): Offer {
    const entry = this.catalogue.find((e) => e.label === label)
    if (!entry) throw new Error(`there is no pattern labelled ${label}`)
    return entry
  }

  private rewriter(label: string): RewriterOffer {
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

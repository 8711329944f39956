/** The engine's home: one network with its history and patterns. Runs in the engine worker; knows nothing of messages. */
import type {
  DriverEvent,
  HistoryId,
  HistoryNode,
  HistoryStep,
  Layer,
  LayerId,
  LogEntry,
  Network,
  NetworkSnapshot,
  PatternError,
  Transaction,
} from '../../engine'
import {
  AnalysisPatternManager,
  attempt,
  findMatches,
  History,
  Match,
  networkFromSnapshot,
  prune,
  pruneConstants,
  RewritePatternManager,
  snapshotOf,
} from '../../engine'
import type { Target } from '../../patterns'
import { catalogueFor, codeOffer, offerOf } from './catalogue'
import type { Offer, RewriterOffer } from './catalogue'
import type { MatchInfo, OwnRule } from '../protocol/match-info'
import { DRAFT } from '../protocol/match-info'
import { dialectNamed } from '../../dialects/tensorrt'
import { TimelineReport } from './timeline-report'
import { inScope } from '../view/match-scopes'
import { packed } from '../protocol/codec'
import type { Act, Moved, MoveStep, PlanRequest } from '../protocol/moves'
import type { Timeline } from '../protocol/timeline'
import type { SandboxedCode } from './sandboxed-code'
import { SessionBase } from './session-base'
import { StartText } from './start-text'
import { StepEvidence } from './step-evidence'

export class Workspace {
  /** Made when it is asked for: whoever opens a network says first what it is to be offered for. */
  private offered: readonly Offer[] | null = null
  /** The pattern that is being written: it can be looked for like any other, and is not part of the library. */
  private draft: Offer | null = null
  /** Files of patterns that run in sandboxes, by label. */
  readonly codes = new Map<string, SandboxedCode>()
  /** Where the last plan ended before it went back. */
  reached: HistoryId = 0
  readonly history: History
  readonly tree: TimelineReport
  readonly base: SessionBase
  readonly evidence: StepEvidence
  readonly startText: StartText

  /**
   * @param original the network as it came, before its operator set was raised
   * @param start the network as it was when it was opened
   */
  constructor(
    readonly network: Network,
    readonly original: NetworkSnapshot = snapshotOf(network),
    readonly start: NetworkSnapshot = original,
  ) {
    this.history = new History(network)
    this.tree = new TimelineReport(this.history)
    this.evidence = new StepEvidence(this.history)
    this.base = new SessionBase(start)
    this.startText = new StartText(start)
  }

  get catalogue(): readonly Offer[] {
    return (this.offered ??= catalogueFor(this.network, this.target, this.rules, this.codes))
  }

  static ofSnapshot(snapshot: NetworkSnapshot, original = snapshot): Workspace {
    return new Workspace(networkFromSnapshot(snapshot, dialectNamed(snapshot.dialect)), original, snapshot)
  }

  /** What was offered last. */
  target: Target = 'ort'
  rules: readonly OwnRule[] = []

  offer(target: Target, rules: readonly OwnRule[]): void {
    this.target = target
    this.rules = rules
    this.offered = null
  }

  /** Takes up the text of the rule that is being written; where it cannot be read, there is none. */
  write(text: string): void {
    this.draft = null
    this.draft = offerOf({ label: DRAFT, text }, this.network)
  }

  /** The same for a file of code, which runs in its sandbox already. */
  writeCode(code: SandboxedCode): void {
    this.draft = codeOffer({ label: DRAFT, text: code.text, language: 'ts' }, code)
  }

  /** What patterns have said in their logs since this was last asked. */
  newLogs(): { label: string; lines: LogEntry[] }[] {
    return this.catalogue.flatMap((offer) => {
      if (offer.type !== 'rewriter' || offer.pattern.log.length === 0) return []
      return [{ label: offer.label, lines: offer.pattern.log.splice(0) }]
    })
  }

  /** Matches of one pattern, one at a time, so that whoever asks can stop or take a breath. */
  *matches(label: string): Generator<MatchInfo> {
    const entry = this.entry(label)
    if (entry.type === 'rewriter') {
      for (const found of findMatches(this.network, entry)) if (found instanceof Match) yield infoOf(label, found)
      return
    }
    const manager = new AnalysisPatternManager().add(label, entry.make())
    for (const { match, value } of manager.analyzing(this.network))
      yield { ...infoOf(label, match), ...(value === undefined ? null : { value }) }
  }

  apply(label: string, root: LayerId): Moved<Timeline> {
    const offer = this.rewriter(label)
    const said = offer.pattern.log.length
    const step = this.attempt(offer, root)
    if (step) return this.moved([step])
    const why = offer.pattern.log.slice(said).at(-1)?.message
    return { ...this.here(), declined: why ?? 'The pattern matches here, and gave up when it was to rewrite.' }
  }

  private attempt(entry: RewriterOffer, root: LayerId): HistoryStep | null {
    const layer = this.network.getLayer(root)
    const result = layer && !layer.isRemoved() ? attempt(entry, layer) : null
    return result?.type === 'rewritten' ? this.commit(result.transaction) : null
  }

  /**
   * Rewrites to the fixpoint, then goes back: the steps lie ahead of the cursor. A pattern that fails at one layer says so in its log,
   * and the run goes on without that place.
   * @throws PatternError where nothing else was done
   */
  plan(request: PlanRequest): Moved<Timeline> {
    for (const _ of this.planning(request));
    return this.here()
  }

  /** As `plan`, a driver's event at a time. Ended early it goes back all the same, and what was done so far lies ahead. */
  *planning({ wanted, whole, scope = '' }: PlanRequest): Generator<DriverEvent> {
    const start = this.history.cursor
    const known = [...this.history.node(start).children]
    const manager = this.managerOf(wanted)
    const admits = (layer: Layer): boolean => inScope(layer.scope, scope)
    let failure: PatternError | null = null
    try {
      const { history } = this
      for (const event of manager.rewriting(this.network, undefined, { admits, history, prune: whole })) {
        if (event.type === 'rewritten' || event.type === 'pruned') this.adopt(history.node(history.cursor))
        if (event.type === 'failed') {
          failure ??= event.error
          const { label, message } = event.error
          this.rewriter(label).pattern.log.push({ level: 'error', message })
        }
        yield event
      }
      if (failure && this.history.cursor === start) throw failure
    } catch (error) {
      this.history.seek(start)
      for (const child of this.history.node(start).children) if (!known.includes(child)) this.history.drop(child)
      throw error
    } finally {
      this.reached = this.history.cursor
      this.history.seek(start)
    }
  }

  private managerOf(wanted: PlanRequest['wanted']): RewritePatternManager {
    const manager = new RewritePatternManager()
    for (const { label, benefit } of wanted) {
      const { pattern, stage } = this.rewriter(label)
      manager.add(label, pattern, benefit, stage)
    }
    return manager
  }

  /** No move at all: what lies around the cursor now. */
  here(): Moved<Timeline> {
    return this.moved([])
  }

  /** Does acts again, as far as they can be, then goes back: the steps lie ahead of the cursor. */
  replay(acts: readonly Act[]): Moved<Timeline> {
    const start = this.history.cursor
    for (const { label, root } of acts) {
      const done = root === null ? this.clearDead() : this.again(label, root)
      if (!done) break
    }
    this.history.seek(start)
    return this.moved([])
  }

  /** Applies a pattern at a layer, as a step; false where it does not match, or gives up. @throws PatternError */
  again(label: string, root: LayerId): boolean {
    const offer = this.catalogue.find((o) => o.label === label)
    return offer?.type === 'rewriter' && this.attempt(offer, root) !== null
  }

  /** Takes out what is dead, as a step. */
  prune(): Moved<Timeline> {
    const step = this.clearDead()
    return this.moved(step ? [{ node: step.id, transaction: step.transaction!, direction: 'forward' }] : [])
  }

  private clearDead(): HistoryNode | null {
    const clear = (): void => {
      prune(this.network)
      pruneConstants(this.network)
    }
    const step = this.history.do({ label: 'Prune' }, clear)
    if (step) this.adopt(step)
    return step
  }

  seek(node: HistoryId): Moved<Timeline> {
    return this.moved(this.history.seek(node))
  }

  /** Goes there by the step that leads there, so that it can be shown: from behind it to before it, and forward. */
  visit(node: HistoryId): Moved<Timeline> {
    const { history } = this
    const way = history.path(history.cursor, node)
    const { parent } = history.node(node)
    if (way.length < 2 || parent === null || way.at(-1)!.direction === 'forward') return this.seek(node)
    return this.moved([...history.seek(parent), ...history.seek(node)])
  }

  /** Whether the step was made by a pattern that claims to be exact. */
  isExact(node: HistoryId): boolean {
    const label = this.history.node(node).transaction?.annotations.pattern
    return this.catalogue.find((o) => o.label === label)?.exactness === 'exact'
  }

  private commit(transaction: Transaction): HistoryStep {
    const node = this.adopt(this.history.commit(transaction))
    return { node, transaction, direction: 'forward' }
  }

  /** Takes note of a point that the network has just come to. */
  adopt(node: HistoryNode): HistoryId {
    this.tree.note(node)
    return node.id
  }

  moved(steps: readonly HistoryStep[]): Moved<Timeline> {
    return { steps: this.packedSteps(steps), timeline: this.timeline() }
  }

  packedSteps(steps: readonly HistoryStep[]): MoveStep[] {
    return steps.map((s) => ({
      node: s.node,
      direction: s.direction,
      to: s.direction === 'forward' ? s.node : (this.history.node(s.node).parent ?? 0),
      transaction: packed(s.transaction),
    }))
  }

  timeline(): Timeline {
    return this.tree.timeline()
  }

  private entry(label: string): Offer {
    const entry = label === DRAFT ? this.draft : this.catalogue.find((e) => e.label === label)
    if (!entry) throw new Error(`there is no pattern labelled ${label}`)
    return entry
  }

  rewriter(label: string): RewriterOffer {
    const entry = this.entry(label)
    if (entry.type !== 'rewriter') throw new Error(`${label} analyzes and does not rewrite`)
    return entry
  }
}

export function infoOf(pattern: string, match: Match): MatchInfo {
  return {
    pattern,
    root: match.root.id,
    rootName: match.root.name,
    scope: match.root.scope,
    parts: [...match.layers].map(([part, layer]) => [part, layer.id] as const),
    tensors: [...match.tensors].map(([name, tensor]) => [name, tensor.id] as const),
  }
}

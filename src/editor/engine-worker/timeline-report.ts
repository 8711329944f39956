/** What the page is told of a history tree: its open line, its branches, its bookmarks. */
import { changeOf, costOfChange } from '../../cost'
import type { CostChange, CostSum, Sizes } from '../../cost'
import type { Dropped, Edit, History, HistoryId, HistoryNode, HistoryStep } from '../../engine'
import type { BranchInfo, Fork, StepInfo, Timeline } from '../protocol/timeline'
import { stepInfo } from './step-info'
import type { StepFacts } from './step-info'

interface Facts {
  /** Steps from the start. */
  readonly depth: number
  /** Layers in the network there. */
  readonly left: number
  /** null at the start. */
  readonly step: StepFacts | null
  readonly change: CostChange
}

interface Deleted {
  /** What a person called it. */
  readonly called: string
  readonly dropped: Dropped
}

export class TimelineReport {
  private readonly known = new Map<HistoryId, Facts>()
  /** As it was given last: a row that says the same is the same object. */
  private readonly rows = new Map<HistoryId, StepInfo>()
  private sizes: Sizes = {}
  /** By point, with the sizes that are said now. */
  private readonly costs = new Map<HistoryId, CostSum>()
  /** What was deleted and not brought back, the last deletion last. */
  readonly deleted: Deleted[] = []

  /** @param history of a network that stands at its start */
  constructor(private readonly history: History) {
    const left = history.network.getLayers().filter((l) => !l.isRemoved()).length
    this.known.set(history.root, { depth: 0, left, step: null, change: { before: [], after: [] } })
  }

  /** Keeps what is to be said of a step, now that the layers it speaks of are there. */
  note({ id, parent, transaction }: HistoryNode): void {
    if (this.known.has(id) || transaction === null || parent === null) return
    const before = this.facts(parent)
    const left = before.left + transaction.edits.reduce((n, e) => n + layersGained(e), 0)
    const { network } = this.history
    const change = changeOf(transaction, network)
    this.known.set(id, { depth: before.depth + 1, left, step: stepInfo(transaction, network), change })
  }

  private facts(id: HistoryId): Facts {
    const facts = this.known.get(id)
    if (facts) return facts
    this.note(this.history.node(id))
    return this.known.get(id)!
  }

  /** @param said symbolic sizes that a person gave */
  setSizes(said: Sizes): void {
    this.sizes = said
    this.costs.clear()
  }

  private costOf(id: HistoryId): CostSum {
    const known = this.costs.get(id)
    if (known) return known
    const cost = costOfChange(this.facts(id).change, this.sizes)
    this.costs.set(id, cost)
    return cost
  }

  /** Goes to where a branch grew from, if the network stands in it, and gives the steps that led out. */
  leave(node: HistoryId): readonly HistoryStep[] {
    const { history } = this
    const { parent } = history.node(node)
    return parent !== null && history.ancestors(history.cursor).includes(node) ? history.seek(parent) : []
  }

  /** Deletes a point and all behind it. */
  drop(node: HistoryId, called: string): void {
    this.deleted.push({ called, dropped: this.history.drop(node) })
  }

  /** Brings back what was deleted last. */
  restore(): void {
    const last = this.deleted.pop()
    if (last) this.history.restore(last.dropped)
  }

  timeline(): Timeline {
    const { history } = this
    const line = history.line()
    const tip = line.at(-1)?.id ?? history.root
    const names = new Map<HistoryId, string | null>()
    const branches = this.branches(tip, names)
    return {
      steps: line.flatMap((node) => this.stepOf(node, names) ?? []),
      cursor: history.cursor,
      branches,
      bookmarks: history
        .nodes()
        .filter((n) => n.bookmarked || n.name !== null)
        .map(({ id, name }) => {
          const { depth, left, step } = this.facts(id)
          return {
            node: id,
            name,
            label: step?.label ?? 'Original',
            rootName: step?.rootName ?? '',
            step: depth,
            left,
          }
        }),
      deleted: this.deleted.at(-1)?.called ?? null,
      atStart: this.facts(history.root).left,
    }
  }

  private stepOf(
    { id, parent, name, bookmarked }: HistoryNode,
    names: ReadonlyMap<HistoryId, string | null>,
  ): StepInfo | null {
    const { step, left } = this.facts(id)
    if (!step || parent === null) return null
    const cost = this.costOf(id)
    const branches = this.forksAt(parent, id, names)
    const last = this.rows.get(id)
    if (last?.name === name && last.bookmarked === bookmarked && last.cost === cost && areSame(last.branches, branches))
      return last
    const row: StepInfo = { ...step, node: id, left, name, bookmarked, branches, cost }
    this.rows.set(id, row)
    return row
  }

  /** The other ways that go on from a point. */
  private forksAt(point: HistoryId, taken: HistoryId, names: ReadonlyMap<HistoryId, string | null>): readonly Fork[] {
    const { children } = this.history.node(point)
    if (children.length === 1) return NONE
    const others = children.filter((child) => child !== taken)
    return others.map((node): Fork => {
      const { label = '', rootName = '' } = this.facts(node).step ?? {}
      return { node, label, rootName, name: names.get(node) ?? null }
    })
  }

  /** One a tip; `names` gets for each point that a branch begins or goes on with after a fork what that branch is called. */
  private branches(openTip: HistoryId, names: Map<HistoryId, string | null>): BranchInfo[] {
    const { history } = this
    const tips = history.nodes().filter((n) => n.children.length === 0 && n.parent !== null)
    const found = tips.map((tip) => {
      let first: HistoryNode = tip
      let own: HistoryNode | null = null
      let name: string | null = null
      const after: HistoryId[] = []
      for (let node = tip; node.parent !== null;) {
        const parent = history.node(node.parent)
        name ??= node.branch
        first = node
        if (parent.children.length > 1) {
          own ??= node
          after.push(node.id)
        }
        if (parent.children[0] !== node.id) break
        node = parent
      }
      for (const id of after) names.set(id, name)
      return { tip, first, own: own ?? first, name }
    })
    found.sort((a, b) => a.first.id - b.first.id)
    const owner = new Map<HistoryId, number>()
    found.forEach(({ tip, first }, index) => {
      for (let node = tip; ; node = history.node(node.parent ?? history.root)) {
        owner.set(node.id, index)
        if (node === first) break
      }
    })
    return found.map(({ tip, first, own, name }) => {
      const { depth, step } = this.facts(first.id)
      const { label = '', rootName = '' } = step ?? {}
      const end = this.facts(tip.id)
      const from = owner.get(first.parent ?? history.root) ?? -1
      const shared = depth - 1
      const ids = { first: first.id, tip: tip.id, own: own.id }
      return { ...ids, shared, from, steps: end.depth, name, label, rootName, left: end.left, open: tip.id === openTip }
    })
  }
}

const NONE: readonly Fork[] = []

const areSame = (a: readonly Fork[], b: readonly Fork[]): boolean =>
  a === b || (a.length === b.length && a.every(({ node, name }, i) => node === b[i]?.node && name === b[i].name))

/** How many more layers there are after an edit than before, those marked as removed left out. */
function layersGained(edit: Edit): number {
  switch (edit.type) {
    case 'addLayer':
      return edit.layer.removed ? 0 : 1
    case 'removeLayer':
      return edit.layer.removed ? 0 : -1
    case 'setRemoved':
      return Number(edit.from) - Number(edit.to)
    default:
      return 0
  }
}

/** The picture of a network, kept by the transactions that change it: it costs what they touched, and one look at every layer. */
import { applyTransaction, invertTransaction } from '../../engine'
import type { Network } from '../../engine'
import { buildGroups, buildView, frameOf, initiallyOpen, picture, runsOf, Touched } from '../../layout'
import type {
  Run,
  LayoutEngine,
  NodeContentOf,
  GroupPath,
  GroupTree,
  LiveView,
  Picture,
  PictureRequest,
} from '../../layout'
import { nodeContentMaker } from './node-content'
import { sourceOf } from './live-source'
import { unpackedTransaction } from '../protocol/codec'
import type { MoveStep } from '../protocol/moves'

export class IncrementalLayout {
  /** Runs of equal blocks that can be drawn as one box each. */
  readonly runs: readonly Run[]
  private current: GroupTree
  private faceOf: NodeContentOf
  private view: LiveView | null = null
  /** What happened since the view was brought to where the network is. */
  private touched = new Touched()

  constructor(
    private readonly network: Network,
    private readonly arranger: LayoutEngine,
  ) {
    const source = sourceOf(network)
    this.current = buildGroups(source, frameOf(source))
    this.faceOf = nodeContentMaker(this.current, network)
    this.runs = runsOf(this.current)
  }

  get tree(): GroupTree {
    return this.current
  }

  /** Draws exactly these runs as one box each. */
  fold(runs: readonly Run[]): void {
    const folds = new Map<GroupPath, Run>()
    for (const run of runs) for (const block of run.blocks.keys()) folds.set(block, run)
    this.current = buildGroups(sourceOf(this.network), { ...this.current.frame, folds })
    this.faceOf = nodeContentMaker(this.current, this.network)
    this.view = null
    this.touched = new Touched()
  }

  /** The groups that are open at first. */
  get firstOpen(): Set<GroupPath> {
    return initiallyOpen(this.tree)
  }

  walk({ transaction, direction }: MoveStep): void {
    const recorded = unpackedTransaction(transaction)
    const t = direction === 'forward' ? recorded : invertTransaction(recorded)
    applyTransaction(this.network, t)
    this.touched.follow(t.edits)
  }

  /** Draws the network as it is now, with these groups open. */
  draw(open: ReadonlySet<GroupPath>, request: PictureRequest): Promise<Picture> {
    const { tree, arranger, faceOf } = this
    const { source } = tree
    const parts = tree.follow(this.touched)
    if (this.view?.open === open && parts) this.view.follow(this.touched, parts)
    else this.view = buildView(tree, open)
    this.touched = new Touched()
    return picture(this.view, source, arranger, faceOf, request)
  }
}

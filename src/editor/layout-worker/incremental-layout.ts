/** The picture of a network, kept by the transactions that change it: a step costs what it touched. */
import { applyTransaction, invertTransaction } from '../../engine'
import type { Network } from '../../engine'
import { buildGroups, buildView, frameOf, initiallyOpen, picture, Touched } from '../../layout'
import type {
  LayoutEngine,
  NodeContentOf,
  GraphSource,
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
  readonly source: GraphSource
  readonly tree: GroupTree
  private readonly faceOf: NodeContentOf
  private view: LiveView | null = null
  /** What happened since the view was brought to where the network is. */
  private touched = new Touched()
  private parts = new Set<GroupPath>()

  constructor(
    private readonly network: Network,
    private readonly arranger: LayoutEngine,
  ) {
    this.source = sourceOf(network)
    this.tree = buildGroups(this.source, frameOf(this.source))
    this.faceOf = nodeContentMaker(this.source, network)
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
    this.tree.follow(t.edits, direction === 'forward', this.parts)
  }

  /** Draws the network as it is now, with these groups open. */
  draw(open: ReadonlySet<GroupPath>, request: PictureRequest): Promise<Picture> {
    const { source, tree, arranger, faceOf } = this
    if (this.view?.open === open) this.view.follow(this.touched, this.parts)
    else this.view = buildView(source, tree, open)
    this.touched = new Touched()
    this.parts = new Set()
    return picture(this.view, source, arranger, faceOf, request)
  }
}

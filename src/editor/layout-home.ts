/** The layout worker's own replica of the network and its picture. */
import type { HistoryId, LayerId, Network, TensorRecord } from '../engine'
import { applyTransaction, invertTransaction, networkFromSnapshot } from '../engine'
import type { NetworkSnapshot } from '../engine'
import { allGroups, buildGroups, frameOf, initiallyOpen, layOut } from '../layout'
import type { Arranger, ArrangeWish, GraphSource, GroupFrame, GroupPath, GroupTree, Picture } from '../layout'
import { dialectNamed } from './dialects'
import { faceMaker } from './face'
import { unpackedTransaction } from './plain'
import type { Drawn, MoveStep } from './protocol'
import { handOver } from './rpc'
import { packScene, transferables } from './scene-transfer'

export class LayoutHome {
  private readonly network: Network
  private readonly frame: GroupFrame
  private open: ReadonlySet<GroupPath>
  private picture: Picture | null = null
  private revision = 0
  /** The point in history that the replica stands at. */
  private at: HistoryId = 0
  private readonly places = new Map<HistoryId, Picture['placed']>()

  constructor(
    private readonly snapshot: NetworkSnapshot,
    private readonly arranger: Arranger,
  ) {
    this.network = networkFromSnapshot(snapshot, dialectNamed(snapshot.dialect))
    this.frame = frameOf(sourceOf(this.network))
    this.open = initiallyOpen(this.tree())
  }

  private tree(): GroupTree {
    return buildGroups(sourceOf(this.network), this.frame)
  }

  setOpen(open: readonly GroupPath[]): Promise<Drawn> {
    this.open = new Set(open)
    return this.redraw()
  }

  openAll(): Promise<Drawn> {
    this.open = allGroups(this.tree())
    return this.redraw()
  }

  closeAll(): Promise<Drawn> {
    this.open = new Set()
    return this.redraw()
  }

  reveal(layers: readonly LayerId[], upTo: GroupPath | null): Promise<Drawn> {
    const tree = this.tree()
    const open = new Set(this.open)
    for (const id of layers) {
      for (let g = tree.homeOf.get(id); g?.parent; g = g.parent) {
        if (upTo === null || (upTo !== g.path && upTo.startsWith(`${g.path}/`))) open.add(g.path)
      }
    }
    this.open = open
    return this.redraw()
  }

  /** Where every step led before is remembered, so that going back shows the very picture that was there. */
  async follow(steps: readonly MoveStep[]): Promise<Drawn> {
    if (!this.picture) await this.draw()
    const near = this.picture!.placed
    this.places.set(this.at, near)
    for (const step of steps) {
      const t = unpackedTransaction(step.transaction)
      applyTransaction(this.network, step.direction === 'forward' ? t : invertTransaction(t))
      this.at = step.to
    }
    const recall = this.places.get(this.at)
    return this.draw({ near, followsEdits: true, ...(recall ? { recall } : null) })
  }

  /** Lays everything out afresh; places remembered from before mean nothing after it. */
  tidy(): Promise<Drawn> {
    this.places.clear()
    return this.draw()
  }

  private redraw(): Promise<Drawn> {
    return this.draw(this.picture ? { near: this.picture.placed } : {})
  }

  async draw(wish: ArrangeWish = {}): Promise<Drawn> {
    const source = sourceOf(this.network)
    const faceOf = faceMaker(source, this.network.dialect, this.snapshot.opsets)
    const tree = this.tree()
    this.picture = await layOut(source, tree, this.open, this.arranger, faceOf, wish)
    const scene = packScene(this.picture.scene)
    return handOver({ scene, open: [...this.open], revision: ++this.revision }, transferables(scene))
  }
}

export function sourceOf(network: Network): GraphSource {
  return {
    layers: network.getLayers().map((l) => l.record),
    tensor: (id): TensorRecord | undefined => (id >= 0 ? network.getTensor(id)?.record : undefined),
    inputs: network.getInputs().map((t) => t.id),
    outputs: network.outputs,
  }
}

/** The layout worker's own replica of the network and its picture. */
import type { LayerId, Network, TensorRecord } from '../engine'
import { applyTransaction, invertTransaction, networkFromSnapshot } from '../engine'
import type { NetworkSnapshot } from '../engine'
import { allGroups, buildGroups, frameOf, initiallyOpen, layOut } from '../layout'
import type { Arranger, GraphSource, GroupFrame, GroupPath, GroupTree, Picture } from '../layout'
import { dialectNamed } from './dialects'
import { faceMaker } from './face'
import { unpackedTransaction } from './plain'
import type { Drawn, MoveStep } from './protocol'

export class LayoutHome {
  private readonly network: Network
  private readonly frame: GroupFrame
  private open: ReadonlySet<GroupPath>
  private picture: Picture | null = null
  private revision = 0

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
    return this.draw()
  }

  openAll(): Promise<Drawn> {
    this.open = allGroups(this.tree())
    return this.draw()
  }

  closeAll(): Promise<Drawn> {
    this.open = new Set()
    return this.draw()
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
    return this.draw()
  }

  follow(steps: readonly MoveStep[]): Promise<Drawn> {
    for (const step of steps) {
      const t = unpackedTransaction(step.transaction)
      applyTransaction(this.network, step.direction === 'forward' ? t : invertTransaction(t))
    }
    return this.draw()
  }

  async draw(signal?: AbortSignal): Promise<Drawn> {
    const source = sourceOf(this.network)
    const faceOf = faceMaker(source, this.network.dialect, this.snapshot.opsets)
    const tree = this.tree()
    this.picture = await layOut(source, tree, this.open, this.arranger, faceOf, signal)
    return { scene: this.picture.scene, open: [...this.open], revision: ++this.revision }
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

/** The layout worker's own replica of the network and its picture. */
import type { LayerId, Network, NetworkSnapshot } from '../../engine'
import { networkFromSnapshot } from '../../engine'
import { allGroups, buildGroups, layOut, partsOfPicture } from '../../layout'
import type {
  Breaks,
  Columns,
  Direction,
  LayoutEngine,
  LayoutRequest,
  GroupPath,
  GroupTree,
  Picture,
} from '../../layout'
import { dialectNamed } from '../../dialects/tensorrt'
import { nodeContentMaker } from './node-content'
import { withGhosts } from './ghost-source'
import { partOf } from './part-source'
import { IncrementalLayout } from './incremental-layout'
import type { Drawn } from '../protocol/layout-calls'
import type { MoveStep } from '../protocol/moves'
import type { Ghosts } from '../protocol/comparison'
import { handOver } from '../protocol/rpc'
import { packScene, transferables } from '../protocol/scene-codec'
import type { SentBefore } from '../protocol/scene-codec'

/** So many layers can be looked at with every group open. */
const FEW = 150

export class LayoutSession {
  private readonly network: Network
  private readonly live: IncrementalLayout
  private open: ReadonlySet<GroupPath>
  private picture: Picture | null = null
  /** Layers that are shown by themselves; null for all. */
  private part: { readonly tree: GroupTree; readonly openBefore: ReadonlySet<GroupPath> } | null = null
  /** The picture that was handed over last. */
  private sent: { readonly revision: number; readonly picture: Picture } | null = null

  constructor(
    snapshot: NetworkSnapshot,
    private readonly arranger: LayoutEngine,
    private columns: Columns = [],
    private direction: Direction = 'down',
  ) {
    this.network = networkFromSnapshot(snapshot, dialectNamed(snapshot.dialect))
    this.live = new IncrementalLayout(this.network, arranger)
    this.open = this.live.firstOpen
  }

  setOpen(open: readonly GroupPath[], signal?: AbortSignal): Promise<Drawn> {
    return this.redraw(new Set(open), signal)
  }

  setColumns(columns: Columns, direction: Direction): Promise<Drawn> {
    this.columns = columns
    this.direction = direction
    return this.draw()
  }

  openAll(signal?: AbortSignal): Promise<Drawn> {
    return this.redraw(allGroups(this.live.tree), signal)
  }

  closeAll(signal?: AbortSignal): Promise<Drawn> {
    return this.redraw(new Set(), signal)
  }

  reveal(layers: readonly LayerId[], upTo: GroupPath | null, signal?: AbortSignal): Promise<Drawn> {
    const open = new Set(this.open)
    for (const id of layers) {
      for (let g = this.live.tree.homeOf.get(id); g?.parent; g = g.parent) {
        if (upTo === null || (upTo !== g.path && upTo.startsWith(`${g.path}/`))) open.add(g.path)
      }
    }
    return this.redraw(open, signal)
  }

  /**
   * The picture of where these steps lead. It is the same however one gets there.
   * @param since the scene that whoever asks still has
   */
  follow(steps: readonly MoveStep[], since?: number): Promise<Drawn> {
    this.walk(steps)
    this.endPart()
    return this.draw({}, since)
  }

  /** Goes along with the network without drawing it. */
  walk(steps: readonly MoveStep[]): void {
    for (const step of steps) this.live.walk(step)
  }

  /** Some layers by themselves, until the network is followed. */
  only(layers: readonly LayerId[] | null): Promise<Drawn> {
    const openBefore = this.part?.openBefore ?? this.open
    if (layers) {
      const tree = buildGroups(partOf(this.live.tree.source, new Set(layers)), this.live.tree.frame)
      this.part = { tree, openBefore }
      // Few layers are shown, and not the groups that they lie in.
      this.open = layers.length > FEW ? openBefore : new Set([...openBefore, ...allGroups(tree)])
    } else this.endPart()
    return this.draw()
  }

  private endPart(): void {
    if (this.part) this.open = this.part.openBefore
    this.part = null
  }

  /** What is gone among what is there. */
  async compare(ghosts: Ghosts): Promise<Drawn> {
    if (!this.picture) await this.draw()
    const source = withGhosts(this.live.tree.source, ghosts)
    const faceOf = nodeContentMaker(source, this.network)
    const near = this.picture!.placed
    const { columns, direction } = this
    const tree = buildGroups(source, this.live.tree.frame)
    return this.drawn(await layOut(tree, this.open, this.arranger, faceOf, { near, columns, direction }))
  }

  private drawn(picture: Picture, since?: number): Drawn {
    const before = this.sent?.revision === since ? this.sent : null
    const revision = (this.sent?.revision ?? 0) + 1
    const scene = packScene(partsOfPicture(picture), revision, before && keptIn(before, picture))
    this.sent = { revision, picture }
    const columns = this.part ? (Array.isArray(this.columns) ? (this.columns as Breaks) : []) : columnsOf(picture)
    return handOver({ scene, open: [...this.open], columns }, transferables(scene))
  }

  /** Another choice of open groups; the one before where the layout is stopped. */
  private async redraw(open: ReadonlySet<GroupPath>, signal: AbortSignal | undefined): Promise<Drawn> {
    const before = this.open
    this.open = open
    try {
      return await this.draw(signal ? { signal } : {})
    } catch (error) {
      this.open = before
      throw error
    }
  }

  private async drawPart(tree: GroupTree, request: LayoutRequest): Promise<Drawn> {
    const faceOf = nodeContentMaker(tree.source, this.network)
    const { direction } = this
    return this.drawn(await layOut(tree, this.open, this.arranger, faceOf, { ...request, columns: 1, direction }))
  }

  async draw(request: LayoutRequest = {}, since?: number): Promise<Drawn> {
    if (this.part) return this.drawPart(this.part.tree, request)
    const before = this.picture
    const { columns, direction } = this
    this.picture = await this.live.draw(this.open, {
      ...request,
      columns,
      direction,
      ...(before && { near: before.placed, before }),
    })
    // What was chosen for the screen when the network was first drawn stays.
    this.columns = columnsOf(this.picture)
    return this.drawn(this.picture, since)
  }
}

/** Of the one group that has any. */
const columnsOf = ({ placed }: Picture): Breaks => [...placed.values()].find((p) => p.columns.length > 0)?.columns ?? []

/** Which parts of a picture are those that were sent, wherever they lie now. */
function keptIn(before: { readonly revision: number; readonly picture: Picture }, picture: Picture): SentBefore {
  const places = new Map(Array.from(before.picture.composed.values(), (c, i) => [c.inside, i]))
  const now = [...picture.composed.values()]
  return { revision: before.revision, placeOf: (i) => places.get(now[i]!.inside) ?? -1 }
}

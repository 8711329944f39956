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
  Run,
} from '../../layout'
import { dialectNamed } from '../../dialects/tensorrt'
import { nodeContentMaker } from './node-content'
import { withGhosts } from './ghost-source'
import { partOf } from './part-source'
import { IncrementalLayout } from './incremental-layout'
import type { BlockRun, Drawn, LayoutCalls } from '../protocol/layout-calls'
import type { MoveStep } from '../protocol/moves'
import type { Ghosts } from '../protocol/comparison'
import { handOver } from '../protocol/rpc'
import { packScene, transferables } from '../protocol/scene-codec'
import type { SentBefore } from '../protocol/scene-codec'

/** So many layers can be looked at with every group open. */
const FEW = 150

interface Folding {
  readonly folded?: ReadonlySet<GroupPath>
  /** Of the screen that columns are to fill if others are folded now. */
  readonly aspect?: number | undefined
}

export class LayoutSession {
  private readonly network: Network
  private readonly live: IncrementalLayout
  private open: ReadonlySet<GroupPath>
  /** Runs of equal blocks, as the page knows them. */
  private readonly runs: readonly BlockRun[]
  /** Those that are drawn as one box each. */
  private folded: readonly Run[] = []
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
    this.runs = this.live.runs.map(({ path, blocks }) => ({ path, blocks: [...blocks.keys()] }))
  }

  setOpen(open: readonly GroupPath[], signal?: AbortSignal): Promise<Drawn> {
    return this.redraw(new Set(open), signal)
  }

  /**
   * Draws exactly these runs as one box each; what is no run of this network is left out.
   * @param aspect of the screen that columns are to fill then; without it they stay
   */
  fold(runs: readonly GroupPath[], aspect?: number, signal?: AbortSignal): Promise<Drawn> {
    return this.redraw(this.open, signal, { folded: new Set(runs), aspect })
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

  /** @param unfold opens also the runs that the layers lie in */
  reveal(
    layers: readonly LayerId[],
    { upTo, unfold = true, aspect }: Omit<LayoutCalls['reveal']['args'], 'layers'> = {},
    signal?: AbortSignal,
  ): Promise<Drawn> {
    const open = new Set(this.open)
    for (const id of layers) {
      for (let g = this.live.tree.homeOf.get(id); g?.parent; g = g.parent) {
        if (g.run ? unfold : upTo === undefined || (upTo !== g.path && upTo.startsWith(`${g.path}/`))) open.add(g.path)
      }
    }
    return this.redraw(open, signal, { aspect })
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
    const near = this.picture!.placed
    const { columns, direction } = this
    const tree = buildGroups(source, this.live.tree.frame)
    const faceOf = nodeContentMaker(tree, this.network)
    return this.drawn(await layOut(tree, this.open, this.arranger, faceOf, { near, columns, direction }))
  }

  private drawn(picture: Picture, since?: number): Drawn {
    const before = this.sent?.revision === since ? this.sent : null
    const revision = (this.sent?.revision ?? 0) + 1
    const scene = packScene(partsOfPicture(picture), revision, before && keptIn(before, picture))
    this.sent = { revision, picture }
    const columns = chosen(this.columns) ?? columnsOf(picture)
    const folded = this.folded.map((r) => r.path)
    return handOver({ scene, open: [...this.open], folded, runs: this.runs, columns }, transferables(scene))
  }

  /** Another choice of open groups and folded runs, of which opening one unfolds it; the one before where the layout is stopped. */
  private async redraw(
    open: ReadonlySet<GroupPath>,
    signal: AbortSignal | undefined,
    { folded = new Set(this.folded.map((r) => r.path)), aspect }: Folding = {},
  ): Promise<Drawn> {
    const before = { open: this.open, folded: this.folded, columns: this.columns }
    const { runs } = this.live
    this.open = new Set([...open].filter((path) => !runs.some((r) => r.path === path)))
    const isOther = this.setFolded(runs.filter((r) => folded.has(r.path) && !open.has(r.path)))
    if (isOther && aspect !== undefined) this.columns = { aspect }
    try {
      return await this.draw(signal ? { signal } : {})
    } catch (error) {
      this.open = before.open
      this.setFolded(before.folded)
      this.columns = before.columns
      throw error
    }
  }

  /** Returns whether others were folded before. */
  private setFolded(folded: readonly Run[]): boolean {
    if (folded.length === this.folded.length && folded.every((run, i) => run === this.folded[i])) return false
    this.folded = folded
    this.live.fold(folded)
    return true
  }

  private async drawPart(tree: GroupTree, request: LayoutRequest): Promise<Drawn> {
    const faceOf = nodeContentMaker(tree, this.network)
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
    // What was chosen for the screen when the network was first drawn stays, also while its group is closed.
    this.columns = chosen(columns) ?? columnsOf(this.picture)
    return this.drawn(this.picture, since)
  }
}

/** null for columns that are still a wish. */
const chosen = (columns: Columns): Breaks | null => (Array.isArray(columns) ? (columns as Breaks) : null)

/** Of the one group that has any. */
const columnsOf = ({ placed }: Picture): Breaks => [...placed.values()].find((p) => p.columns.length > 0)?.columns ?? []

/** Which parts of a picture are those that were sent, wherever they lie now. */
function keptIn(before: { readonly revision: number; readonly picture: Picture }, picture: Picture): SentBefore {
  const places = new Map(Array.from(before.picture.composed.values(), (c, i) => [c.inside, i]))
  const now = [...picture.composed.values()]
  return { revision: before.revision, placeOf: (i) => places.get(now[i]!.inside) ?? -1 }
}

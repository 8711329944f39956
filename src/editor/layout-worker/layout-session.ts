/** The layout worker's own replica of the network and its picture. */
import type { HistoryId, LayerId, Network, NetworkSnapshot } from '../../engine'
import { networkFromSnapshot } from '../../engine'
import { allGroups, buildGroups, layOut, partsOfPicture } from '../../layout'
import type { LayoutEngine, LayoutRequest, GroupPath, Picture } from '../../layout'
import { dialectNamed } from '../dialects'
import { nodeContentMaker } from './node-content'
import { withGhosts } from './ghost-source'
import { IncrementalLayout } from './incremental-layout'
import type { Drawn } from '../protocol/layout-calls'
import type { MoveStep } from '../protocol/moves'
import type { Ghosts } from '../protocol/comparison'
import { handOver } from '../protocol/rpc'
import { packScene, transferables } from '../protocol/scene-codec'
import type { SentBefore } from '../protocol/scene-codec'

interface Untidied {
  readonly placed: Picture['placed'] | undefined
  readonly beforeGaps: Picture['placed'] | null
  readonly places: Map<HistoryId, Picture['placed']>
}

export class LayoutSession {
  private readonly network: Network
  private readonly live: IncrementalLayout
  private open: ReadonlySet<GroupPath>
  private picture: Picture | null = null
  /** The picture that was handed over last. */
  private sent: { readonly revision: number; readonly picture: Picture } | null = null
  /** The point in history that the replica stands at. */
  private at: HistoryId = 0
  /** The places from before the first gap that was left open; null where none is. */
  private beforeGaps: Picture['placed'] | null = null
  /** Where steps led before, by point in history. */
  private places = new Map<HistoryId, Picture['placed']>()
  /** What `tidy` took the place of. */
  private untidied: Untidied | null = null

  constructor(
    snapshot: NetworkSnapshot,
    private readonly arranger: LayoutEngine,
  ) {
    this.network = networkFromSnapshot(snapshot, dialectNamed(snapshot.dialect))
    this.live = new IncrementalLayout(this.network, arranger)
    this.open = this.live.firstOpen
  }

  setOpen(open: readonly GroupPath[], signal?: AbortSignal): Promise<Drawn> {
    return this.redraw(new Set(open), signal)
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
   * Where every step led before is remembered, so that going back shows the very picture that was there.
   * @param close whether the gaps close that steps leave; those that were left before too
   * @param since the scene that whoever asks still has
   */
  async follow(steps: readonly MoveStep[], close = true, since?: number): Promise<Drawn> {
    if (!this.picture) await this.draw()
    this.untidied = null
    if (close === (this.beforeGaps !== null)) this.places.clear()
    const near = (close && this.beforeGaps) || this.picture!.placed
    this.beforeGaps = close ? null : (this.beforeGaps ?? near)
    this.places.set(this.at, near)
    this.walk(steps)
    const recall = this.places.get(this.at)
    return this.draw({ near, followsEdits: true, keepGaps: !close, ...(recall ? { recall } : null) }, since)
  }

  /** Closes the gaps that steps left open. */
  closeGaps(): Promise<Drawn> {
    const near = this.beforeGaps ?? this.picture?.placed
    this.beforeGaps = null
    this.places.clear()
    return this.draw({ followsEdits: true, ...(near ? { near } : null) })
  }

  /** Goes along with the network without drawing it. */
  walk(steps: readonly MoveStep[]): void {
    for (const step of steps) {
      this.live.walk(step)
      this.at = step.to
    }
  }

  /** Lays everything out afresh; places remembered from before mean nothing after it. */
  async tidy(signal?: AbortSignal): Promise<Drawn> {
    const before = { placed: this.picture?.placed, beforeGaps: this.beforeGaps, places: this.places }
    const drawn = await this.draw(signal ? { signal } : {})
    this.places = new Map()
    this.beforeGaps = null
    this.untidied = before
    return drawn
  }

  /** The picture before the last `tidy` and all that was remembered then, where nothing else happened since. */
  untidy(): Promise<Drawn> {
    const before = this.untidied
    this.untidied = null
    if (before) {
      this.beforeGaps = before.beforeGaps
      this.places = before.places
    }
    // Drawn anew from its places: the picture itself was handed over, buffers and all.
    const near = before?.placed ?? this.picture?.placed
    return this.draw(near ? { near } : {})
  }

  /** What is gone among what is there. Groups without either keep their places; nothing of it is remembered. */
  async compare(ghosts: Ghosts): Promise<Drawn> {
    if (!this.picture) await this.draw()
    const source = withGhosts(this.live.source, ghosts)
    const faceOf = nodeContentMaker(source, this.network)
    const near = this.picture!.placed
    const tree = buildGroups(source, this.live.tree.frame)
    return this.drawn(await layOut(source, tree, this.open, this.arranger, faceOf, { near }))
  }

  private drawn(picture: Picture, since?: number): Drawn {
    const before = this.sent?.revision === since ? this.sent : null
    const revision = (this.sent?.revision ?? 0) + 1
    const scene = packScene(partsOfPicture(picture), revision, before && keptIn(before, picture))
    this.sent = { revision, picture }
    return handOver({ scene, open: [...this.open] }, transferables(scene))
  }

  /** Another choice of open groups; the one before where the layout is stopped. */
  private async redraw(open: ReadonlySet<GroupPath>, signal: AbortSignal | undefined): Promise<Drawn> {
    const before = this.open
    this.open = open
    this.untidied = null
    try {
      return await this.draw({
        ...(this.picture ? { near: this.picture.placed } : null),
        ...(signal ? { signal } : null),
      })
    } catch (error) {
      this.open = before
      throw error
    }
  }

  async draw(request: LayoutRequest = {}, since?: number): Promise<Drawn> {
    const before = this.picture
    this.picture = await this.live.draw(this.open, before ? { ...request, before } : request)
    return this.drawn(this.picture, since)
  }
}

/** Which parts of a picture are those that were sent, wherever they lie now. */
function keptIn(before: { readonly revision: number; readonly picture: Picture }, picture: Picture): SentBefore {
  const places = new Map(Array.from(before.picture.composed.values(), (c, i) => [c.inside, i]))
  const now = [...picture.composed.values()]
  return { revision: before.revision, placeOf: (i) => places.get(now[i]!.inside) ?? -1 }
}

import { nameRoom, portsAcross } from './arrangement'
import type { Arrangement, Box } from './arrangement'
import type { NodeContentOf, Placed, PlacedGroups } from './compose'
import { fromElk, toElk } from './elk'
import type { RunElk } from './elk'
import type { GroupPath } from './frame'
import { layAlongSpine } from './along-spine'
import { layAlone, signatureOf } from './piece'
import type { LaidPiece, Piece } from './piece'
import { piecesOf } from './pieces'
import type { CutPiece } from './pieces'
import { layInRows } from './rows'
import type { NodeContent } from './scene'
import { spinesOf } from './spine'
import type { Spine } from './spine'
import { columnsOf, ONE_COLUMN } from './columns'
import type { Direction, Flow } from './flow'
import { flowOf, HEADING, PADDING } from './flow'
import type { Columns } from './columns'
import { stacked } from './stack'
import type { LaidCut } from './stack'
import type { Content, Item, View } from './view'
import { valueAt } from './known'

/** Thrown when a layout is given up because nobody waits for it any more. */
export class LayoutCancelled extends Error {
  override readonly name = 'LayoutCancelled'
}

export interface LayoutRequest {
  /** The picture before: what is the same in this one is taken from there, which changes nothing but the time it takes. */
  readonly near?: PlacedGroups
  readonly columns?: Columns
  /** Down, where nothing is said. */
  readonly direction?: Direction
  readonly signal?: AbortSignal
}

/** So many laid pieces are remembered; those that were used last. */
const REMEMBERED = 20_000
/** More boxes than this overflow ELK's stack, or take it minutes. */
const MOST_BOXES = 1500

/**
 * Lays out views, one open group after the other from the inside out, piece by piece. Where things stand is a function of the view
 * alone: of the structure of its groups and the sizes of its boxes. Equal pieces are laid out once, also from one view to the next.
 */
export class LayoutEngine {
  private readonly memory = new Map<string, LaidPiece>()

  constructor(private readonly run: RunElk) {}

  /** @throws LayoutCancelled once `signal` is aborted: within ELK where it can be interrupted, else at the next piece */
  async arrange(view: View, faceOf: NodeContentOf, request: LayoutRequest = {}): Promise<Map<GroupPath, Placed>> {
    const placed = new Map<GroupPath, Placed>()
    const spines = spinesOf(view)
    const main = mainGroup(view)
    const flow = flowOf(request.direction ?? 'down')
    /** Groups that hold one of another size or with other ports than before. */
    const resized = new Set<GroupPath>()
    for (const content of [...view.contents.values()].reverse()) {
      const { path, parent } = content.group
      const spine = valueAt(spines, path)
      const wanted = columnsFor(content, request.columns ?? ONE_COLUMN, main)
      const old = request.near?.get(path)
      if (isAsBefore(old, content, spine, wanted, flow) && !resized.has(path)) {
        placed.set(path, old)
        continue
      }
      const boxes = boxesOf(content, placed, faceOf, spine, flow)
      const cuts = content.items.length > 0 ? piecesOf(content, boxes, spine, flow.rankGap) : []
      const pieces = await this.laidPieces(cuts, request.signal)
      const columns = columnsOf(content, spine, pieces, wanted, flow)
      const arrangement =
        pieces.length > 0 ? stacked(content, spine, pieces, columns, flow) : emptyArrangement(content, flow)
      const same = old?.flow === flow && sameBox(old.arrangement, arrangement)
      if (parent && !same) resized.add(parent.path)
      placed.set(path, { content, boxes, spine, columns, flow, arrangement })
    }
    return placed
  }

  private async laidPieces(cuts: readonly CutPiece[], signal: AbortSignal | undefined): Promise<LaidCut[]> {
    const laid: LaidCut[] = []
    for (const cut of cuts) {
      const piece = layAlone(cut.piece) ?? layAlongSpine(cut.piece) ?? (await this.remembered(cut.piece, signal))
      laid.push({ cut, laid: piece })
    }
    return laid
  }

  private async remembered(piece: Piece, signal: AbortSignal | undefined): Promise<LaidPiece> {
    const signature = signatureOf(piece)
    const known = this.memory.get(signature)
    if (!known && signal?.aborted) throw new LayoutCancelled()
    const laid = known ?? (await this.layOut(piece, signal))
    this.memory.delete(signature)
    this.memory.set(signature, laid)
    for (const oldest of this.memory.keys()) {
      if (this.memory.size <= REMEMBERED) break
      this.memory.delete(oldest)
    }
    return laid
  }

  private async layOut(piece: Piece, signal: AbortSignal | undefined): Promise<LaidPiece> {
    if (piece.boxes.length > MOST_BOXES) return layInRows(piece)
    try {
      return fromElk(piece, await this.run(toElk(piece), signal))
    } catch (error) {
      if (error instanceof LayoutCancelled) throw error
      return layInRows(piece)
    }
  }
}

/** The group that most of the network lies in, as far in as it is open: the top, where no group holds most of it. */
function mainGroup({ contents }: View): GroupPath {
  const all = contents.get('')?.group.total ?? 0
  for (let main = ''; ;) {
    const inside = contents.get(main)?.items.find(({ group, open }) => open && group && group.total > all / 2)
    if (!inside?.group) return main
    main = inside.group.path
  }
}

/** Columns that were chosen stay in the group whose items they begin at, though another holds most of the network by now. */
function columnsFor({ group, indexOf }: Content, wanted: Columns, main: GroupPath): Columns {
  if (typeof wanted === 'number' || 'aspect' in wanted) return group.path === main ? wanted : ONE_COLUMN
  return wanted.some((key) => indexOf.has(key)) ? wanted : ONE_COLUMN
}

/** Whether a group is worked out already as it is wanted now. */
function isAsBefore(
  old: Placed | undefined,
  content: Content,
  spine: Spine,
  columns: Columns,
  flow: Flow,
): old is Placed {
  return old?.content === content && old.spine === spine && old.columns === columns && old.flow === flow
}

function emptyArrangement(content: Content, { direction }: Flow): Arrangement {
  const [wide, high] = [Math.max(2 * PADDING, nameRoom(content)), HEADING + PADDING]
  const size = direction === 'down' ? { width: wide, height: high } : { width: high, height: wide }
  return { ...size, items: [], routes: content.links.map(() => []), entries: [], exits: [] }
}

/** Whether two insides look alike to the group around them. */
function sameBox(a: Arrangement, b: Arrangement): boolean {
  const same = (p: readonly number[], q: readonly number[]) => p.length === q.length && p.every((x, i) => x === q[i])
  return a.width === b.width && a.height === b.height && same(a.entries, b.entries) && same(a.exits, b.exits)
}

/** The boxes of a content's items; those of open groups are the frames placed before. */
function boxesOf(content: Content, placed: PlacedGroups, faceOf: NodeContentOf, spine: Spine, flow: Flow): Box[] {
  return content.items.map((item, i) => {
    const inside = item.open && item.group ? placed.get(item.group.path)?.arrangement : undefined
    return inside
      ? { width: inside.width, height: inside.height, inX: inside.entries, outX: inside.exits }
      : closedBox(item, faceOf(item), flow, spine.inPort.get(i), spine.outPort.get(i))
  })
}

/** @param enters the port where the spine enters; it leaves by `leaves` */
function closedBox(item: Item, face: NodeContent, flow: Flow, enters?: number, leaves?: number): Box {
  const [width, height] = flow.direction === 'down' ? [face.width, face.height] : [face.height, face.width]
  const { inPorts, outPorts, stubPorts } = item
  return {
    width,
    height,
    inX: portsAcross(inPorts, stubPorts.in, width, flow, enters),
    outX: portsAcross(outPorts, stubPorts.out, width, flow, leaves),
  }
}

import { HEADING, PADDING, nameRoom, portsAcross, signatureOf } from './arrangement'
import type { Arrangement, Box } from './arrangement'
import { centred } from './centred'
import type { NodeContentOf, Placed, PlacedGroups } from './compose'
import { fromElk, toElk } from './elk'
import type { RunElk } from './elk'
import { arrangeInRows } from './fallback'
import type { GroupPath } from './frame'
import { spinesOf } from './spine'
import type { Spine } from './spine'
import type { Content, Item, View } from './view'

/** Thrown when a layout is given up because nobody waits for it any more. */
export class LayoutCancelled extends Error {
  override readonly name = 'LayoutCancelled'
}

export interface LayoutRequest {
  /** The picture before: what is the same in this one is taken from there, which changes nothing but the time it takes. */
  readonly near?: PlacedGroups
  readonly signal?: AbortSignal
}

/** So many arrangements are remembered; those that were used last. */
const REMEMBERED = 4000
/** More items than this overflow ELK's stack, or take it minutes. */
const MOST_ITEMS = 1500

/**
 * Lays out views, one open group after the other from the inside out. Where things stand is a function of the view alone: of the
 * structure of its groups and the sizes of its boxes. Equal groups are laid out once, also from one view to the next.
 */
export class LayoutEngine {
  private readonly memory = new Map<string, Arrangement>()

  constructor(private readonly run: RunElk) {}

  /** @throws LayoutCancelled once `signal` is aborted: within ELK where it can be interrupted, else at the next group */
  async arrange(
    view: View,
    faceOf: NodeContentOf,
    { near, signal }: LayoutRequest = {},
  ): Promise<Map<GroupPath, Placed>> {
    const placed = new Map<GroupPath, Placed>()
    const spines = spinesOf(view)
    /** Groups that hold one of another size or with other ports than before. */
    const resized = new Set<GroupPath>()
    for (const content of [...view.contents.values()].reverse()) {
      const { path, parent } = content.group
      const spine = spines.get(path)!
      const old = near?.get(path)
      if (old?.content === content && old.spine === spine && !resized.has(path)) {
        placed.set(path, old)
        continue
      }
      const boxes = boxesOf(content, placed, faceOf, spine)
      const signature = signatureOf(content, boxes, spine)
      const same = old?.signature === signature ? old.arrangement : undefined
      const arrangement = same ?? (await this.remembered(content, boxes, spine, signature, signal))
      if (parent && arrangement !== old?.arrangement) resized.add(parent.path)
      placed.set(path, { content, boxes, spine, signature, arrangement })
    }
    return placed
  }

  private async remembered(
    content: Content,
    boxes: readonly Box[],
    spine: Spine,
    signature: string,
    signal: AbortSignal | undefined,
  ): Promise<Arrangement> {
    const known = this.memory.get(signature)
    if (!known && signal?.aborted) throw new LayoutCancelled()
    const arrangement = known ?? (await this.layOut(content, boxes, spine, signal))
    this.memory.delete(signature)
    this.memory.set(signature, arrangement)
    if (this.memory.size > REMEMBERED) this.memory.delete(this.memory.keys().next().value!)
    return arrangement
  }

  private async layOut(
    content: Content,
    boxes: readonly Box[],
    spine: Spine,
    signal: AbortSignal | undefined,
  ): Promise<Arrangement> {
    if (content.items.length === 0) return emptyArrangement(content)
    return centred(await this.plain(content, boxes, spine, signal), content, boxes, spine)
  }

  private async plain(
    content: Content,
    boxes: readonly Box[],
    spine: Spine,
    signal: AbortSignal | undefined,
  ): Promise<Arrangement> {
    if (content.items.length > MOST_ITEMS) return arrangeInRows(content, boxes)
    try {
      return fromElk(content, boxes, await this.run(toElk(content, boxes, spine), signal))
    } catch (error) {
      if (error instanceof LayoutCancelled) throw error
      return arrangeInRows(content, boxes)
    }
  }
}

function emptyArrangement(content: Content): Arrangement {
  const size = { width: Math.max(2 * PADDING, nameRoom(content)), height: HEADING + PADDING }
  return { ...size, items: [], routes: content.links.map(() => []), entries: [], exits: [] }
}

/** The boxes of a content's items; those of open groups are the frames placed before. */
function boxesOf(content: Content, placed: PlacedGroups, faceOf: NodeContentOf, spine: Spine): Box[] {
  return content.items.map((item, i) => {
    const inside = item.open && item.group ? placed.get(item.group.path)?.arrangement : undefined
    return inside
      ? { width: inside.width, height: inside.height, inX: inside.entries, outX: inside.exits }
      : closedBox(item, faceOf, spine.inPort.get(i), spine.outPort.get(i))
  })
}

/** @param enters the port where the spine enters; it leaves by `leaves` */
function closedBox(item: Item, faceOf: NodeContentOf, enters?: number, leaves?: number): Box {
  const { width, height } = faceOf(item)
  const { inPorts, outPorts, stubPorts } = item
  return {
    width,
    height,
    inX: portsAcross(inPorts, stubPorts.in, width, enters),
    outX: portsAcross(outPorts, stubPorts.out, width, leaves),
  }
}

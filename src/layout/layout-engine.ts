import { adapt } from './adapt'
import { HEADING, PADDING, nameRoom, portsAcross, signatureOf } from './arrangement'
import type { Arrangement, Box } from './arrangement'
import type { NodeContentOf, Placed, PlacedGroups } from './compose'
import { fromElk, toElk } from './elk'
import type { RunElk } from './elk'
import { arrangeInRows } from './fallback'
import type { GroupPath } from './frame'
import type { Content, Item, View } from './view'

/** Thrown when a layout is given up because nobody waits for it any more. */
export class LayoutCancelled extends Error {
  override readonly name = 'LayoutCancelled'
}

export interface LayoutRequest {
  /** The picture before: groups that did not change keep their arrangement. */
  readonly near?: PlacedGroups
  /** The groups that changed did so by a rewrite: adapt them, instead of laying them out afresh. */
  readonly followsEdits?: boolean
  /** The picture that was drawn for this very state of the network before, where there was one. */
  readonly recall?: PlacedGroups
  /** What the edits left empty stays empty. */
  readonly keepGaps?: boolean
  readonly signal?: AbortSignal
}

/**
 * Lays out views, one open group after the other from the inside out. Equal groups are laid out once, also from one
 * view to the next: what was seen is remembered by structure, so reopening a group or opening its twin is immediate.
 */
export class LayoutEngine {
  private readonly memory = new Map<string, Arrangement>()

  constructor(private readonly run: RunElk) {}

  /** @throws LayoutCancelled once `signal` is aborted: within ELK where it can be interrupted, else at the next group */
  async arrange(view: View, faceOf: NodeContentOf, wish: LayoutRequest = {}): Promise<Map<GroupPath, Placed>> {
    const placed = new Map<GroupPath, Placed>()
    /** Groups that hold one of another size or with other ports than before. */
    const resized = new Set<GroupPath>()
    for (const content of [...view.contents.values()].reverse()) {
      const { path, parent } = content.group
      const old = wish.near?.get(path)
      if (old?.content === content && !resized.has(path)) {
        placed.set(path, old)
        continue
      }
      if (parent) resized.add(parent.path)
      const boxes = boxesOf(content, placed, faceOf)
      const signature = signatureOf(content, boxes)
      const arrangement =
        this.known(path, signature, wish) ??
        this.adapted(content, boxes, wish) ??
        (await this.remembered(content, boxes, signature, wish.signal))
      placed.set(path, { content, boxes, signature, arrangement })
    }
    return placed
  }

  /** What did not change stays; what is again as it was at a place remembered goes back there. */
  private known(path: GroupPath, signature: string, { near, recall }: LayoutRequest): Arrangement | undefined {
    const same = [near?.get(path), recall?.get(path)].find((p) => p?.signature === signature)
    return same?.arrangement
  }

  private adapted(
    content: Content,
    boxes: readonly Box[],
    { near, followsEdits, keepGaps = false }: LayoutRequest,
  ): Arrangement | undefined {
    const old = followsEdits ? near?.get(content.group.path) : undefined
    return old && adapt(old, content, boxes, keepGaps)
  }

  private async remembered(
    content: Content,
    boxes: readonly Box[],
    signature: string,
    signal: AbortSignal | undefined,
  ): Promise<Arrangement> {
    const known = this.memory.get(signature)
    if (known) return known
    if (signal?.aborted) throw new LayoutCancelled()
    const arrangement = await this.layOut(content, boxes, signal)
    this.memory.set(signature, arrangement)
    return arrangement
  }

  private async layOut(content: Content, boxes: readonly Box[], signal: AbortSignal | undefined): Promise<Arrangement> {
    if (content.items.length === 0) return emptyArrangement(content)
    try {
      return fromElk(content, boxes, await this.run(toElk(content, boxes), signal))
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
export function boxesOf(content: Content, placed: PlacedGroups, faceOf: NodeContentOf): Box[] {
  return content.items.map((item) => {
    const inside = item.open && item.group ? placed.get(item.group.path)?.arrangement : undefined
    return inside
      ? { width: inside.width, height: inside.height, inX: inside.entries, outX: inside.exits }
      : closedBox(item, faceOf)
  })
}

function closedBox(item: Item, faceOf: NodeContentOf): Box {
  const { width, height } = faceOf(item)
  const { inPorts, outPorts, stubPorts } = item
  return {
    width,
    height,
    inX: portsAcross(inPorts, stubPorts.in, width),
    outX: portsAcross(outPorts, stubPorts.out, width),
  }
}

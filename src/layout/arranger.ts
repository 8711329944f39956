import { HEADING, PADDING, evenly, nameRoom, signatureOf } from './arrangement'
import type { Arrangement, Box } from './arrangement'
import type { FaceOf, Placed } from './compose'
import { fromElk, toElk } from './elk'
import type { RunElk } from './elk'
import { arrangeInRows } from './fallback'
import type { GroupPath } from './groups'
import type { Content, Item, View } from './view'

/** Thrown when a layout is given up because nobody waits for it any more. */
export class LayoutCancelled extends Error {}

/**
 * Lays out views, one open group after the other from the inside out. Equal groups are laid out once, also from one
 * view to the next: what was seen is remembered by structure, so reopening a group or opening its twin is immediate.
 */
export class Arranger {
  private readonly memory = new Map<string, Arrangement>()

  constructor(private readonly run: RunElk) {}

  /** Throws LayoutCancelled at the next group once `signal` is aborted. */
  async arrange(view: View, faceOf: FaceOf, signal?: AbortSignal): Promise<Map<GroupPath, Placed>> {
    const placed = new Map<GroupPath, Placed>()
    for (const content of [...view.contents.values()].reverse()) {
      const boxes = boxesOf(content, placed, faceOf)
      const signature = signatureOf(content, boxes)
      let arrangement = this.memory.get(signature)
      if (!arrangement) {
        if (signal?.aborted) throw new LayoutCancelled()
        arrangement = await this.layOut(content, boxes)
        this.memory.set(signature, arrangement)
      }
      placed.set(content.group.path, { content, boxes, signature, arrangement })
    }
    return placed
  }

  private async layOut(content: Content, boxes: readonly Box[]): Promise<Arrangement> {
    if (content.items.length === 0) return emptyArrangement(content)
    try {
      return fromElk(content, boxes, await this.run(toElk(content, boxes)))
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
export function boxesOf(content: Content, placed: ReadonlyMap<GroupPath, Placed>, faceOf: FaceOf): Box[] {
  return content.items.map((item) => {
    const inside = item.open && item.group ? placed.get(item.group.path)?.arrangement : undefined
    return inside
      ? { width: inside.width, height: inside.height, inX: inside.entries, outX: inside.exits }
      : closedBox(item, faceOf)
  })
}

function closedBox(item: Item, faceOf: FaceOf): Box {
  const { width, height } = faceOf(item)
  return { width, height, inX: evenly(item.inPorts.length, width), outX: evenly(item.outPorts.length, width) }
}

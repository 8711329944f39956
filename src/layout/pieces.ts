/**
 * Cuts the inside of a group into pieces along its spine, from the top down: each is laid out by itself, and a change in one moves
 * the others as wholes.
 */
import type { Box } from './arrangement'
import { Levels, valueName } from './levels'
import type { Crossing } from './levels'
import type { Line, Piece } from './piece'
import type { Spine } from './spine'
import { FRAME } from './view'
import type { Content } from './view'
import { nth, valueAt } from './known'

/** A piece, and what its boxes and lines are in the group. */
export interface CutPiece {
  readonly piece: Piece
  readonly items: readonly number[]
  readonly lines: readonly CutLine[]
}

/** A line of a piece: a link of the group from where it comes into the piece, or the way of a value that goes on below. */
export interface CutLine {
  /** Index of the link; -1 for a value that goes on. */
  readonly link: number
  readonly value: string
}

/** @param gap between two rows of boxes */
export function piecesOf(content: Content, boxes: readonly Box[], spine: Spine, gap: number): CutPiece[] {
  const levels = new Levels(content, spine)
  const items: number[][] = Array.from({ length: levels.count }, () => [])
  content.items.forEach((_, i) => nth(items, levels.ofItem(i)).push(i))
  const links: number[][] = items.map(() => [])
  content.links.forEach((link, l) => nth(links, Math.max(levels.ofLink(link), levels.startOf(link))).push(l))
  const entering = content.entries.map((tensor): Crossing => ({ item: FRAME, tensor }))
  return items.map((inside, level) =>
    new Cutter(
      content,
      spine,
      inside,
      nth(links, level),
      level === 0 ? entering : nth(levels.cuts, level - 1),
      levels.cuts[level],
    ).cut(boxes, gap),
  )
}

class Cutter {
  private readonly place: ReadonlyMap<number, number>
  private readonly entryOf: ReadonlyMap<string, number>

  constructor(
    private readonly content: Content,
    private readonly spine: Spine,
    private readonly items: readonly number[],
    private readonly links: readonly number[],
    entries: readonly Crossing[],
    /** What goes on below; absent for the last piece. */
    private readonly on: readonly Crossing[] | undefined,
  ) {
    this.place = new Map(items.map((item, i) => [item, i]))
    this.entryOf = new Map(entries.map(({ item, tensor }, i) => [valueName(item, tensor), i]))
  }

  cut(boxes: readonly Box[], gap: number): CutPiece {
    const { content, items, links, on } = this
    const straight = new Set(this.spine.links)
    const lines = links.map((l): Line => {
      const { from, to, tensor, toPort } = nth(content.links, l)
      const below = this.place.get(to)
      return {
        ...this.start({ item: from, tensor }),
        to: below ?? FRAME,
        toPort: below === undefined ? content.exits.indexOf(tensor) : nth(content.items, to).inPorts.indexOf(toPort),
        straight: straight.has(l),
      }
    })
    const goesOn = (on ?? []).map((value, i): Line => ({
      ...this.start(value),
      to: FRAME,
      toPort: i,
      straight: i === 0,
    }))
    const piece = {
      gap,
      boxes: items.map((i) => nth(boxes, i)),
      lines: [...lines, ...goesOn],
      entries: this.entryOf.size,
      exits: on?.length ?? content.exits.length,
      last: items.flatMap((item, i) => (nth(content.items, item).kind === 'output' ? [i] : [])),
    }
    const named = links.map((link): CutLine => {
      const { from, tensor } = nth(content.links, link)
      return { link, value: valueName(from, tensor) }
    })
    const values = (on ?? []).map(({ item, tensor }): CutLine => ({ link: -1, value: valueName(item, tensor) }))
    return { piece, items, lines: [...named, ...values] }
  }

  private start({ item, tensor }: Crossing): Pick<Line, 'from' | 'fromPort'> {
    const at = this.place.get(item)
    if (at !== undefined) return { from: at, fromPort: nth(this.content.items, item).outPorts.indexOf(tensor) }
    return { from: FRAME, fromPort: valueAt(this.entryOf, valueName(item, tensor)) }
  }
}

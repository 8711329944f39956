/**
 * Cuts the inside of a group into pieces that only its spine connects, from the top down: each is laid out by itself, and a
 * change in one moves the others as wholes. Whatever a line leads past lies in one piece.
 */
import type { TensorId } from '../engine'
import type { Box } from './arrangement'
import type { Line, Piece } from './piece'
import type { Spine } from './spine'
import { FRAME } from './view'
import type { Content } from './view'

/** A piece, and what its boxes and lines are in the group. */
export interface CutPiece {
  readonly piece: Piece
  readonly items: readonly number[]
  /** By line the index of its link; `HANDED_ON` for the part of the spine that ends at the next piece. */
  readonly links: readonly number[]
}

/** The line of a value that goes on into the next piece, where its links begin. */
export const HANDED_ON = -1

export function piecesOf(content: Content, boxes: readonly Box[], spine: Spine): CutPiece[] {
  const levels = new Levels(content, spine)
  const items: number[][] = Array.from({ length: levels.count }, () => [])
  content.items.forEach((_, i) => items[levels.ofItem(i)]!.push(i))
  const links: number[][] = items.map(() => [])
  content.links.forEach((_, l) => links[levels.ofLink(l)]!.push(l))
  return items.map((inside, level) => cut(content, boxes, spine, inside, links[level]!, levels, level))
}

function cut(
  content: Content,
  boxes: readonly Box[],
  spine: Spine,
  items: readonly number[],
  links: readonly number[],
  { handedOn }: Levels,
  level: number,
): CutPiece {
  const place = new Map(items.map((item, i) => [item, i]))
  const straight = new Set(spine.links)
  const from = handedOn[level - 1]
  const on = handedOn[level]
  const lines = links.map((l): Line => {
    const link = content.links[l]!
    const [above, below] = [place.get(link.from), place.get(link.to)]
    return {
      from: above ?? FRAME,
      fromPort:
        above !== undefined
          ? content.items[link.from]!.outPorts.indexOf(link.tensor)
          : from
            ? 0
            : content.entries.indexOf(link.tensor),
      to: below ?? FRAME,
      toPort:
        below !== undefined ? content.items[link.to]!.inPorts.indexOf(link.toPort) : content.exits.indexOf(link.tensor),
      straight: straight.has(l),
    }
  })
  if (on) {
    const fromPort = content.items[on.item]!.outPorts.indexOf(on.tensor)
    lines.push({ from: place.get(on.item)!, fromPort, to: FRAME, toPort: 0, straight: true })
  }
  const piece = {
    boxes: items.map((i) => boxes[i]!),
    lines,
    entries: from ? 1 : content.entries.length,
    exits: on ? 1 : content.exits.length,
    last: items.flatMap((item, i) => (content.items[item]!.kind === 'output' ? [i] : [])),
  }
  return { piece, items, links: on ? [...links, HANDED_ON] : links }
}

/** A value of the spine that is all that leads from one piece into the next. */
interface HandedOn {
  readonly item: number
  readonly tensor: TensorId
}

/** Which piece each item and link lies in. */
class Levels {
  readonly handedOn: readonly HandedOn[]
  readonly count: number
  private readonly sets: Sets
  private readonly valueOf: ReadonlyMap<string, number>
  /** By representative of a set its piece. */
  private readonly levelOf = new Map<number, number>()

  constructor(
    private readonly content: Content,
    spine: Spine,
  ) {
    const way = wayOf(content, spine)
    const valueOf = (this.valueOf = this.numberValues())
    const n = content.items.length
    this.sets = new Sets(n + valueOf.size + 2)
    const [top, bottom] = [n + valueOf.size, n + valueOf.size + 1]
    const onWay = new Map(way.map(({ item, tensor }) => [valueOf.get(nameOf(item, tensor))!, item]))
    content.links.forEach((link) => {
      const value = valueOf.get(nameOf(link.from, link.tensor))!
      this.sets.join(link.to === FRAME ? bottom : link.to, value)
      // The way from an item of the spine to its value is where a piece may end.
      if (onWay.get(value) !== link.from) this.sets.join(link.from === FRAME ? top : link.from, value)
    })
    const first = spine.links.length > 0 ? content.links[spine.links[0]!]! : null
    const last = content.links[spine.links.at(-1) ?? -1]
    const start = way[0]?.item ?? (first && first.to !== FRAME ? first.to : 0)
    // What enters does so above the first piece, what leaves below the last.
    if (content.entries.length > 0 && n > 0) this.sets.join(top, start)
    if (content.exits.length > 0 && n > 0) this.sets.join(bottom, last?.to === FRAME ? last.from : (last?.to ?? 0))
    this.handedOn = this.cutsAlong(way)
    this.count = this.handedOn.length + 1
  }

  ofItem(item: number): number {
    return this.levelOf.get(this.sets.of(item)) ?? 0
  }

  /** A link lies where its value is handed out. */
  ofLink(index: number): number {
    const { from, tensor } = this.content.links[index]!
    return this.levelOf.get(this.sets.of(this.valueOf.get(nameOf(from, tensor))!)) ?? 0
  }

  private numberValues(): Map<string, number> {
    const out = new Map<string, number>()
    for (const { from, tensor } of this.content.links) {
      const name = nameOf(from, tensor)
      if (!out.has(name)) out.set(name, this.content.items.length + out.size)
    }
    return out
  }

  /** Goes down the spine: it can be cut where no set has part of what is above and of what is below. */
  private cutsAlong(way: readonly HandedOn[]): HandedOn[] {
    const { valueOf } = this
    const lowest = new Map<number, number>()
    way.forEach(({ item, tensor }, i) => {
      lowest.set(this.sets.of(item), 2 * i)
      lowest.set(this.sets.of(valueOf.get(nameOf(item, tensor))!), 2 * i + 1)
    })
    const cuts: HandedOn[] = []
    let reach = 0
    way.forEach((step, i) => {
      const above = this.sets.of(step.item)
      if (!this.levelOf.has(above)) this.levelOf.set(above, cuts.length)
      reach = Math.max(reach, lowest.get(above)!)
      if (reach <= 2 * i) cuts.push(step)
      const below = this.sets.of(valueOf.get(nameOf(step.item, step.tensor))!)
      if (!this.levelOf.has(below)) this.levelOf.set(below, cuts.length)
      reach = Math.max(reach, lowest.get(below)!)
    })
    return cuts
  }
}

/** The items of the spine that a line of it leaves, from the top, each with the value that it hands on. */
function wayOf(content: Content, spine: Spine): HandedOn[] {
  return spine.links.flatMap((l) => {
    const { from, to, tensor } = content.links[l]!
    return from === FRAME || to === FRAME ? [] : [{ item: from, tensor }]
  })
}

const nameOf = (item: number, tensor: TensorId): string => `${item} ${tensor}`

/** Disjoint sets of numbers. */
class Sets {
  private readonly parents: Int32Array

  constructor(size: number) {
    this.parents = Int32Array.from({ length: size }, (_, i) => i)
  }

  of(i: number): number {
    const { parents } = this
    while (parents[i] !== i) i = parents[i] = parents[parents[i]!]!
    return i
  }

  join(a: number, b: number): void {
    this.parents[this.of(b)] = this.of(a)
  }
}

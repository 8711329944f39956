/** Where the inside of a group can be cut along its spine, and on which side of the cuts everything lies. */
import type { TensorId } from '../engine'
import { familyOf } from './frame'
import { ranksOf } from './ranks'
import type { Spine } from './spine'
import { FRAME } from './view'
import type { Content, Link } from './view'
import { nth } from './known'

/** A value that leads across a cut: what makes it, or `FRAME`. */
export interface Crossing {
  readonly item: number
  readonly tensor: TensorId
}

/** More values than may ever lead across a cut. */
const NEVER = 1000
/** Between two blocks of a chain so many values may lead across a cut; elsewhere only the spine's. */
const MOST_BETWEEN_BLOCKS = 3

/**
 * Every item has a level along the spine: it lies with the first item of the spine that needs it; what none needs lies behind the last
 * that it needs itself. Between two levels the group can be cut where little leads from above to below.
 */
export class Levels {
  /** By cut the values that lead across it, that of the spine first. */
  readonly cuts: readonly (readonly Crossing[])[]
  /** By item the piece that it lies in. */
  private readonly pieceOf: Int32Array

  constructor(content: Content, spine: Spine) {
    const way = spine.links.filter((l) => nth(content.links, l).from !== FRAME && nth(content.links, l).to !== FRAME)
    const levels = levelsOf(content, way)
    const values = valuesOf(content, levels, way.length)
    const counts = new Int32Array(way.length + 1)
    const add = (level: number, n: number): void => void (counts[level] = nth(counts, level) + n)
    for (const { from, to } of values.values()) {
      add(Math.max(0, from), 1)
      add(to, -1)
    }
    // Nothing is cut that a line runs upwards across, as there may be between groups.
    for (const { from, to } of content.links) {
      if (from === FRAME || to === FRAME || nth(levels, from) <= nth(levels, to)) continue
      add(nth(levels, to), NEVER)
      add(Math.min(way.length, nth(levels, from)), -NEVER)
    }
    const cutAt: number[] = []
    let crossing = 0
    way.forEach((l, i) => {
      crossing += nth(counts, i)
      if (crossing <= (isBetweenBlocks(content, nth(content.links, l)) ? MOST_BETWEEN_BLOCKS : 1)) cutAt.push(i)
    })
    this.cuts = cutAt.map((i) => {
      const { from, tensor } = nth(content.links, nth(way, i))
      const over = [...values.values()].filter((v) => v.from <= i && v.to > i)
      const isSpine = (v: Crossing) => v.item === from && v.tensor === tensor
      return over.sort((a, b) => Number(isSpine(b)) - Number(isSpine(a)))
    })
    this.pieceOf = levels.map((level) => cutAt.filter((cut) => cut < level).length)
  }

  get count(): number {
    return this.cuts.length + 1
  }

  ofItem(item: number): number {
    return nth(this.pieceOf, item)
  }

  /** A link lies where it ends; one that leaves the group ends below all pieces. */
  ofLink({ to }: Link): number {
    return to === FRAME ? this.cuts.length : nth(this.pieceOf, to)
  }

  startOf({ from }: Link): number {
    return from === FRAME ? 0 : nth(this.pieceOf, from)
  }
}

function levelsOf({ items, links }: Content, way: readonly number[]): Int32Array {
  const ranks = ranksOf(items.length, links)
  const down = links.filter(({ from, to }) => from !== FRAME && to !== FRAME && nth(ranks, from) < nth(ranks, to))
  const into: number[][] = items.map(() => [])
  const out: number[][] = items.map(() => [])
  for (const { from, to } of down) {
    nth(into, to).push(from)
    nth(out, from).push(to)
  }
  const order = items.map((_, i) => i).sort((a, b) => nth(ranks, a) - nth(ranks, b))
  const onWay = new Map(way.map((l, i) => [nth(links, l).from, i]))
  const end = links[way.at(-1) ?? -1]?.to
  if (end !== undefined) onWay.set(end, way.length)
  const levels = new Int32Array(items.length).fill(NEEDED_BY_NONE)
  for (const i of order.toReversed())
    levels[i] = onWay.get(i) ?? nth(out, i).reduce((least, to) => Math.min(least, nth(levels, to)), NEEDED_BY_NONE)
  for (const i of order) {
    if (nth(levels, i) < NEEDED_BY_NONE) continue
    const behind = nth(into, i).reduce((most, from) => Math.max(most, nth(levels, from) + Number(onWay.has(from))), 0)
    levels[i] = Math.min(behind, way.length)
  }
  return levels
}

const NEEDED_BY_NONE = 1 << 30

interface Reach extends Crossing {
  /** Level of what makes it; below all for one that enters. */
  readonly from: number
  /** Level of the last that uses it. */
  readonly to: number
}

function valuesOf({ links }: Content, levels: Int32Array, last: number): Map<string, Reach> {
  const values = new Map<string, Reach>()
  for (const { from: item, to, tensor } of links) {
    const name = valueName(item, tensor)
    const from = item === FRAME ? -1 : nth(levels, item)
    const reach = Math.max(from, to === FRAME ? last : Math.min(last, nth(levels, to)))
    const known = values.get(name)
    values.set(name, { item, tensor, from, to: Math.max(reach, known?.to ?? 0) })
  }
  return values
}

export const valueName = (item: number, tensor: TensorId): string => `${item} ${tensor}`

/** `layers.3` above and `layers.4` below. */
function isBetweenBlocks({ items }: Content, { from, to }: Link): boolean {
  const [above, below] = [nth(items, from).group, nth(items, to).group]
  return !!above && !!below && familyOf(above.name) === familyOf(below.name)
}

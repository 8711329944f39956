/** Where the layers that a rewrite made stand. */
import { PADDING, RANK_GAP, SIDE_GAP, inX, outX } from './arrangement'
import type { Box } from './arrangement'
import type { Placed } from './compose'
import type { Span } from './gaps'
import { ranksOf } from './ranks'
import { FRAME } from './view'
import type { Content, Link } from './view'

export interface Place extends Span {
  readonly left: number
  readonly right: number
}

/** Where an item stands; undefined for one that has no place yet. */
export type Spot = readonly [number, number] | undefined

/** Where new items stand, and how much room they need: all that begins at `below` or lower has to move down by `overflow`. */
export interface Fresh {
  readonly spots: ReadonlyMap<number, readonly [number, number]>
  readonly below: number
  readonly overflow: number
}

/** Rows of the new items by rank: from the top of what went, and below what feeds them. */
export function placeNew(
  content: Content,
  boxes: readonly Box[],
  spots: readonly Spot[],
  gone: readonly Place[],
  straight: (i: number) => number | null,
): Fresh {
  const out = new Map<number, readonly [number, number]>()
  const fresh = spots.flatMap((s, i) => (s ? [] : [i]))
  if (fresh.length === 0) return { spots: out, below: 0, overflow: 0 }
  const near = gone.length > 0 ? gone : neighbours(content, boxes, spots, fresh)
  const centre = near.reduce((s, p) => s + (p.left + p.right) / 2, 0) / Math.max(1, near.length)
  const top =
    gone.length > 0 ? Math.min(...gone.map((g) => g.top)) : Math.max(PADDING, ...near.map((p) => p.bottom + RANK_GAP))
  const ranks = ranksOf(content)
  const fed = feeders(content, boxes, spots, ranks)
  const rows = new Map<number, number[]>()
  for (const i of fresh) {
    const row = rows.get(ranks[i]!)
    if (row) row.push(i)
    else rows.set(ranks[i]!, [i])
  }
  let y = top
  for (const rank of [...rows.keys()].sort((a, b) => a - b)) {
    const row = rows.get(rank)!
    const width = row.reduce((w, i) => w + boxes[i]!.width + SIDE_GAP, -SIDE_GAP)
    const left = row.length === 1 ? straight(row[0]!) : null
    let x = Math.max(PADDING / 2, Math.round(left ?? centre - width / 2))
    y = Math.max(y, ...row.map((i) => (fed.bottom.get(i) ?? -RANK_GAP) + RANK_GAP))
    for (const i of row) {
      out.set(i, [x, y])
      x += boxes[i]!.width + SIDE_GAP
    }
    y += Math.max(...row.map((i) => boxes[i]!.height)) + RANK_GAP
  }
  const below = gone.length > 0 ? Math.max(...gone.map((g) => g.bottom)) : top
  const next = Math.min(Infinity, ...spots.flatMap((s) => (s && s[1] >= below ? [s[1]] : [])))
  const room = { spots: out, below, overflow: next === Infinity ? 0 : Math.max(0, y - next) }
  return roomForUsers(content, boxes, spots, ranks, fed, room)
}

/** What feeds new items, where it is not itself new. */
interface Feeders {
  readonly bottom: ReadonlyMap<number, number>
  readonly lowestTop: number
}

function feeders(content: Content, boxes: readonly Box[], spots: readonly Spot[], ranks: Int32Array): Feeders {
  const bottom = new Map<number, number>()
  let lowestTop = 0
  for (const { from, to } of content.links) {
    const spot = from === FRAME || to === FRAME || spots[to] ? undefined : spots[from]
    if (!spot || ranks[from]! >= ranks[to]!) continue
    lowestTop = Math.max(lowestTop, spot[1])
    bottom.set(to, Math.max(bottom.get(to) ?? 0, spot[1] + boxes[from]!.height))
  }
  return { bottom, lowestTop }
}

/** What uses a new item has to stand below it: it moves down with all that is as low, unless that holds what feeds it too. */
function roomForUsers(
  content: Content,
  boxes: readonly Box[],
  spots: readonly Spot[],
  ranks: Int32Array,
  { lowestTop }: Feeders,
  room: Fresh,
): Fresh {
  let { below, overflow } = room
  for (const { from, to } of content.links) {
    const [spot, user] = [room.spots.get(from), to === FRAME ? undefined : spots[to]]
    if (!spot || !user || ranks[from]! >= ranks[to]! || user[1] <= lowestTop) continue
    const needed = spot[1] + boxes[from]!.height + RANK_GAP - user[1]
    if (needed <= (user[1] >= below ? overflow : 0)) continue
    below = Math.min(below, user[1])
    overflow = Math.max(overflow, needed)
  }
  return { spots: room.spots, below, overflow }
}

/** Where a new item stands straight below what feeds it or above what it feeds, if that is among what it replaces. */
export function straightLeft(
  old: Placed,
  content: Content,
  boxes: readonly Box[],
  spots: readonly Spot[],
  gone: readonly Place[],
): (i: number) => number | null {
  const left = Math.min(...gone.map((g) => g.left))
  const right = Math.max(...gone.map((g) => g.right))
  const { entries } = old.arrangement
  const above = (l: Link): number | undefined => {
    if (l.from === FRAME) return entries[old.content.entries.indexOf(l.tensor)]
    const spot = spots[l.from]
    return spot && spot[0] + outX(content, boxes, l)
  }
  const below = (l: Link): number | undefined => {
    if (l.to === FRAME) return old.arrangement.exits.length === 1 ? old.arrangement.exits[0] : undefined
    const spot = spots[l.to]
    return spot && spot[0] + inX(content, boxes, l)
  }
  return (i) => {
    for (const l of content.links) {
      const [x, port] =
        l.to === i && l.from !== i
          ? [above(l), inX(content, boxes, l)]
          : l.from === i
            ? [below(l), outX(content, boxes, l)]
            : [undefined, 0]
      if (x !== undefined && x >= left && x <= right) return x - port
    }
    return null
  }
}

/** Where the producers of new items stand, else where their users do. */
function neighbours(
  content: Content,
  boxes: readonly Box[],
  spots: readonly Spot[],
  fresh: readonly number[],
): Place[] {
  const isNew = new Set(fresh)
  const at = (i: number): Place[] => {
    const s = i >= 0 ? spots[i] : undefined
    return s ? [{ left: s[0], right: s[0] + boxes[i]!.width, top: s[1], bottom: s[1] + boxes[i]!.height }] : []
  }
  const producers = content.links.flatMap((l) => (isNew.has(l.to) ? at(l.from) : []))
  if (producers.length > 0) return producers
  return content.links
    .flatMap((l) => (isNew.has(l.from) ? at(l.to) : []))
    .map((p) => ({ ...p, bottom: p.top - RANK_GAP }))
}

/**
 * The next arrangement of a group after a rewrite: what was there keeps its place, what is new stands where that stood
 * which it replaces, and then the gap that is left closes by moving everything below up as one.
 */
import { PADDING, RANK_GAP, SIDE_GAP, inX, nameRoom, outX } from './arrangement'
import type { Arrangement, Box } from './arrangement'
import type { Placed } from './compose'
import { ranksOf } from './ranks'
import { Shift } from './shift'
import { FRAME } from './view'
import type { Content, Link } from './view'

/** Height that a line needs to swing from a port into its lane. */
const BEND_ROOM = 30

interface Span {
  readonly top: number
  readonly bottom: number
}

interface Place extends Span {
  readonly left: number
  readonly right: number
}

export function adapt(old: Placed, content: Content, boxes: readonly Box[]): Arrangement {
  const before = new Map(old.content.items.map((item, i) => [item.key, i]))
  const kept = content.items.map((item) => before.get(item.key))
  const stays = new Set(kept)
  const gone = old.content.items.flatMap((_, i) => (stays.has(i) ? [] : [placeOf(old, i)]))
  const shift = new Shift()

  // A group that grew pushes down what lies below it; one that shrank leaves a gap that closes later.
  const vacated: Span[] = [...gone]
  kept.forEach((o, i) => {
    if (o === undefined) return
    const { bottom } = placeOf(old, o)
    const growth = boxes[i]!.height - old.boxes[o]!.height
    if (growth > 0) shift.add(bottom, growth)
    else if (growth < 0) vacated.push({ top: bottom + growth, bottom })
  })
  const spots: (readonly [number, number] | undefined)[] = kept.map((o, i) => {
    if (o === undefined) return undefined
    const [x, y] = old.arrangement.items[o]!
    const narrower = (old.boxes[o]!.width - boxes[i]!.width) / 2
    return [Math.max(PADDING, Math.round(x + narrower)), shift.of(y)]
  })
  const replaced = gone.map((g) => shifted(g, shift))
  const fresh = placeNew(content, boxes, spots, replaced, straightLeft(old, content, boxes, spots, replaced))
  for (const [i, spot] of fresh.spots) spots[i] = spot
  const makeRoom = new Shift()
  if (fresh.overflow > 0) makeRoom.add(fresh.below, fresh.overflow)
  for (let i = 0; i < spots.length; i++) if (kept[i] !== undefined) spots[i] = [spots[i]![0], makeRoom.of(spots[i]![1])]
  const moved = (y: number) => makeRoom.of(shift.of(y))
  const close = gapShift(
    Math.min(...old.arrangement.items.map(([, y]) => y)),
    spots.map((s, i) => ({ top: s![1], bottom: s![1] + boxes[i]!.height })),
    vacated.map((v) => ({ top: moved(v.top), bottom: moved(v.bottom - 1) + 1 })),
  )
  const items = spots.map((s): readonly [number, number] => [s![0], close.of(s![1])])
  return finish(old, content, boxes, items, (y) => close.of(moved(y)))
}

function placeOf({ arrangement, boxes }: Placed, i: number): Place {
  const [x, y] = arrangement.items[i]!
  return { left: x, right: x + boxes[i]!.width, top: y, bottom: y + boxes[i]!.height }
}

function shifted(p: Place, shift: Shift): Place {
  const top = shift.of(p.top)
  return { ...p, top, bottom: top + p.bottom - p.top }
}

/** Rows of the new items by rank: from the top of what went, else below what feeds them. */
function placeNew(
  content: Content,
  boxes: readonly Box[],
  spots: readonly (readonly [number, number] | undefined)[],
  gone: readonly Place[],
  straight: (i: number) => number | null,
): { spots: Map<number, readonly [number, number]>; below: number; overflow: number } {
  const out = new Map<number, readonly [number, number]>()
  const fresh = spots.flatMap((s, i) => (s ? [] : [i]))
  if (fresh.length === 0) return { spots: out, below: 0, overflow: 0 }
  const near = gone.length > 0 ? gone : neighbours(content, boxes, spots, fresh)
  const centre = near.reduce((s, p) => s + (p.left + p.right) / 2, 0) / Math.max(1, near.length)
  const top =
    gone.length > 0 ? Math.min(...gone.map((g) => g.top)) : Math.max(PADDING, ...near.map((p) => p.bottom + RANK_GAP))
  const ranks = ranksOf(content)
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
    for (const i of row) {
      out.set(i, [x, y])
      x += boxes[i]!.width + SIDE_GAP
    }
    y += Math.max(...row.map((i) => boxes[i]!.height)) + RANK_GAP
  }
  const below = gone.length > 0 ? Math.max(...gone.map((g) => g.bottom)) : top
  const next = Math.min(Infinity, ...spots.flatMap((s) => (s && s[1] >= below ? [s[1]] : [])))
  return { spots: out, below, overflow: next === Infinity ? 0 : Math.max(0, y - next) }
}

/** Where a new item stands straight below what feeds it or above what it feeds, if that is among what it replaces. */
function straightLeft(
  old: Placed,
  content: Content,
  boxes: readonly Box[],
  spots: readonly (readonly [number, number] | undefined)[],
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
  spots: readonly (readonly [number, number] | undefined)[],
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

/** Closes every empty band across the whole group that something left, down to the distance that was below it. */
function gapShift(top: number, items: readonly Span[], vacated: readonly Span[]): Shift {
  const shift = new Shift()
  const sorted = [...items].sort((a, b) => a.top - b.top)
  let reached = top - RANK_GAP
  for (const item of sorted) {
    const gap = item.top - reached
    const left = vacated.filter((v) => v.top < item.top && v.bottom > reached)
    if (gap > RANK_GAP && left.length > 0) {
      const usual = Math.max(RANK_GAP, item.top - Math.max(...left.map((v) => v.bottom)))
      if (usual < gap) shift.add(item.top, usual - gap)
    }
    reached = Math.max(reached, item.bottom)
  }
  return shift
}

function finish(
  old: Placed,
  content: Content,
  boxes: readonly Box[],
  items: readonly (readonly [number, number])[],
  moved: (y: number) => number,
): Arrangement {
  const bottom = items.reduce((m, [, y], i) => Math.max(m, y + boxes[i]!.height), 0)
  const right = items.reduce((m, [x], i) => Math.max(m, x + boxes[i]!.width), 0)
  const height = bottom + PADDING
  const startX = (l: Link) => items[l.from]![0] + outX(content, boxes, l)
  const endX = (l: Link) => items[l.to]![0] + inX(content, boxes, l)
  const entries = gates(content, content.entries, old.content.entries, old.arrangement.entries, (t) => {
    const link = content.links.find((l) => l.from === FRAME && l.tensor === t && l.to !== FRAME)
    return link ? endX(link) : PADDING
  })
  const exits = gates(content, content.exits, old.content.exits, old.arrangement.exits, (t) => {
    const link = content.links.find((l) => l.to === FRAME && l.tensor === t && l.from !== FRAME)
    return link ? startX(link) : PADDING
  })
  const known = new KnownRoutes(old)
  const routes = content.links.map((l) => {
    const start =
      l.from === FRAME
        ? [entries[content.entries.indexOf(l.tensor)]!, 0]
        : [startX(l), items[l.from]![1] + boxes[l.from]!.height]
    const end = l.to === FRAME ? [exits[content.exits.indexOf(l.tensor)]!, height] : [endX(l), items[l.to]![1]]
    const [highest, lowest] = [start[1]! + BEND_ROOM, end[1]! - BEND_ROOM]
    const fits = highest <= lowest
    const bends = fits
      ? known.bends(content, l).map((v, i) => (i % 2 === 0 ? v : Math.min(lowest, Math.max(highest, moved(v)))))
      : []
    return [...start, ...bends, ...end]
  })
  const width = Math.max(old.arrangement.width, right + PADDING, nameRoom(content), ...entries, ...exits)
  return { width, height, items, routes, entries, exits }
}

/** Where values cross the frame: where they did, a new one where one that is gone did, else above what uses it. */
function gates(
  content: Content,
  now: readonly number[],
  then: readonly number[],
  at: readonly number[],
  otherwise: (tensor: number) => number,
): number[] {
  const free = then.flatMap((t, i) => (now.includes(t) ? [] : [at[i]!]))
  const single = free.length === 1 && now.filter((t) => !then.includes(t)).length === 1 && content.group.parent !== null
  return now.map((t) => {
    const known = then.indexOf(t)
    return known >= 0 ? at[known]! : single ? free[0]! : Math.round(otherwise(t))
  })
}

/** The bends that a line had, found by its ends; a new value between the same ends takes over the old one's. */
class KnownRoutes {
  private readonly exact = new Map<string, readonly number[]>()
  private readonly loose = new Map<string, readonly number[] | null>()

  constructor(old: Placed) {
    old.content.links.forEach((l, i) => {
      const bends = old.arrangement.routes[i]!.slice(2, -2)
      const ends = endsOf(old.content, l)
      this.exact.set(`${l.tensor}|${l.toPort}|${ends}`, bends)
      this.loose.set(ends, this.loose.has(ends) ? null : bends)
    })
  }

  bends(content: Content, l: Link): readonly number[] {
    const ends = endsOf(content, l)
    return this.exact.get(`${l.tensor}|${l.toPort}|${ends}`) ?? this.loose.get(ends) ?? []
  }
}

function endsOf(content: Content, l: Link): string {
  return `${content.items[l.from]?.key ?? 'frame'}>${content.items[l.to]?.key ?? 'frame'}`
}

/**
 * The next arrangement of a group after a rewrite: what was there keeps its place, what is new stands where that stood
 * which it replaces, and then the gap that is left closes by moving everything below up as one.
 */
import { PADDING, RANK_GAP, inX, nameRoom, outX } from './arrangement'
import type { Arrangement, Box } from './arrangement'
import type { Placed } from './compose'
import { KnownRoutes } from './known-routes'
import { placeNew, straightLeft } from './place-new'
import type { Place, Span, Spot } from './place-new'
import { Shift } from './shift'
import { FRAME } from './view'
import type { Content, Link } from './view'

/** Height that a line needs to swing from a port into its lane. */
const BEND_ROOM = 30

/** @param keepGaps the gap stays as it is */
export function adapt(old: Placed, content: Content, boxes: readonly Box[], keepGaps = false): Arrangement {
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
  const spots: Spot[] = kept.map((o, i) => {
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
    keepGaps ? [] : vacated.map((v) => ({ top: moved(v.top), bottom: moved(v.bottom - 1) + 1 })),
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

/**
 * The next arrangement of a group after a rewrite: what was there keeps its place, what is new stands where that stood
 * which it replaces, and then the gap that is left closes by moving everything below up as one.
 */
import { PADDING, RANK_GAP, SIDE_GAP, inX, nameRoom, outX } from './arrangement'
import type { Arrangement, Box } from './arrangement'
import type { Placed } from './compose'
import { closing } from './gaps'
import type { Span } from './gaps'
import { KnownRoutes } from './known-routes'
import { placeNew, straightLeft } from './place-new'
import type { Place, Spot } from './place-new'
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
  const columns: Span[] = gone.map((g) => ({ top: g.left, bottom: g.right }))
  kept.forEach((o, i) => {
    if (o === undefined) return
    const { bottom } = placeOf(old, o)
    const growth = boxes[i]!.height - old.boxes[o]!.height
    if (growth > 0) shift.add(bottom, growth)
    else if (growth < 0) vacated.push({ top: bottom + growth, bottom })
    columns.push(...sidesLeft(old, o, boxes[i]!.width))
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
  const first = (axis: 0 | 1): number => Math.min(...old.arrangement.items.map((at) => at[axis]))
  const up = closing(
    first(1),
    spots.map((s, i) => ({ top: s![1], bottom: s![1] + boxes[i]!.height })),
    keepGaps ? [] : vacated.map((v) => ({ top: moved(v.top), bottom: moved(v.bottom - 1) + 1 })),
    RANK_GAP,
  )
  const left = closing(
    first(0),
    spots.map((s, i) => ({ top: s![0], bottom: s![0] + boxes[i]!.width })),
    keepGaps ? [] : columns,
    SIDE_GAP,
  )
  const items = spots.map((s): readonly [number, number] => [left.of(s![0]), up.of(s![1])])
  return finish(old, content, boxes, items, { x: (x) => left.of(x, SIDE_GAP / 2), y: (y) => up.of(moved(y)) })
}

/** What an item that became narrower leaves on both sides. */
function sidesLeft(old: Placed, index: number, width: number): Span[] {
  const { left, right } = placeOf(old, index)
  const side = (right - left - width) / 2
  return side <= 0
    ? []
    : [
        { top: left, bottom: left + side },
        { top: right - side, bottom: right },
      ]
}

/** Where a place of the old arrangement is in the new one. */
interface Moved {
  readonly x: (x: number) => number
  readonly y: (y: number) => number
}

function placeOf({ arrangement, boxes }: Placed, i: number): Place {
  const [x, y] = arrangement.items[i]!
  return { left: x, right: x + boxes[i]!.width, top: y, bottom: y + boxes[i]!.height }
}

function shifted(p: Place, shift: Shift): Place {
  const top = shift.of(p.top)
  return { ...p, top, bottom: top + p.bottom - p.top }
}

function finish(
  old: Placed,
  content: Content,
  boxes: readonly Box[],
  items: readonly (readonly [number, number])[],
  moved: Moved,
): Arrangement {
  const bottom = items.reduce((m, [, y], i) => Math.max(m, y + boxes[i]!.height), 0)
  const height = bottom + PADDING
  const startX = (l: Link) => items[l.from]![0] + outX(content, boxes, l)
  const endX = (l: Link) => items[l.to]![0] + inX(content, boxes, l)
  const entries = gates(content, content.entries, old.content.entries, old.arrangement.entries.map(moved.x), (t) => {
    const link = content.links.find((l) => l.from === FRAME && l.tensor === t && l.to !== FRAME)
    return link ? endX(link) : PADDING
  })
  const exits = gates(content, content.exits, old.content.exits, old.arrangement.exits.map(moved.x), (t) => {
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
      ? known
          .bends(content, l)
          .map((v, i) => (i % 2 === 0 ? moved.x(v) : Math.min(lowest, Math.max(highest, moved.y(v)))))
      : []
    return [...start, ...bends, ...end]
  })
  // As much room on the right as there was.
  const margin = Math.max(0, old.arrangement.width - reachOf(old.arrangement, old.boxes))
  const width = Math.max(reachOf({ items, routes, entries, exits }, boxes) + margin, nameRoom(content))
  return { width, height, items, routes, entries, exits }
}

/** How far to the right anything goes. */
function reachOf(
  { items, routes, entries, exits }: Pick<Arrangement, 'items' | 'routes' | 'entries' | 'exits'>,
  boxes: readonly Box[],
): number {
  let reach = Math.max(0, ...entries, ...exits)
  items.forEach(([x], i) => (reach = Math.max(reach, x + boxes[i]!.width)))
  for (const route of routes) for (let i = 0; i < route.length; i += 2) reach = Math.max(reach, route[i]!)
  return reach
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

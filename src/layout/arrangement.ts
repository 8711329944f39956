/** The inside of one open group with positions, in index form, so that groups of equal structure share one. */
import type { Flow } from './flow'
import type { Content, ItemKey } from './view'
import { nth } from './known'

/** Items whose pieces begin another column: chosen once, so that a rewrite moves no block from one column to the next. */
export type Breaks = readonly ItemKey[]

/** Coordinates are relative to the upper left corner of the frame; the top content has no frame but the same padding. */
export interface Arrangement {
  readonly width: number
  readonly height: number
  /** x and y of each item, by its index. */
  readonly items: readonly (readonly [number, number])[]
  /** Waypoints of each link, `x0, y0, x1, y1, ...`, both ends included, by its index. */
  readonly routes: readonly (readonly number[])[]
  /** Where each entering value crosses the top, by its index among the entries. */
  readonly entries: readonly number[]
  readonly exits: readonly number[]
}

/** A box as its surroundings see it. */
export interface Box {
  readonly width: number
  readonly height: number
  /** Distance of each port from the left, in the order of the item's ports. */
  readonly inX: readonly number[]
  readonly outX: readonly number[]
}

/** In quarters, so that sums of coordinates are exact, in whatever order and precision. */
function evenly(count: number, width: number): number[] {
  return Array.from({ length: count }, (_, i) => Math.round((4 * width * (i + 1)) / (count + 1)) / 4)
}

/**
 * Distance of each port from the left: those with lines evenly, those that only name a value at the right end.
 * @param middle the port that stands in the middle, with the others on both sides of it
 */
export function portsAcross(
  ports: readonly number[],
  stubs: ReadonlySet<number>,
  width: number,
  { stubGap, stubEnd }: Flow,
  middle?: number,
): number[] {
  const lines = ports.filter((p) => !stubs.has(p))
  if (lines.length === 0) return evenly(ports.length, width)
  const room = stubs.size > 0 ? width - stubGap * (stubs.size - 1) : width
  const at = middle === undefined ? -1 : lines.indexOf(middle)
  const spread = at < 0 ? evenly(lines.length, room) : aroundMiddle(lines.length, at, width, room)
  if (lines.length === 1) spread[0] = width / 2
  let right = width - stubEnd - stubGap * (ports.length - lines.length - 1)
  let next = 0
  return ports.map((p) => {
    if (!stubs.has(p)) return nth(spread, next++)
    right += stubGap
    return right - stubGap
  })
}

function aroundMiddle(count: number, at: number, width: number, room: number): number[] {
  const half = width / 2
  const right = evenly(count - at - 1, Math.max(half / 2, room - half))
  return [...evenly(at, half), half, ...right.map((x) => half + x)]
}

/** Least width of a frame, in steps, so that its name can be read without every name being a structure of its own. */
export function nameRoom(content: Content): number {
  return content.group.parent ? Math.ceil((content.group.name.length * 7 + 72) / 40) * 40 : 0
}

/** Puts the pieces of a group below each other, with the spine as one straight line, in one column or more. */
import { nameRoom } from './arrangement'
import type { Arrangement, Breaks } from './arrangement'
import type { Flow } from './flow'
import { PADDING } from './flow'
import type { LaidPiece } from './piece'
import type { CutPiece } from './pieces'
import type { Spine } from './spine'
import { FRAME } from './view'
import type { Content } from './view'
import { last, nth } from './known'

/** Between two columns: room for the line that leads from the bottom of one to the top of the next. */
const COLUMN_GAP = 96

export interface LaidCut {
  readonly cut: CutPiece
  readonly laid: LaidPiece
}

interface Put extends LaidCut {
  readonly x: number
  readonly y: number
  readonly column: number
  /** Where its column begins, which may be further left than the piece. */
  readonly left: number
}

/** @param breaks items whose pieces begin another column */
export function stacked(
  content: Content,
  spine: Spine,
  pieces: readonly LaidCut[],
  breaks: Breaks,
  flow: Flow,
): Arrangement {
  const runs = runsOf(content, pieces, breaks)
  const put: Put[] = []
  let left = 0
  const top = runs.length > 1 ? flow.rankGap / 2 : 0
  runs.forEach((run, column) => {
    const from = put.length
    let [spineX, y] = [0, top]
    for (const { cut, laid } of run) {
      const x = put.length > from ? spineX - nth(laid.entries, 0) : 0
      put.push({ cut, laid, x, y, column, left })
      y += laid.height + flow.rankGap
      spineX = x + (laid.exits[0] ?? 0)
    }
    const column0 = put.slice(from)
    const shift = left - Math.min(...column0.map((p) => p.x))
    for (let i = from; i < put.length; i++) put[i] = { ...nth(put, i), x: nth(put, i).x + shift }
    left = Math.max(...put.slice(from).map((p) => p.x + p.laid.width)) + COLUMN_GAP
  })
  return framed(content, spine, put, flow)
}

function runsOf(content: Content, pieces: readonly LaidCut[], breaks: Breaks): LaidCut[][] {
  const begins = new Set(breaks)
  const runs: LaidCut[][] = [[]]
  for (const piece of pieces) {
    const isNext = last(runs).length > 0 && piece.cut.items.some((i) => begins.has(nth(content.items, i).key))
    if (isNext) runs.push([piece])
    else last(runs).push(piece)
  }
  return runs
}

/** The whole with its frame around it, and the spine in the middle where the spine of the group around runs through it. */
function framed(content: Content, spine: Spine, put: readonly Put[], flow: Flow): Arrangement {
  const before = content.group.parent ? flow.before : TOP
  const [across, along] = flow.direction === 'down' ? [nameRoom(content), 0] : [0, nameRoom(content)]
  const bodyWidth = put.reduce((w, p) => Math.max(w, p.x + p.laid.width), 0)
  const bodyHeight = put.reduce((h, p) => Math.max(h, p.y + p.laid.height), 0)
  const hasColumns = last(put).column > 0
  const height = Math.max(before.y + bodyHeight + PADDING + (hasColumns ? flow.rankGap / 2 : 0), along)
  const least = Math.max(before.x + bodyWidth + PADDING, across)
  const spineX = spine.passes && !hasColumns ? before.x + spineOf(content, spine, put) : null
  const half = spineX === null ? least / 2 : Math.max(spineX, least - spineX, across / 2)
  const origin = { x: before.x + (spineX === null ? 0 : half - spineX), y: before.y }
  return { width: Math.ceil(2 * half), height: Math.round(height), ...placed(content, put, origin, height, flow) }
}

/** The top content has padding, and no heading. */
const TOP = { x: PADDING, y: PADDING }

/** Where the spine enters, else where it leaves or stands. */
function spineOf({ links, entries, exits }: Content, spine: Spine, put: readonly Put[]): number {
  const [enters, leaves] = [links[spine.links[0] ?? -1], links[spine.links.at(-1) ?? -1]]
  const [top, bottom] = [nth(put, 0), last(put)]
  if (enters?.from === FRAME) return top.x + nth(top.laid.entries, entries.indexOf(enters.tensor))
  if (leaves?.to === FRAME) return bottom.x + nth(bottom.laid.exits, exits.indexOf(leaves.tensor))
  return top.x + (put.length > 1 ? nth(top.laid.exits, 0) : top.laid.width / 2)
}

function placed(
  content: Content,
  put: readonly Put[],
  origin: { readonly x: number; readonly y: number },
  height: number,
  { rankGap }: Flow,
): Pick<Arrangement, 'items' | 'routes' | 'entries' | 'exits'> {
  const items: [number, number][] = content.items.map(() => [0, 0])
  const routes: number[][] = content.links.map(() => [])
  /** The ways of the values that the piece above hands on. */
  let handed = new Map<string, readonly number[]>()
  put.forEach((p, i) => {
    const at = (points: readonly number[]) => points.map((v, k) => v + (k % 2 === 0 ? p.x + origin.x : p.y + origin.y))
    p.cut.items.forEach((item, k) => {
      const [x, y] = nth(p.laid.places, k)
      items[item] = [x + p.x + origin.x, y + p.y + origin.y]
    })
    const above = put[i - 1]
    if (above && above.column < p.column) handed = across(handed, p, origin, rankGap / 2)
    const goesOn = new Map<string, readonly number[]>()
    p.cut.lines.forEach(({ link, value }, k) => {
      const way = at(nth(p.laid.routes, k))
      const before = nth(p.cut.piece.lines, k).from === FRAME ? handed.get(value) : undefined
      const route = before ? joined(before, way, rankGap / 2) : way
      if (link < 0) goesOn.set(value, route)
      else routes[link] = route
    })
    handed = goesOn
  })
  return { items, ...atFrame(content, put, routes, origin, height) }
}

/** Between lines that lead to the next column side by side. */
const LANE = 8

/** From the bottom of one column to the top of the next. */
function across(
  handed: ReadonlyMap<string, readonly number[]>,
  p: Put,
  origin: { readonly x: number; readonly y: number },
  halfGap: number,
): Map<string, number[]> {
  const up = p.y + origin.y - halfGap
  return new Map(
    [...handed].map(([value, points], lane) => {
      const between = p.left + origin.x - COLUMN_GAP / 2 + lane * LANE
      return [value, [...points, between, last(points), between, up]]
    }),
  )
}

/** Two parts of a way that meet half way between two rows: straight on, or directly from what is above to what is below. */
function joined(above: readonly number[], below: readonly number[], halfGap: number): number[] {
  const [x0, y0, x1] = [nth(above, above.length - 2), last(above), nth(below, 0)]
  const isNear =
    above.at(-4) === x0 &&
    y0 - nth(above, above.length - 3) === halfGap &&
    below[2] === x1 &&
    nth(below, 3) - y0 === halfGap
  return x0 === x1 || isNear ? [...above.slice(0, -2), ...below.slice(2)] : [...above, ...below]
}

/** Lines that enter begin at the upper edge of the frame, and those that leave end at the lower one. */
function atFrame(
  content: Content,
  put: readonly Put[],
  routes: number[][],
  origin: { readonly x: number; readonly y: number },
  height: number,
): Pick<Arrangement, 'routes' | 'entries' | 'exits'> {
  const [top, bottom] = [nth(put, 0), last(put)]
  content.links.forEach(({ from, to }, i) => {
    const route = nth(routes, i)
    if (from === FRAME) route[1] = 0
    if (to === FRAME) route[route.length - 1] = height
  })
  return {
    routes,
    entries: top.laid.entries.slice(0, content.entries.length).map((x) => x + top.x + origin.x),
    exits: bottom.laid.exits.slice(0, content.exits.length).map((x) => x + bottom.x + origin.x),
  }
}

/** Between near and far a box is as large as the name of what it is asks for, where there is room beside it. */
import type { NodeContent, Rect, Scene, SceneNode } from '../../../layout'
import type { Palette } from './palette'
import { READABLE } from './picture'
import type { Picture } from './picture'
import { widthOf } from './primitives'
import type { SceneIndex } from './scene-index'

/** On the screen, in pixels: the least height of a box with a text, the smallest text in it, and what lies around that. */
export const TEXT = 7.5
/** Zoom from which every layer has its name. */
const MIDDLE = 0.17
export const SMALLEST = 8
const MARGIN = 3
/** So high is a box with a text at least; a closed group has a stripe at its foot besides. */
const HIGH = { layer: 11, group: 15 }
/** In the picture: so much a box may grow to either side, and so much stays free beside it. */
const MOST = 60
const FREE = 5

export const titleOf = (face: NodeContent): string =>
  face.category === 'group' && face.result ? `${face.title} ${face.result}` : face.title

/** How far a box may grow, in the picture. */
export interface Room {
  readonly left: number
  readonly right: number
  /** Above and below. */
  readonly beyond: number
}

/** The box of a node as it is painted at this zoom. */
export function middleBox(
  ctx: CanvasRenderingContext2D,
  face: NodeContent,
  box: Rect,
  zoom: number,
  palette: Palette,
  room: () => Room,
): Rect {
  const isGroup = face.category === 'group'
  if (zoom >= READABLE || (isGroup ? box.height * zoom < TEXT : zoom < MIDDLE)) return box
  const wanted = (widthOf(ctx, 600, palette.font, titleOf(face)) * SMALLEST + 2 * MARGIN + 1) / zoom
  const least = HIGH[isGroup ? 'group' : 'layer'] / zoom
  if (wanted <= box.width && least <= box.height) return box
  const free = room()
  const [left, right] = shared(Math.max(0, wanted - box.width), free)
  const higher = Math.min(free.beyond, Math.max(0, least - box.height) / 2)
  return { x: box.x - left, y: box.y - higher, width: box.width + left + right, height: box.height + 2 * higher }
}

/** The same of a node that stands still. */
export function shownBox(ctx: CanvasRenderingContext2D, { index, viewport, palette }: Picture, node: SceneNode): Rect {
  return node.open ? node : middleBox(ctx, node.face, node, viewport.zoom, palette, () => roomBeside(index, node))
}

/** How much of what is wanted each side gives: half each, or more where the other has less. */
function shared(wanted: number, room: Room): [number, number] {
  const left = Math.min(room.left, Math.max(wanted / 2, wanted - room.right))
  return [left, Math.min(room.right, wanted - left)]
}

const rooms = new WeakMap<Scene, Map<string, Room>>()

/** How far a box can grow without reaching another, a line that is not its own, or the frame around it. */
export function roomBeside(index: SceneIndex, node: SceneNode): Room {
  let known = rooms.get(index.scene)
  if (!known) rooms.set(index.scene, (known = new Map()))
  let room = known.get(node.key)
  if (!room) known.set(node.key, (room = measured(index, node)))
  return room
}

function measured(index: SceneIndex, node: SceneNode): Room {
  const { x, y, width, height } = node
  const least = node.kind === 'group' ? (height * HIGH.group) / TEXT : HIGH.layer / MIDDLE
  const most = Math.max(0, least - height) / 2
  const around = { x: x - 2 * MOST, y: y - 2 * most, width: width + 4 * MOST, height: height + 4 * most }
  const things = thingsIn(index, node, around)
  // First above and below, then beside what it is then.
  const vertical = sidesOf(
    [y, y + height],
    things.flatMap((t) => t([x, x + width], 'y') ?? []),
  )
  const beyond = Math.min(most, vertical.before, vertical.after)
  const band: Span = [y - beyond, y + height + beyond]
  const { before, after } = sidesOf(
    [x, x + width],
    things.flatMap((t) => t(band, 'x') ?? []),
  )
  return { left: Math.min(MOST, before), right: Math.min(MOST, after), beyond }
}

type Span = readonly [from: number, to: number]

/** From where to where something lies on one axis, of the part of it that is within `band` of the other; `share` of the way there is the box's. */
type Thing = (band: Span, axis: 'x' | 'y') => { readonly span: Span; readonly share: number } | null

/** How much is free before and after a span. */
function sidesOf([from, to]: Span, stops: readonly { span: Span; share: number }[]): { before: number; after: number } {
  let [before, after] = [Infinity, Infinity]
  for (const { span, share } of stops) {
    if (span[1] <= from) before = Math.min(before, (from - span[1]) * share - FREE)
    else if (span[0] >= to) after = Math.min(after, (span[0] - to) * share - FREE)
    else if (share === 1) continue
    else return { before: 0, after: 0 }
  }
  return { before: Math.max(0, before), after: Math.max(0, after) }
}

/** The boxes, sides of frames and lines that are not the node's own in a part of the picture. */
function thingsIn(index: SceneIndex, node: SceneNode, around: Rect): Thing[] {
  const things: Thing[] = []
  // What stands beside may grow as well.
  for (const other of index.nodesIn(around)) if (other.key !== node.key) things.push(boxThing(other, 0.5))
  for (const { x, y, width, height } of index.framesIn(around)) {
    const [right, bottom] = [x + width, y + height]
    for (const side of [x, right]) things.push(lineThing([side, y, side, bottom]))
    for (const side of [y, bottom]) things.push(lineThing([x, side, right, side]))
  }
  index.edgesIn(around, ({ from, to, points }) => {
    if (from === node.key || to === node.key) return
    for (let i = 0; i + 3 < points.length; i += 2)
      things.push(lineThing([points[i]!, points[i + 1]!, points[i + 2]!, points[i + 3]!]))
  })
  return things
}

function boxThing({ x, y, width, height }: Rect, share: number): Thing {
  const spans = { x: [x, x + width], y: [y, y + height] } as const
  return (band, axis) => {
    const [from, to] = axis === 'x' ? spans.y : spans.x
    return from < band[1] && to > band[0] ? { span: spans[axis], share } : null
  }
}

function lineThing([x0, y0, x1, y1]: readonly [number, number, number, number]): Thing {
  return (band, axis) => {
    const span = axis === 'x' ? spanWithin(y0, x0, y1, x1, band) : spanWithin(x0, y0, x1, y1, band)
    return span && { span, share: 1 }
  }
}

/** Of a line from (a0, b0) to (a1, b1): where it lies in b, of the part of it whose a is within `band`. */
function spanWithin(a0: number, b0: number, a1: number, b1: number, band: Span): Span | null {
  const [from, to] = [Math.max(band[0], Math.min(a0, a1)), Math.min(band[1], Math.max(a0, a1))]
  if (from > to) return null
  const at = (a: number) => (a0 === a1 ? b0 : b0 + ((b1 - b0) * (a - a0)) / (a1 - a0))
  const ends = a0 === a1 ? [b0, b1] : [at(from), at(to)]
  return [Math.min(...ends), Math.max(...ends)]
}

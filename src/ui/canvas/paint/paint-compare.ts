/** How a comparison looks: what is gone grey and dashed, what is new amber, what changed with a double ring, the rest pale. */
import { edgeStatus, KEPT } from '../../../editor'
import type { Mark } from '../../../editor'
import type { Direction, Rect, SceneEdge, SceneNode } from '../../../layout'
import { traceEdge, traceHead } from './paint-edge'
import { shownBox } from './middle-box'
import type { Picture } from './picture'
import { badge, ring } from './primitives'
import { PLAIN } from './paint-node'
import type { Look } from './paint-node'
import type { Palette } from './palette'

type Marks = ReadonlyMap<string, Mark>

const PALE = 0.4
const LOOKS: Readonly<Record<Mark['status'], Look>> = {
  removed: { alpha: 0.85, ghost: 1, fresh: 0 },
  added: { alpha: 1, ghost: 0, fresh: 1 },
  changed: PLAIN,
  kept: { ...PLAIN, alpha: PALE },
}

export function markedLook(node: SceneNode, marks: Marks): Look {
  const { status, count } = marks.get(node.key) ?? KEPT
  return count > 0 ? PLAIN : LOOKS[status]
}

export function paintMarkedEdges(
  ctx: CanvasRenderingContext2D,
  edges: readonly SceneEdge[],
  marks: Marks,
  palette: Palette,
  zoom: number,
  smooth: boolean,
  direction: Direction,
): void {
  const look = {
    kept: { colour: palette.edge, alpha: PALE, width: 1.25, dash: [] },
    removed: { colour: palette.gone, alpha: 1, width: 1.5, dash: [5, 4] },
    added: { colour: palette.fresh, alpha: 1, width: 2, dash: [] },
  }
  const sorted = { kept: [] as SceneEdge[], removed: [] as SceneEdge[], added: [] as SceneEdge[] }
  for (const edge of edges) sorted[edgeStatus(edge, marks)].push(edge)
  for (const status of ['kept', 'removed', 'added'] as const) {
    const { colour, alpha, width, dash } = look[status]
    ctx.globalAlpha = alpha
    ctx.strokeStyle = ctx.fillStyle = colour
    ctx.lineWidth = Math.max(width, 0.8 / zoom)
    ctx.setLineDash(dash)
    ctx.beginPath()
    for (const edge of sorted[status]) traceEdge(ctx, edge.points, smooth, direction)
    ctx.stroke()
    ctx.setLineDash([])
    if (!smooth) continue
    ctx.beginPath()
    for (const edge of sorted[status]) traceHead(ctx, edge.points, direction)
    ctx.fill()
  }
  ctx.globalAlpha = 1
}

/** The rings of what changed, and how many differences a closed group holds. */
export function paintMarks(ctx: CanvasRenderingContext2D, picture: Picture, marks: Marks, view: Rect): void {
  const { index, palette, viewport } = picture
  const { zoom } = viewport
  for (const node of index.nodesIn(view)) {
    const mark = marks.get(node.key)
    if (!mark) continue
    const box = shownBox(ctx, picture, node)
    const colour = { removed: palette.gone, added: palette.fresh, changed: palette.kind, kept: palette.gone }[
      mark.status
    ]
    if (mark.status === 'changed') {
      ring(ctx, box, colour, 1.5, zoom, 1)
      ring(ctx, { x: box.x - 4, y: box.y - 4, width: box.width + 8, height: box.height + 8 }, colour, 1, zoom, 0.7)
    } else if (mark.status === 'added' || mark.count > 0) ring(ctx, box, colour, 1.5, zoom, 1)
    if (mark.count > 0) badge(ctx, box, String(mark.count), palette, zoom, colour)
  }
}

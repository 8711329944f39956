/** The moving part of a step at one moment. Only what is in view is worked out. */
import { edgeFrame, edgeTime, nodeFrame, nodeTime, shownTime } from '../../../editor'
import type { Change, EdgeFrame, Motion, NodeFrame } from '../../../editor'
import type { Rect, SceneEdge, SceneNode } from '../../../layout'
import { traceEdge, traceHead } from './paint-edge'
import { heatedLook } from './paint-heat'
import { middleBox, roomBeside } from './middle-box'
import { paintFrame, paintNode } from './paint-node'
import type { Look } from './paint-node'
import { partName } from './paint-halo'
import { ring } from './primitives'
import type { Palette } from './palette'
import type { Picture } from './picture'
import { bounds } from './scene-index'
import { touches } from '../../../layout'

const nodeReach = new WeakMap<Change<SceneNode>, Rect>()
const edgeReach = new WeakMap<Change<SceneEdge>, Rect>()

/** Everything that a change passes on its way, worked out once. */
function reachOf<T>(known: WeakMap<Change<T>, Rect>, change: Change<T>, around: (end: T) => Rect): Rect {
  const found = known.get(change)
  if (found) return found
  const a = around((change.from ?? change.to) as T)
  const b = around((change.to ?? change.from) as T)
  const [x, y] = [Math.min(a.x, b.x), Math.min(a.y, b.y)]
  const width = Math.max(a.x + a.width, b.x + b.width) - x
  const reach = { x, y, width, height: Math.max(a.y + a.height, b.y + b.height) - y }
  known.set(change, reach)
  return reach
}

const aroundNode = (n: SceneNode): Rect => n

function aroundEdge(e: SceneEdge): Rect {
  const [x0, y0, x1, y1] = bounds(e.points)
  return { x: x0, y: y0, width: x1 - x0, height: y1 - y0 }
}

export function paintMotion(ctx: CanvasRenderingContext2D, picture: Picture, motion: Motion, view: Rect): void {
  const { palette, viewport, still } = picture
  const { record, inside } = motion
  const time = shownTime(motion.time, { still })
  const frames: NodeFrame[] = []
  for (const [key, change] of record.nodes.near(view))
    if (touches(reachOf(nodeReach, change, aroundNode), view))
      frames.push(nodeFrame(record, key, change, inside ? nodeTime(inside, record, key, change) : time, { still }))
  frames.sort((a, b) => b.ghost - a.ghost)
  for (const f of frames) {
    if (!f.node.open || f.alpha <= 0 || !touches(f, view)) continue
    ctx.globalAlpha = f.alpha
    paintFrame(ctx, f.node, f, viewport.zoom, palette, true)
  }
  ctx.globalAlpha = 1
  const edges: EdgeFrame[] = []
  for (const [, change] of record.edges.near(view))
    if (touches(reachOf(edgeReach, change, aroundEdge), view))
      edges.push(edgeFrame(record, change, inside ? edgeTime(inside, record, change) : time, { still }))
  paintEdges(ctx, picture, edges)
  for (const f of frames) if (!f.node.open && f.alpha > 0 && touches(f, view)) paintMoving(ctx, picture, f)
}

/** What merely moves is one path; what comes or goes has a look of its own. */
function paintEdges(
  ctx: CanvasRenderingContext2D,
  { index, palette, viewport }: Picture,
  edges: readonly EdgeFrame[],
): void {
  const { direction } = index.scene
  const smooth = viewport.zoom > 0.22
  const plain = edges.filter((f) => f.alpha === 1 && f.ghost === 0 && f.fresh === 0)
  const stroke = (batch: readonly EdgeFrame[]) => {
    ctx.beginPath()
    for (const f of batch) traceEdge(ctx, f.points, smooth, direction)
    ctx.stroke()
    ctx.setLineDash([])
    if (!smooth) return
    ctx.beginPath()
    for (const f of batch) traceHead(ctx, f.points, direction)
    ctx.fill()
  }
  ctx.strokeStyle = ctx.fillStyle = palette.edge
  ctx.lineWidth = Math.max(1.25, 0.8 / viewport.zoom)
  for (let from = 0; from < plain.length; from += 240) stroke(plain.slice(from, from + 240))
  for (const f of edges) {
    if (f.alpha <= 0 || (f.alpha === 1 && f.ghost === 0 && f.fresh === 0)) continue
    ctx.globalAlpha = f.alpha
    ctx.strokeStyle = ctx.fillStyle = f.ghost > 0.3 ? palette.gone : f.fresh > 0.1 ? palette.fresh : palette.edge
    ctx.lineWidth = Math.max(f.fresh > 0.1 ? 2 : 1.25, 0.8 / viewport.zoom)
    if (f.ghost > 0.3) ctx.setLineDash([4, 4])
    stroke([f])
  }
  ctx.globalAlpha = 1
}

function paintMoving(ctx: CanvasRenderingContext2D, picture: Picture, f: NodeFrame): void {
  const { palette, viewport } = picture
  const stays = f.fresh === 0 && f.ghost === 0 ? picture.index.node(f.node.key) : undefined
  // What stays keeps the size that it has at rest.
  const box = stays ? middleBox(ctx, f.node.face, f, viewport.zoom, palette, () => roomBeside(picture.index, stays)) : f
  if (stays) paintNode(ctx, f.node.face, box, viewport.zoom, palette, heatedLook(picture, f.node.key, f))
  else paintScaled(ctx, palette, viewport.zoom, f, heatedLook(picture, f.node.key, f))
  if (f.fresh > 0.05) ring(ctx, f, palette.fresh, 2, viewport.zoom, f.fresh * f.alpha)
  if (f.lit <= 0.02) return
  ring(ctx, box, palette.match, 2.5, viewport.zoom, f.lit * f.alpha)
  ctx.globalAlpha = f.lit * f.alpha
  if (f.part && f.node.kind === 'layer' && viewport.zoom > 0.4) partName(ctx, f, f.part, palette)
  ctx.globalAlpha = 1
}

/** A box that grows shows what it will say, smaller. */
function paintScaled(ctx: CanvasRenderingContext2D, palette: Palette, zoom: number, f: NodeFrame, look: Look): void {
  const scale = f.width / f.node.width
  if (f.fresh === 0 || scale >= 1) return paintNode(ctx, f.node.face, f, zoom, palette, look)
  ctx.save()
  ctx.translate(f.x, f.y)
  ctx.scale(scale, scale)
  paintNode(ctx, f.node.face, { x: 0, y: 0, width: f.node.width, height: f.node.height }, zoom, palette, look)
  ctx.restore()
}

/** The moving part of a step at one moment. */
import { edgeFrame, nodeFrame } from '../../editor'
import type { Motion, Rect } from '../../editor'
import { traceEdge, traceHead } from './paint-edge'
import { paintFrame, paintNode } from './paint-node'
import { partName, ring } from './painter'
import type { Picture } from './painter'
import { touches } from './scene-index'

export function paintMotion(ctx: CanvasRenderingContext2D, picture: Picture, motion: Motion, view: Rect): void {
  const { palette, viewport, still } = picture
  const { record, time } = motion
  const frames = [...record.nodes]
    .map(([key, change]) => nodeFrame(record, key, change, time, { still }))
    .sort((a, b) => b.ghost - a.ghost)
  for (const f of frames) if (f.node.open && touches(f, view)) paintFrame(ctx, f.node, f, viewport.zoom, palette, true)
  for (const change of record.edges.values()) {
    const f = edgeFrame(change, time, { still })
    if (f.alpha <= 0) continue
    const colour = f.ghost > 0.3 ? palette.gone : f.fresh > 0.1 ? palette.fresh : palette.edge
    ctx.globalAlpha = f.alpha
    ctx.strokeStyle = colour
    ctx.fillStyle = colour
    ctx.lineWidth = Math.max(f.fresh > 0.1 ? 2 : 1.25, 0.8 / viewport.zoom)
    if (f.ghost > 0.3) ctx.setLineDash([4, 4])
    ctx.beginPath()
    traceEdge(ctx, f.points, true)
    ctx.stroke()
    ctx.setLineDash([])
    ctx.beginPath()
    traceHead(ctx, f.points)
    ctx.fill()
  }
  ctx.globalAlpha = 1
  for (const f of frames) {
    if (f.node.open || f.alpha <= 0 || !touches(f, view)) continue
    paintNode(ctx, f.node.face, f, viewport.zoom, palette, f)
    if (f.fresh > 0.05) ring(ctx, f, palette.fresh, 2, viewport.zoom, f.fresh * f.alpha)
    if (f.lit > 0.02) {
      ring(ctx, f, palette.match, 2.5, viewport.zoom, f.lit * f.alpha)
      ctx.globalAlpha = f.lit * f.alpha
      if (f.part && f.node.kind === 'layer' && viewport.zoom > 0.4) partName(ctx, f, f.part, palette)
      ctx.globalAlpha = 1
    }
  }
}

/** A rewrite that has not been done: what would go as a grey dashed ghost, what would come in the colour of the new. */
import type { PreviewFrames } from '../../../editor'
import { ring } from './primitives'
import { paintNode } from './paint-node'
import type { Palette } from './palette'

const GHOST = { alpha: 0.6, ghost: 1, fresh: 0 }
const FRESH = { alpha: 1, ghost: 0, fresh: 1 }

export function paintPreview(
  ctx: CanvasRenderingContext2D,
  { gone, come, links }: PreviewFrames,
  palette: Palette,
  zoom: number,
): void {
  for (const node of gone.values()) {
    paintNode(ctx, node.face, node, zoom, palette, GHOST)
    ctx.setLineDash([6 / Math.min(1, zoom), 4 / Math.min(1, zoom)])
    ring(ctx, node, palette.gone, 1.5, zoom, 1)
    ctx.setLineDash([])
  }
  ctx.strokeStyle = palette.fresh
  ctx.lineWidth = Math.max(2, 1.2 / zoom)
  for (const [from, to] of links) {
    const [x0, y0, x1, y1] = [from.x + from.width / 2, from.y + from.height, to.x + to.width / 2, to.y]
    const bend = Math.min(40, Math.abs(y1 - y0) / 2)
    ctx.beginPath()
    ctx.moveTo(x0, y0)
    ctx.bezierCurveTo(x0, y0 + bend, x1, y1 - bend, x1, y1)
    ctx.stroke()
  }
  for (const { face, box } of come) {
    paintNode(ctx, face, box, zoom, palette, FRESH)
    ring(ctx, box, palette.fresh, 2, zoom, 1)
  }
}

/** What is drawn around a node: rings, names of parts, and the mark of what stopped a match. */
import type { Halo } from '../../../editor'
import type { Rect } from '../../../layout'
import { ring, widthOf } from './primitives'
import type { Palette } from './palette'

/**
 * What a layer is in a pattern: beside its box, or above or below where something stands there.
 * @param isFree whether a piece of the picture is empty; without it the name stands beside
 */
export function partName(
  ctx: CanvasRenderingContext2D,
  box: Rect,
  part: string,
  palette: Palette,
  isFree: (area: Rect) => boolean = () => true,
  colour = palette.match,
): void {
  const last = part.slice(part.lastIndexOf('/') + 1)
  const name = last.length > 44 ? `${last.slice(0, 43)}…` : last
  const width = widthOf(ctx, 600, palette.font, name) * 11
  const beside = { x: box.x + box.width + 10, y: box.y + 15 }
  const above = { x: box.x, y: box.y - 6 }
  const below = { x: box.x, y: box.y + box.height + 17 }
  const { x, y } = [beside, above, below].find((at) => isFree({ x: at.x, y: at.y - 11, width, height: 15 })) ?? above
  ctx.textAlign = 'left'
  ctx.textBaseline = 'alphabetic'
  ctx.lineWidth = 4
  ctx.strokeStyle = palette.bg
  ctx.lineJoin = 'round'
  ctx.font = `600 11px ${palette.font}`
  ctx.strokeText(name, x, y)
  ctx.fillStyle = colour
  ctx.fillText(name, x, y)
}

/** A part of a match that another would take away: dotted, in the colour of what goes. */
export function paintTaken(ctx: CanvasRenderingContext2D, box: Rect, palette: Palette, zoom: number): void {
  ctx.setLineDash([2 / Math.min(1, zoom), 4 / Math.min(1, zoom)])
  ring(ctx, box, palette.gone, 2, zoom, 1)
  ctx.setLineDash([])
}

/** The layer that stopped a match: a dashed ring, a sign at its corner, and what was expected there. */
export function paintStop(
  ctx: CanvasRenderingContext2D,
  box: Rect,
  halo: Halo,
  palette: Palette,
  zoom: number,
  isFree: (area: Rect) => boolean,
): void {
  ctx.setLineDash([7 / Math.min(1, zoom), 5 / Math.min(1, zoom)])
  ring(ctx, box, palette.bad, 2.5, zoom, 1)
  ctx.setLineDash([])
  const r = 9 * Math.max(1, 0.6 / zoom)
  ctx.beginPath()
  ctx.arc(box.x, box.y, r, 0, 2 * Math.PI)
  ctx.fillStyle = palette.bad
  ctx.fill()
  ctx.beginPath()
  ctx.moveTo(box.x - r * 0.4, box.y - r * 0.4)
  ctx.lineTo(box.x + r * 0.4, box.y + r * 0.4)
  ctx.moveTo(box.x + r * 0.4, box.y - r * 0.4)
  ctx.lineTo(box.x - r * 0.4, box.y + r * 0.4)
  ctx.strokeStyle = palette.onAccent
  ctx.lineWidth = r * 0.22
  ctx.stroke()
  if (zoom > 0.4) partName(ctx, box, `not ${halo.stops}`, palette, isFree, palette.bad)
}

/** Shapes and texts that everything on the canvas is painted with. */
import type { Rect } from '../../../layout'
import type { Palette } from './palette'

export function round(ctx: CanvasRenderingContext2D, box: Rect, radius: number): void {
  ctx.beginPath()
  ctx.roundRect(box.x, box.y, Math.max(0, box.width), Math.max(0, box.height), radius)
}

/** A ring around a box, never thinner on the screen than can be seen. */
export function ring(
  ctx: CanvasRenderingContext2D,
  box: Rect,
  colour: string,
  width: number,
  zoom: number,
  alpha: number,
): void {
  const line = Math.max(width, width / zoom / 1.5)
  const gap = 3 + line / 2
  round(ctx, { x: box.x - gap, y: box.y - gap, width: box.width + 2 * gap, height: box.height + 2 * gap }, 10)
  ctx.globalAlpha = alpha
  ctx.strokeStyle = colour
  ctx.lineWidth = line
  ctx.stroke()
  ctx.globalAlpha = 1
}

/** A short text at a node's corner: how many matches lie in a closed group, what it costs. */
export function badge(
  ctx: CanvasRenderingContext2D,
  node: Rect,
  text: string,
  palette: Palette,
  zoom: number,
  colour = palette.match,
): void {
  const scale = Math.max(1, 0.7 / zoom)
  if (scale > 5) return
  ctx.font = `600 ${11 * scale}px ${palette.font}`
  const width = Math.max(18 * scale, ctx.measureText(text).width + 10 * scale)
  round(ctx, { x: node.x + node.width - width / 2, y: node.y - 11 * scale, width, height: 18 * scale }, 9 * scale)
  ctx.fillStyle = colour
  ctx.fill()
  ctx.fillStyle = palette.onAccent
  ctx.textAlign = 'center'
  ctx.textBaseline = 'alphabetic'
  ctx.fillText(text, node.x + node.width, node.y + 2 * scale)
  ctx.textAlign = 'left'
}

const widths = new Map<string, number>()

/** Width of a text in parts of its size. What was measured once is remembered. */
export function widthOf(ctx: CanvasRenderingContext2D, weight: number, font: string, text: string): number {
  const key = `${weight} ${font}|${text}`
  let width = widths.get(key)
  if (width === undefined) {
    ctx.font = `${weight} 100px ${font}`
    width = ctx.measureText(text).width / 100
    if (widths.size > 5000) widths.clear()
    widths.set(key, width)
  }
  return width
}

const shortened = new Map<string, string>()

/**
 * Text with an ellipsis where it does not fit. What was shortened once is remembered.
 * @param keep the part of it that stays
 */
export function clipped(
  ctx: CanvasRenderingContext2D,
  text: string,
  x: number,
  y: number,
  room: number,
  keep: 'start' | 'end' = 'start',
): void {
  const key = `${ctx.font}|${Math.round(room)}|${keep}|${text}`
  const cut = (n: number) => (keep === 'start' ? text.slice(0, n) + '…' : '…' + text.slice(-n).replace(/^[._… ]+/, ''))
  let shown = shortened.get(key)
  if (shown === undefined) {
    shown = text
    if (ctx.measureText(text).width > room) {
      let n = text.length
      while (n > 1 && ctx.measureText(cut(n)).width > room) n--
      shown = cut(n)
    }
    if (shortened.size > 5000) shortened.clear()
    shortened.set(key, shown)
  }
  ctx.fillText(shown, x, y)
}

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

export interface TextStyle {
  readonly weight: 400 | 600
  /** In the picture. */
  readonly size: number
  readonly font: string
}

/** Texts of all sizes are set in one and scaled: a font of another size for every zoom would have to be shaped anew in every frame. */
const SET = 16
const fontOf = ({ weight, font }: Omit<TextStyle, 'size'>): string => `${weight} ${SET}px ${font}`

/** So many widths and shortened texts are remembered. */
const MOST = 5000
const widths = new Map<TextStyle['weight'], Map<string, number>>()
let measuredFont = ''

/** Width of a text in parts of its size. What was measured once is remembered; after a measurement `ctx` has another font. */
export function widthOf(
  ctx: CanvasRenderingContext2D,
  weight: TextStyle['weight'],
  font: string,
  text: string,
): number {
  if (font !== measuredFont) widths.clear()
  measuredFont = font
  let known = widths.get(weight)
  if (!known || known.size > MOST) widths.set(weight, (known = new Map()))
  let width = known.get(text)
  if (width === undefined) {
    ctx.font = fontOf({ weight, font })
    width = ctx.measureText(text).width / SET
    known.set(text, width)
  }
  return width
}

const shortened = new Map<string, string>()

/** Where a text stands, how much room it has, and which part of it stays where that is not enough. */
interface Place {
  readonly x: number
  readonly y: number
  readonly room: number
  readonly keep?: 'start' | 'end'
}

/** Text with an ellipsis where it does not fit, in the fill style that is set. What was shortened once is remembered. */
export function clipped(
  ctx: CanvasRenderingContext2D,
  text: string,
  style: TextStyle,
  { x, y, room, keep = 'start' }: Place,
): void {
  const fits = room / style.size
  const isWhole = widthOf(ctx, style.weight, style.font, text) <= fits
  const shown = isWhole ? text : shortenedTo(ctx, text, style, fits, keep)
  const scale = style.size / SET
  ctx.font = fontOf(style)
  ctx.translate(x, y)
  ctx.scale(scale, scale)
  ctx.fillText(shown, 0, 0)
  ctx.scale(1 / scale, 1 / scale)
  ctx.translate(-x, -y)
}

/** @param fits in parts of the size of the text */
function shortenedTo(
  ctx: CanvasRenderingContext2D,
  text: string,
  { weight, font }: TextStyle,
  fits: number,
  keep: 'start' | 'end',
): string {
  // In eighths: a view that comes nearer asks for another width in every frame.
  const eighths = Math.floor(fits * 8)
  const key = `${weight} ${eighths} ${keep} ${text}`
  const known = shortened.get(key)
  if (known !== undefined) return known
  ctx.font = fontOf({ weight, font })
  const cut = (n: number) => (keep === 'start' ? text.slice(0, n) + '…' : '…' + text.slice(-n).replace(/^[._… ]+/, ''))
  let n = text.length
  while (n > 1 && ctx.measureText(cut(n)).width > (eighths / 8) * SET) n--
  if (shortened.size > MOST) shortened.clear()
  shortened.set(key, cut(n))
  return cut(n)
}

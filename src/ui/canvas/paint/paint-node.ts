/** Boxes as the canvas paints them; at reading size they look as the style sheet makes the real ones. */
import type { NodeContent, SceneNode } from '../../../layout'
import type { Palette } from './palette'

export interface Look {
  readonly alpha: number
  readonly ghost: number
  readonly fresh: number
  /** Tint of a heat map. */
  readonly heat?: string | undefined
}

export const PLAIN: Look = { alpha: 1, ghost: 0, fresh: 0 }

export interface Box {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

/** Heights on the screen below which a box is a coloured block, and below which it has no text. */
const BLOCK = 8
const TEXT = 15

export function paintNode(
  ctx: CanvasRenderingContext2D,
  face: NodeContent,
  box: Box,
  zoom: number,
  palette: Palette,
  look: Look,
): void {
  const colour = palette.category[face.category]
  ctx.globalAlpha = look.alpha
  const px = box.height * zoom
  if (px < BLOCK) {
    ctx.fillStyle = look.fresh > 0.3 ? palette.fresh : (look.heat ?? colour)
    ctx.fillRect(box.x, box.y, box.width, box.height)
  } else {
    paintBox(ctx, face, box, palette, look)
    if (px >= TEXT) paintText(ctx, face, box, zoom, palette, look.heat ? palette.text : palette.dim)
  }
  ctx.globalAlpha = 1
}

function paintBox(ctx: CanvasRenderingContext2D, face: NodeContent, box: Box, palette: Palette, look: Look): void {
  const { x, y, width, height } = box
  if (face.category === 'group') {
    round(ctx, { x: x + 3, y: y + 4, width: width - 6, height }, 7)
    ctx.fillStyle = palette.surface
    ctx.strokeStyle = palette.lineStrong
    ctx.lineWidth = 1
    ctx.fill()
    ctx.stroke()
  }
  const port = face.category === 'input' || face.category === 'output'
  round(ctx, { x: x + 0.5, y: y + 0.5, width: width - 1, height: height - 1 }, port ? height / 2 : 7)
  ctx.fillStyle = look.heat ?? (look.fresh > 0 ? palette.freshBg : palette.surface)
  ctx.fill()
  ctx.strokeStyle = look.fresh > 0 ? palette.fresh : look.ghost > 0.5 ? palette.gone : palette.lineStrong
  ctx.lineWidth = 1
  if (look.ghost > 0.3) ctx.setLineDash([4, 3])
  ctx.stroke()
  ctx.setLineDash([])
  if (port || face.category === 'group') return
  round(ctx, { x: x + 1, y: y + 7, width: 3, height: Math.max(4, height - 14) }, 1.5)
  ctx.fillStyle = look.ghost > 0.5 ? palette.gone : palette.category[face.category]
  ctx.fill()
}

function paintText(
  ctx: CanvasRenderingContext2D,
  face: NodeContent,
  box: Box,
  zoom: number,
  palette: Palette,
  second: string,
): void {
  const inset = face.category === 'group' ? 26 : face.category === 'input' || face.category === 'output' ? 16 : 14
  const left = box.x + inset
  const room = box.width - inset - 10
  const titleY = box.y + (face.detail ? 19 : box.height / 2 + 4.5)
  let titleRoom = room
  ctx.textBaseline = 'alphabetic'
  if (face.result && zoom >= 0.5) {
    ctx.font = `11px ${palette.font}`
    ctx.fillStyle = second === palette.dim ? palette.faint : second
    ctx.textAlign = 'right'
    ctx.fillText(face.result, box.x + box.width - 10, titleY)
    titleRoom -= ctx.measureText(face.result).width + 8
    ctx.textAlign = 'left'
  }
  ctx.font = `600 13px ${palette.font}`
  ctx.fillStyle = palette.text
  clipped(ctx, face.title, left, titleY, titleRoom)
  if (face.category === 'group') chevron(ctx, box.x + 12, box.y + box.height / 2, palette.dim)
  if (!face.detail || zoom < 0.5) return
  ctx.font = `11px ${palette.font}`
  ctx.fillStyle = second
  clipped(ctx, face.detail, left, box.y + 35, room)
}

function chevron(ctx: CanvasRenderingContext2D, x: number, y: number, colour: string): void {
  ctx.beginPath()
  ctx.moveTo(x - 2, y - 4)
  ctx.lineTo(x + 2, y)
  ctx.lineTo(x - 2, y + 4)
  ctx.strokeStyle = colour
  ctx.lineWidth = 1.5
  ctx.stroke()
}

const shortened = new Map<string, string>()

/** Text with an ellipsis where it does not fit. What was shortened once is remembered. */
function clipped(ctx: CanvasRenderingContext2D, text: string, x: number, y: number, room: number): void {
  const key = `${ctx.font}|${Math.round(room)}|${text}`
  let shown = shortened.get(key)
  if (shown === undefined) {
    shown = text
    if (ctx.measureText(text).width > room) {
      let n = text.length
      while (n > 1 && ctx.measureText(text.slice(0, n) + '…').width > room) n--
      shown = text.slice(0, n) + '…'
    }
    if (shortened.size > 5000) shortened.clear()
    shortened.set(key, shown)
  }
  ctx.fillText(shown, x, y)
}

/** The frame of an open group; its heading too where no real one stands over it. */
export function paintFrame(
  ctx: CanvasRenderingContext2D,
  node: SceneNode,
  box: Box,
  zoom: number,
  palette: Palette,
  heading: boolean,
): void {
  round(ctx, { x: box.x + 0.5, y: box.y + 0.5, width: box.width - 1, height: box.height - 1 }, Math.min(10, 10 / zoom))
  ctx.fillStyle = palette.frame
  ctx.fill()
  ctx.strokeStyle = palette.frameLine
  ctx.lineWidth = Math.max(1, 0.75 / zoom)
  ctx.stroke()
  if (!heading) return
  const size = zoom < 0.55 ? Math.min(Math.max(12, 11 / zoom), 40) : 12
  if (size > 34 || box.width * zoom < 48) return
  ctx.font = `600 ${size}px ${palette.font}`
  ctx.fillStyle = palette.dim
  ctx.textAlign = 'left'
  ctx.textBaseline = 'alphabetic'
  if (zoom < 0.55) return clipped(ctx, node.face.title, box.x + 12, box.y + size + 6, box.width - 24)
  ctx.beginPath()
  ctx.moveTo(box.x + 14, box.y + 12)
  ctx.lineTo(box.x + 18, box.y + 16)
  ctx.lineTo(box.x + 22, box.y + 12)
  ctx.lineWidth = 1.5
  ctx.strokeStyle = palette.dim
  ctx.stroke()
  clipped(ctx, node.face.title, box.x + 30, box.y + 18, box.width - 40)
}

export function round(ctx: CanvasRenderingContext2D, box: Box, radius: number): void {
  ctx.beginPath()
  ctx.roundRect(box.x, box.y, Math.max(0, box.width), Math.max(0, box.height), radius)
}

/** Boxes as the canvas paints them; at reading size they look as the style sheet makes the real ones. */
import { FRAME_HEADING, nodeGeometry, partsOfStrip, SMALL_SIZE, TITLE_SIZE } from '../../../editor'
import type { NodeContent, Rect, SceneNode } from '../../../layout'
import type { Palette } from './palette'
import { SMALLEST, TEXT, titleOf } from './middle-box'
import { READABLE } from './picture'
import { clipped, round, widthOf } from './primitives'

export interface Look {
  readonly alpha: number
  readonly ghost: number
  readonly fresh: number
  /** Tint of a heat map. */
  readonly heat?: string | undefined
}

export const PLAIN: Look = { alpha: 1, ghost: 0, fresh: 0 }

/** On the screen, in pixels: the largest text from afar. */
const LARGEST = 12
/** Half the height of a capital letter, in parts of the size of its text. */
const HALF_CAPITAL = 0.36
/** The stripe at the foot of a closed group. */
const FOOT = 4

export function paintNode(
  ctx: CanvasRenderingContext2D,
  face: NodeContent,
  box: Rect,
  zoom: number,
  palette: Palette,
  look: Look,
): void {
  const colour = palette.category[face.category]
  ctx.globalAlpha = look.alpha
  const px = box.height * zoom
  if (zoom >= READABLE) {
    paintBox(ctx, face, box, palette, look)
    paintText(ctx, face, box, zoom, palette, look.heat ? palette.text : palette.dim)
  } else {
    ctx.fillStyle = look.fresh > 0.3 ? palette.fresh : look.ghost > 0.5 ? palette.gone : (look.heat ?? colour)
    // A group that comes, goes or is tinted is told by that.
    const isMixed = face.mix && !look.heat && look.fresh <= 0.3 && look.ghost <= 0.5
    if (isMixed) paintGroup(ctx, face, box, zoom, palette)
    else if (px < TEXT) ctx.fillRect(box.x, box.y, box.width, box.height)
    else paintFilled(ctx, face, box, zoom, palette, look)
  }
  ctx.globalAlpha = 1
}

/** Between near and far: what a layer is, on the colour of its category. */
function paintFilled(
  ctx: CanvasRenderingContext2D,
  face: NodeContent,
  box: Rect,
  zoom: number,
  palette: Palette,
  look: Look,
): void {
  round(ctx, box, nodeGeometry(face, box.height).radius)
  ctx.fill()
  paintTitle(ctx, face, box, zoom, palette, look.heat ? palette.text : palette.surface)
}

/** A closed group between near and far: its name, with what it is made of at its foot; from afar that alone. */
function paintGroup(ctx: CanvasRenderingContext2D, face: NodeContent, box: Rect, zoom: number, palette: Palette): void {
  const { x, y, width, height } = box
  if (height * zoom < TEXT) return paintStrip(ctx, face, box, palette)
  const foot = Math.min(height * 0.3, FOOT / zoom)
  round(ctx, box, nodeGeometry(face, height).radius)
  ctx.fillStyle = palette.surface
  ctx.fill()
  ctx.save()
  ctx.clip()
  paintStrip(ctx, face, { x, y: y + height - foot, width, height: foot }, palette)
  ctx.restore()
  ctx.strokeStyle = palette.lineStrong
  ctx.lineWidth = 1 / zoom
  ctx.stroke()
  paintTitle(ctx, face, { x, y, width, height: height - foot }, zoom, palette, palette.text)
}

function paintTitle(
  ctx: CanvasRenderingContext2D,
  face: NodeContent,
  box: Rect,
  zoom: number,
  palette: Palette,
  colour: string,
): void {
  const margin = 3 / zoom
  const room = box.width - 2 * margin
  const size = Math.min(LARGEST, Math.max(SMALLEST, box.height * zoom * 0.6))
  // What does not fit is smaller, before it is cut.
  const text = titleOf(face)
  const wide = widthOf(ctx, 600, palette.font, text)
  const fits = (room * zoom) / wide
  // In quarters of a pixel: each size on the screen has glyphs of its own.
  const shown = Math.max(SMALLEST, Math.floor(Math.min(size, fits) * 4) / 4) / zoom
  ctx.fillStyle = colour
  ctx.textAlign = 'left'
  ctx.textBaseline = 'alphabetic'
  // Of the blocks of a chain the number at the end is what tells one from the other.
  const keep = face.category === 'group' && /\d/.test(text) ? 'end' : 'start'
  const style = { weight: 600, size: shown, font: palette.font } as const
  const x = box.x + (face.category === 'group' ? margin : Math.max(margin, (box.width - wide * shown) / 2))
  clipped(ctx, text, style, { x, y: box.y + box.height / 2 + shown * HALF_CAPITAL, room, keep })
}

/** Side by side what the layers of a closed group are. */
function paintStrip(ctx: CanvasRenderingContext2D, face: NodeContent, at: Rect, palette: Palette): void {
  for (const { x, width, category } of partsOfStrip(face, at.width)) {
    ctx.fillStyle = palette.category[category]
    ctx.fillRect(at.x + x, at.y, width, at.height)
  }
}

function paintBox(ctx: CanvasRenderingContext2D, face: NodeContent, box: Rect, palette: Palette, look: Look): void {
  const { x, y, width, height } = box
  if (face.category === 'group') {
    round(ctx, { x: x + 3, y: y + 4, width: width - 6, height }, 7)
    ctx.fillStyle = palette.surface
    ctx.strokeStyle = palette.lineStrong
    ctx.lineWidth = 1
    ctx.fill()
    ctx.stroke()
  }
  const { radius, bar, strip } = nodeGeometry(face, height)
  round(ctx, { x: x + 0.5, y: y + 0.5, width: width - 1, height: height - 1 }, radius)
  ctx.fillStyle = look.heat ?? (look.fresh > 0 ? palette.freshBg : palette.surface)
  ctx.fill()
  ctx.strokeStyle = look.fresh > 0 ? palette.fresh : look.ghost > 0.5 ? palette.gone : palette.lineStrong
  ctx.lineWidth = 1
  if (look.ghost > 0.3) ctx.setLineDash([4, 3])
  ctx.stroke()
  ctx.setLineDash([])
  if (strip && !look.heat) paintStrip(ctx, face, { ...strip, x: x + strip.x, y: y + strip.y }, palette)
  if (!bar) return
  round(ctx, { ...bar, x: x + bar.x, y: y + bar.y }, 1.5)
  ctx.fillStyle = look.ghost > 0.5 ? palette.gone : palette.category[face.category]
  ctx.fill()
}

function paintText(
  ctx: CanvasRenderingContext2D,
  face: NodeContent,
  box: Rect,
  zoom: number,
  palette: Palette,
  second: string,
): void {
  const { inset, end, titleBaseline, detailBaseline, detailBeside } = nodeGeometry(face, box.height)
  const beside = detailBeside ? face.detail : face.result
  const left = box.x + inset
  const room = box.width - inset - end
  const titleY = box.y + titleBaseline
  let titleRoom = room
  ctx.textBaseline = 'alphabetic'
  if (beside && zoom >= 0.5) {
    ctx.font = `${SMALL_SIZE}px ${palette.font}`
    ctx.fillStyle = second === palette.dim ? palette.faint : second
    ctx.textAlign = 'right'
    ctx.fillText(beside, box.x + box.width - end, titleY)
    titleRoom -= widthOf(ctx, 400, palette.font, beside) * SMALL_SIZE + 8
    ctx.textAlign = 'left'
  }
  ctx.fillStyle = palette.text
  const title = { weight: 600, size: TITLE_SIZE, font: palette.font } as const
  clipped(ctx, face.title, title, { x: left, y: titleY, room: titleRoom })
  if (face.category === 'group') chevron(ctx, box.x + 12, box.y + box.height / 2, palette.dim)
  if (!face.detail || detailBeside || zoom < 0.5) return
  ctx.fillStyle = second
  const detail = { weight: 400, size: SMALL_SIZE, font: palette.font } as const
  clipped(ctx, face.detail, detail, { x: left, y: box.y + detailBaseline, room })
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

/** The frame of an open group; its heading too where no real one stands over it. */
export function paintFrame(
  ctx: CanvasRenderingContext2D,
  node: SceneNode,
  box: Rect,
  zoom: number,
  palette: Palette,
  heading: boolean,
): void {
  round(
    ctx,
    { x: box.x + 0.5, y: box.y + 0.5, width: box.width - 1, height: box.height - 1 },
    Math.min(FRAME_HEADING.radius, FRAME_HEADING.radius / zoom),
  )
  ctx.fillStyle = palette.frame
  ctx.fill()
  ctx.strokeStyle = palette.frameLine
  ctx.lineWidth = Math.max(1, 0.75 / zoom)
  ctx.stroke()
  if (!heading) return
  // From afar its name lies over it.
  if (zoom < READABLE) return
  ctx.fillStyle = palette.dim
  ctx.textAlign = 'left'
  ctx.textBaseline = 'alphabetic'
  ctx.beginPath()
  ctx.moveTo(box.x + 14, box.y + 12)
  ctx.lineTo(box.x + 18, box.y + 16)
  ctx.lineTo(box.x + 22, box.y + 12)
  ctx.lineWidth = 1.5
  ctx.strokeStyle = palette.dim
  ctx.stroke()
  const style = { weight: 600, size: FRAME_HEADING.size, font: palette.font } as const
  const [x, y] = [box.x + FRAME_HEADING.x, box.y + FRAME_HEADING.baseline]
  clipped(ctx, node.face.title, style, { x, y, room: box.width - 40 })
}

/** Paints one moment of a film with the painter of the canvas: in a video, in a GIF and on a page of its own. */
import { filmAt } from '../../editor'
import type { Caption, Film } from '../../editor'
import { paint } from '../canvas/paint/painter'
import { round } from '../canvas/paint/primitives'
import type { Palette } from '../canvas/paint/palette'
import { SceneIndex } from '../canvas/paint/scene-index'

export interface Stage {
  /** Pixels of the picture. */
  readonly width: number
  readonly height: number
  /** Pixels of the canvas for one of the picture. */
  readonly ratio: number
  readonly palette: Palette
  /** Colours only, nothing moves. */
  readonly still: boolean
  /** The caption is painted too. */
  readonly captions: boolean
}

const NOTHING: ReadonlySet<string> = new Set()
const NO_HALOS = new Map<string, never>()
/** No nearer than this, so that letters keep a calm size. */
const NEAREST = 1.6
const CAPTION = 92

const indices = new WeakMap<object, SceneIndex>()

export function paintFilm(ctx: CanvasRenderingContext2D, film: Film, ms: number, stage: Stage): void {
  const { width, height, ratio, palette, still } = stage
  const { shot, time, view } = filmAt(film, ms)
  const { after } = shot.record
  const index = indices.get(after) ?? new SceneIndex(after)
  indices.set(after, index)
  const room = stage.captions ? height - CAPTION : height
  const zoom = Math.min(NEAREST, width / view.width, room / view.height)
  paint(ctx, {
    index,
    viewport: {
      x: width / 2 - (view.x + view.width / 2) * zoom,
      y: room / 2 - (view.y + view.height / 2) * zoom,
      zoom,
    },
    width,
    height,
    ratio,
    palette,
    real: NOTHING,
    halos: NO_HALOS,
    selected: null,
    lit: null,
    ringed: NOTHING,
    hovered: null,
    pointed: null,
    motion: { record: shot.record, direction: 'forward', time },
    preview: null,
    marks: null,
    heat: null,
    still,
    breaks: NOTHING,
    labelOf: () => '',
  })
  ctx.setTransform(ratio, 0, 0, ratio, 0, 0)
  if (stage.captions) paintCaption(ctx, shot.caption, stage)
  ctx.globalCompositeOperation = 'destination-over'
  ctx.fillStyle = palette.bg
  ctx.fillRect(0, 0, width, height)
  ctx.globalCompositeOperation = 'source-over'
}

function paintCaption(ctx: CanvasRenderingContext2D, caption: Caption, { width, height, palette }: Stage): void {
  const top = height - CAPTION
  ctx.globalAlpha = 1
  ctx.fillStyle = palette.surface
  ctx.fillRect(0, top, width, CAPTION)
  ctx.fillStyle = palette.line
  ctx.fillRect(0, top, width, 1)
  round(ctx, { x: 0, y: top, width: (width * caption.step) / caption.of, height: 3 }, 0)
  ctx.fillStyle = palette.match
  ctx.fill()
  ctx.textBaseline = 'alphabetic'
  const count = `step ${caption.step} of ${caption.of}`
  ctx.font = `15px ${palette.font}`
  ctx.fillStyle = palette.dim
  ctx.textAlign = 'right'
  ctx.fillText(count, width - 28, top + 38)
  const room = width - 56 - ctx.measureText(count).width - 24
  ctx.textAlign = 'left'
  ctx.font = `600 22px ${palette.font}`
  ctx.fillStyle = palette.text
  ctx.fillText(caption.label, 28, top + 38, room)
  const named = ctx.measureText(caption.label).width + 14
  ctx.font = `15px ${palette.font}`
  ctx.fillStyle = palette.dim
  if (caption.scope && named + 80 < room) ctx.fillText(fitting(ctx, caption.scope, room - named), 28 + named, top + 38)
  ctx.font = `15px ui-monospace, Menlo, Consolas, monospace`
  ctx.fillText(fitting(ctx, caption.equation, width - 56), 28, top + 68)
}

/** As much of a text as there is room for. */
function fitting(ctx: CanvasRenderingContext2D, text: string, room: number): string {
  if (ctx.measureText(text).width <= room) return text
  let n = text.length
  while (n > 1 && ctx.measureText(`${text.slice(0, n)}…`).width > room) n--
  return `${text.slice(0, n)}…`
}

/** From afar the names of groups lie over their areas, at a size that can be read at any distance. */
import type { Rect, SceneNode } from '../../../layout'
import { touches } from '../../../layout'
import type { Picture } from './picture'
import { READABLE } from './picture'
import { TEXT } from './middle-box'
import { clipped, round, widthOf } from './primitives'

/** On the screen, in pixels. */
const SIZE = 10.5
const HIGH = 15
/** Of a name that is longer as much is shown as fits. */
const WIDEST = 150
/** A group of less than this on the screen has no name of its own: that of the group around it says where one is. */
const LEAST = { width: 28 }
/** A name may be so much wider than a closed group: it hides what stands beside it. */
const MOST_OF_BOX = 2.4

interface Name {
  readonly text: string
  readonly at: Rect
}

/** Outer groups come first; a name that would stand on another is left out, and so are those inside a group without one. */
export function paintNames(ctx: CanvasRenderingContext2D, picture: Picture, view: Rect): void {
  const { viewport, motion, palette, marks } = picture
  if (viewport.zoom >= READABLE || marks) return
  const unit = 1 / viewport.zoom
  ctx.textBaseline = 'middle'
  ctx.textAlign = 'left'
  const style = { weight: 600, size: SIZE * unit, font: palette.font } as const
  const taken: Rect[] = []
  const nameless: SceneNode[] = []
  const moves = (n: SceneNode) => motion?.record.nodes.has(n.key) ?? false
  const names = [...framesIn(picture, view), ...closedIn(picture, view)].filter((n) => !moves(n))
  for (const node of names) {
    const name = nameOf(ctx, palette.font, node, unit, view)
    const isInside = nameless.some((n) => node.group.startsWith(`${n.group}/`))
    if (!name || isInside || taken.some((t) => touches(t, name.at))) {
      if (node.open) nameless.push(node)
      continue
    }
    taken.push(name.at)
    round(ctx, name.at, 4 * unit)
    ctx.globalAlpha = 0.88
    ctx.fillStyle = palette.surface
    ctx.fill()
    ctx.globalAlpha = 1
    ctx.fillStyle = palette.text
    const { x, y, width, height } = name.at
    clipped(ctx, name.text, style, { x: x + 4 * unit, y: y + height / 2, room: width - 7.5 * unit })
  }
}

const framesIn = ({ index }: Picture, view: Rect): SceneNode[] => index.frames.filter((n) => touches(n, view))

/** Closed groups that are too low for a text of their own. */
function closedIn({ index, viewport }: Picture, view: Rect): SceneNode[] {
  return index
    .nodesIn(view)
    .filter((n) => n.kind === 'group' && n.height * viewport.zoom < TEXT && n.width * viewport.zoom >= 6)
}

function nameOf(ctx: CanvasRenderingContext2D, font: string, node: SceneNode, unit: number, view: Rect): Name | null {
  const { title, result } = node.face
  const text = result ? `${title}  ${result}` : title
  const width = Math.min(WIDEST, widthOf(ctx, 600, font, text) * SIZE + 8) * unit
  // It stays in view for as long as something of its group is.
  const high = HIGH * unit
  const y = node.open
    ? Math.min(Math.max(node.y - high / 2, view.y + 3 * unit), node.y + node.height - high)
    : node.y + node.height / 2 - high / 2
  const x = node.open ? Math.max(node.x + 3 * unit, view.x + 3 * unit) : node.x + node.width / 2 - width / 2
  const isSmall = node.width < LEAST.width * unit || node.height < high
  if (node.open && (isSmall || width > Math.max(1.6 * node.width, 2 * LEAST.width * unit))) return null
  if (!node.open && width > MOST_OF_BOX * node.width) return null
  return { text, at: { x, y, width, height: high } }
}

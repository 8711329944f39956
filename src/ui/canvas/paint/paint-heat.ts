/** The heat map: tints of nodes, and the numbers behind them on those that are near enough to read. */
import type { Rect } from '../../../layout'
import { shownBox } from './middle-box'
import { PLAIN } from './paint-node'
import type { Look } from './paint-node'
import { badge } from './primitives'
import { READABLE } from './picture'
import type { Picture } from './picture'
import { touches } from '../../../layout'

export function heatedLook(
  { heat, palette }: Pick<Picture, 'heat' | 'palette'>,
  key: string,
  look: Look = PLAIN,
): Look {
  const mark = heat?.marks.get(key)
  if (!heat || look.ghost > 0) return look
  return { ...look, heat: palette.heat[(mark?.level ?? 0) - 1] ?? palette.surface }
}

/** The numbers of painted nodes; a real element has its own. */
export function paintHeat(ctx: CanvasRenderingContext2D, picture: Picture, view: Rect): void {
  const { heat, palette, viewport, index, motion, real } = picture
  if (!heat || picture.marks || viewport.zoom < READABLE / 2) return
  for (const node of index.nodesIn(view)) {
    const mark = heat.marks.get(node.key)
    if (!mark || mark.level === 0 || real.has(node.key) || motion?.record.nodes.has(node.key)) continue
    // Above the node, where it hides no shape.
    const box = shownBox(ctx, picture, node)
    if (touches(node, view)) badge(ctx, { ...box, y: box.y - 5 }, mark.text, palette, viewport.zoom, palette.dim)
  }
}

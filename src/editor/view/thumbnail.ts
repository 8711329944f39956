/** A picture in little, kept with a document and drawn where documents are listed. */
import { decode } from '../../engine'
import type { Scene } from '../../layout'

const { count, list, object, text } = decode

/** `d` is the path of an SVG that holds all boxes of a category, in a picture of this size. */
export const thumbnail = object({
  width: count,
  height: count,
  paths: list(object({ category: text, d: text })),
})

export type Thumbnail = decode.Decoded<typeof thumbnail>

export const THUMBNAIL = { width: 280, height: 104 }
const MARGIN = 8
/** Boxes are seen down to this size. */
const LEAST = 1.5
/** More boxes than these say nothing more. */
const MOST = 1500
/** What is much taller than wide begins at its top, at this part of the width. */
const NARROW = 0.2

export function thumbnailOf({ nodes, width, height }: Scene): Thumbnail {
  const room = { width: THUMBNAIL.width - 2 * MARGIN, height: THUMBNAIL.height - 2 * MARGIN }
  const whole = Math.min(room.width / Math.max(1, width), room.height / Math.max(1, height))
  const scale = Math.max(whole, Math.min(room.width / Math.max(1, width), (room.width * NARROW) / Math.max(1, width)))
  const left = MARGIN + (room.width - width * scale) / 2
  const paths = new Map<string, string[]>()
  const drawn = new Set<string>()
  for (const n of nodes) {
    if (n.open || drawn.size >= MOST || n.y * scale > room.height) continue
    const half = (v: number) => Math.round(v * 2) / 2
    const x = half(left + n.x * scale)
    const y = half(MARGIN + n.y * scale)
    const d = `M${x} ${y}h${Math.max(LEAST, half(n.width * scale))}v${Math.max(LEAST, half(n.height * scale))}H${x}z`
    if (drawn.has(d)) continue
    drawn.add(d)
    const { category } = n.face
    const path = paths.get(category)
    if (path) path.push(d)
    else paths.set(category, [d])
  }
  return { ...THUMBNAIL, paths: [...paths].map(([category, d]) => ({ category, d: d.join('') })) }
}

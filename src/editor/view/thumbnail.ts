/** A picture in little, kept with a document and drawn where documents are listed. */
import { decode } from '../../engine'
import type { Scene, SceneNode } from '../../layout'
import { partsOfStrip } from './node-geometry'

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

const half = (v: number): number => Math.round(v * 2) / 2

/** A box, of a closed group what its layers are side by side. */
function partsOf({ face, x, width }: SceneNode): { x: number; width: number; category: string }[] {
  const parts = partsOfStrip(face, width)
  return parts.length === 0 ? [{ x, width, category: face.category }] : parts.map((p) => ({ ...p, x: x + p.x }))
}

export function thumbnailOf({ nodes, width, height }: Scene): Thumbnail {
  const room = { width: THUMBNAIL.width - 2 * MARGIN, height: THUMBNAIL.height - 2 * MARGIN }
  const whole = Math.min(room.width / Math.max(1, width), room.height / Math.max(1, height))
  const scale = Math.max(whole, Math.min(room.width / Math.max(1, width), (room.width * NARROW) / Math.max(1, width)))
  const margin = MARGIN + (room.width - width * scale) / 2
  const paths = new Map<string, string[]>()
  const drawn = new Set<string>()
  for (const n of nodes) {
    if (n.open || drawn.size >= MOST || n.y * scale > room.height) continue
    for (const { x, width, category } of partsOf(n)) {
      const left = half(margin + x * scale)
      const y = half(MARGIN + n.y * scale)
      const d = `M${left} ${y}h${Math.max(LEAST, half(width * scale))}v${Math.max(LEAST, half(n.height * scale))}H${left}z`
      if (drawn.has(d)) continue
      drawn.add(d)
      const path = paths.get(category)
      if (path) path.push(d)
      else paths.set(category, [d])
    }
  }
  return { ...THUMBNAIL, paths: [...paths].map(([category, d]) => ({ category, d: d.join('') })) }
}

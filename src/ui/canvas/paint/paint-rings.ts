/** Rings around what matches, is lit, is pointed at or is selected, with what is said at them. */
import { FRAME_HEADING } from '../../../editor'
import type { Halo } from '../../../editor'
import { touches } from '../../../layout'
import type { Rect, SceneNode } from '../../../layout'
import { shownBox } from './middle-box'
import { paintStop, paintTaken, partName } from './paint-halo'
import type { Picture } from './picture'
import { badge, ring, widthOf } from './primitives'
import type { SceneIndex } from './scene-index'

export function paintRings(ctx: CanvasRenderingContext2D, picture: Picture, view: Rect): void {
  const { index, halos, pointed, palette, viewport, motion } = picture
  const isFree = (area: Rect): boolean => index.nodesIn(area).length === 0 && !touchesHeading(ctx, picture, area)
  for (const { node, halo } of ringedBy(halos, index)) {
    if (!touches(node, view) || motion?.record.nodes.has(node.key) || picture.preview?.gone.has(node.key)) continue
    const box = shownBox(ctx, picture, node)
    if (halo.stops !== '') {
      paintStop(ctx, box, halo, palette, viewport.zoom, isFree)
      continue
    }
    if (halo.taken) {
      paintTaken(ctx, box, palette, viewport.zoom)
      continue
    }
    ring(ctx, box, palette.match, halo.active ? 2.5 : 1.5, viewport.zoom, halo.active ? 1 : 0.6)
    if (halo.part !== '' && viewport.zoom > 0.4) partName(ctx, box, halo.part, palette, isFree)
    if (halo.value !== null) badge(ctx, box, String(halo.value), palette, viewport.zoom)
    else if (node.kind === 'group' && halo.count > 0) badge(ctx, box, String(halo.count), palette, viewport.zoom)
  }
  for (const key of picture.lit?.dims ? [] : (picture.lit?.nodes ?? [])) {
    const node = index.node(key)
    if (node && touches(node, view) && !motion?.record.nodes.has(key))
      ring(ctx, shownBox(ctx, picture, node), palette.match, 1.5, viewport.zoom, 0.9)
  }
  const lit = pointed === null ? undefined : index.node(pointed)
  if (lit && !motion) ring(ctx, shownBox(ctx, picture, lit), palette.accentText, 4, viewport.zoom, 1)
  for (const node of ringedNodes(picture, view))
    if (!motion?.record.nodes.has(node.key))
      ring(ctx, shownBox(ctx, picture, node), palette.text, 1.5, viewport.zoom, 0.9)
}

function touchesHeading(ctx: CanvasRenderingContext2D, { index, palette }: Picture, area: Rect): boolean {
  const { x, size } = FRAME_HEADING
  return index.framesIn(area).some((frame) => {
    const width = x + widthOf(ctx, 600, palette.font, frame.face.title) * size
    return touches({ x: frame.x, y: frame.y, width, height: 2 * size }, area)
  })
}

interface Ringed {
  readonly node: SceneNode
  readonly halo: Halo
}

const ringedKnown = new WeakMap<ReadonlyMap<string, Halo>, { readonly index: SceneIndex; readonly ringed: Ringed[] }>()

/** The nodes that have a halo, looked up once a picture: there may be thousands, most of them out of view. */
function ringedBy(halos: ReadonlyMap<string, Halo>, index: SceneIndex): readonly Ringed[] {
  const known = ringedKnown.get(halos)
  if (known?.index === index) return known.ringed
  const ringed = [...halos].flatMap(([key, halo]) => {
    const node = index.node(key)
    return node ? [{ node, halo }] : []
  })
  ringedKnown.set(halos, { index, ringed })
  return ringed
}

/** So many are looked up one by one; of more, those in view are looked through. */
const MANY = 100

function ringedNodes({ index, ringed }: Picture, view: Rect): SceneNode[] {
  if (ringed.size > MANY) return index.nodesIn(view).filter((n) => ringed.has(n.key))
  return [...ringed].flatMap((key) => {
    const node = index.node(key)
    return node && touches(node, view) ? [node] : []
  })
}

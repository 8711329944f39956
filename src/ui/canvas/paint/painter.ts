/** Paints everything on the canvas that is not a real element: far nodes, frames, edges, halos, and all that moves. */
import type { Lit } from '../../../editor'
import { touches } from '../../../layout'
import type { Direction, Rect, SceneEdge } from '../../../layout'
import { markedLook, paintMarkedEdges, paintMarks } from './paint-compare'
import { paintMotion } from './paint-motion'
import { paintPreview } from './paint-preview'
import { traceEdge, traceHead } from './paint-edge'
import { heatedLook, paintHeat } from './paint-heat'
import { shownBox } from './middle-box'
import { paintFrame, paintNode, PLAIN } from './paint-node'
import type { Look } from './paint-node'
import { paintRings } from './paint-rings'
import { paintLabels, paintStubs } from './paint-labels'
import { paintNames } from './paint-names'
import { UNLIT, visibleRect } from './picture'
import type { NamedArea, Picture } from './picture'

/** Zoom from which lines are curves with heads. */
const SMOOTH = 0.22
const BATCH = 240

/** @returns where the names of tensors stand that are named at their ends */
export function paint(ctx: CanvasRenderingContext2D, picture: Picture): readonly NamedArea[] {
  const { viewport, ratio, palette, index, motion, marks } = picture
  const preview = motion ? null : picture.preview
  ctx.setTransform(1, 0, 0, 1, 0, 0)
  ctx.clearRect(0, 0, picture.width * ratio, picture.height * ratio)
  ctx.setTransform(viewport.zoom * ratio, 0, 0, viewport.zoom * ratio, viewport.x * ratio, viewport.y * ratio)
  const view = visibleRect(picture)
  const moving = motion?.record
  // What moves as a part of a group is worked out for what is in view only, and before anybody asks.
  moving?.edges.near(view)
  for (const frame of index.frames)
    if (touches(frame, view) && !moving?.nodes.has(frame.key))
      paintFrame(ctx, frame, frame, viewport.zoom, palette, !picture.real.has(frame.key))
  paintEdges(ctx, picture, view)
  paintStubs(ctx, picture, view)
  for (const node of index.nodesIn(view))
    if (!picture.real.has(node.key) && !moving?.nodes.has(node.key) && !preview?.gone.has(node.key))
      paintNode(
        ctx,
        node.face,
        shownBox(ctx, picture, node),
        viewport.zoom,
        palette,
        marks ? markedLook(node, marks) : heatedLook(picture, node.key, lookOf(picture, node.key)),
      )
  if (marks) paintMarks(ctx, picture, marks, view)
  paintHeat(ctx, picture, view)
  paintRings(ctx, picture, view)
  if (motion) paintMotion(ctx, picture, motion, view)
  if (preview) paintPreview(ctx, preview, palette, viewport.zoom)
  paintBreaks(ctx, picture, view)
  paintNames(ctx, picture, view)
  return paintLabels(ctx, picture, view)
}

function lookOf({ lit }: Picture, key: string): Look {
  return lit?.dims && !lit.nodes.has(key) ? { ...PLAIN, alpha: UNLIT } : PLAIN
}

function paintEdges(
  ctx: CanvasRenderingContext2D,
  { index, viewport, palette, motion, selected, lit: chosen, hovered, marks }: Picture,
  view: Rect,
): void {
  const smooth = viewport.zoom > SMOOTH
  const { direction } = index.scene
  const shown: SceneEdge[] = []
  const lit: SceneEdge[] = []
  const under: SceneEdge[] = []
  index.edgesIn(view, (edge) => {
    if (motion?.record.edges.shows(edge.key)) return
    if (edge.tensor === hovered) under.push(edge)
    else if (chosen?.tensors.has(edge.tensor) && isBetweenLit(edge, chosen)) lit.push(edge)
    else if (!chosen?.dims && selected !== null && (edge.from === selected || edge.to === selected)) lit.push(edge)
    else shown.push(edge)
  })
  const width = Math.max(1.25, 0.8 / viewport.zoom)
  if (marks) paintMarkedEdges(ctx, shown, marks, palette, viewport.zoom, smooth, direction)
  else {
    ctx.globalAlpha = chosen?.dims ? UNLIT : 1
    strokeEdges(ctx, shown, smooth, palette.edge, width, direction)
    ctx.globalAlpha = 1
  }
  strokeEdges(ctx, lit, smooth, palette.match, width * (chosen ? 2 : 1.4), direction)
  strokeEdges(ctx, under, smooth, palette.accentText, width * 2, direction)
}

/** Of a tensor that goes elsewhere too, only the lines between what is lit are. */
function isBetweenLit({ from, to }: SceneEdge, { nodes, dims }: Lit): boolean {
  return !dims || (nodes.has(from) && nodes.has(to))
}

function strokeEdges(
  ctx: CanvasRenderingContext2D,
  edges: readonly SceneEdge[],
  smooth: boolean,
  colour: string,
  width: number,
  direction: Direction,
): void {
  ctx.strokeStyle = colour
  ctx.fillStyle = colour
  ctx.lineWidth = width
  for (let from = 0; from < edges.length; from += BATCH) {
    const batch = edges.slice(from, from + BATCH)
    ctx.beginPath()
    for (const edge of batch) traceEdge(ctx, edge.points, smooth, direction)
    ctx.stroke()
    if (!smooth) continue
    ctx.beginPath()
    for (const edge of batch) traceHead(ctx, edge.points, direction)
    ctx.fill()
  }
}

function paintBreaks(
  ctx: CanvasRenderingContext2D,
  { index, breaks, palette, viewport, motion }: Picture,
  view: Rect,
): void {
  const r = 6 * Math.max(1, 0.5 / viewport.zoom)
  for (const key of breaks) {
    const node = index.node(key)
    if (!node || !touches(node, view) || motion?.record.nodes.has(key)) continue
    ctx.beginPath()
    ctx.arc(node.x - r - 4, node.y + Math.min(node.height, 28) / 2, r, 0, 2 * Math.PI)
    ctx.fillStyle = palette.bad
    ctx.fill()
  }
}

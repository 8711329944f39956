import { LABEL_SIZE, STUB_LENGTH, valueLabels } from '../../../editor'
import type { ValueLabel } from '../../../editor'
import { touches } from '../../../layout'
import type { Rect, SceneEdge, SceneStub } from '../../../layout'
import { UNLIT } from './picture'
import type { NamedArea, Picture } from './picture'
import { widthOf } from './primitives'

/** Zoom from which values are named at their ends, and from which each has its type beside its line. */
const [NAMES, TYPES] = [0.5, 0.7]
/** What stands so far outside the view has its say in what is in it, so that nothing jumps while it comes in. */
const AROUND = 240

/** The short lines of values that are named at their ends instead of being drawn across the picture. */
export function paintStubs(ctx: CanvasRenderingContext2D, picture: Picture, view: Rect): void {
  if (picture.viewport.zoom < NAMES) return
  const { index, palette } = picture
  const down = index.scene.direction === 'down'
  ctx.lineWidth = 1.25
  for (const stub of stubsIn(picture, view)) {
    const far = stub.side === 'out' ? STUB_LENGTH : -STUB_LENGTH
    const [x, y] = down ? [stub.x, stub.y + far] : [stub.x + far, stub.y]
    ctx.globalAlpha = alphaOf(picture, stub.tensor)
    ctx.strokeStyle = ctx.fillStyle = stubColour(picture, stub) ?? palette.edge
    ctx.beginPath()
    ctx.moveTo(stub.x, stub.y)
    ctx.lineTo(x, y)
    ctx.stroke()
    ctx.beginPath()
    ctx.arc(x, y, 2.5, 0, 2 * Math.PI)
    ctx.fill()
  }
  ctx.globalAlpha = 1
}

/** What is said of a value is seen as its line is. */
const alphaOf = ({ lit }: Picture, tensor: number): number => (lit?.dims && !lit.tensors.has(tensor) ? UNLIT : 1)

/** Those of nodes that stand still. */
const stubsIn = ({ index, motion }: Picture, view: Rect): SceneStub[] =>
  index.stubsIn(view).filter((stub) => !motion?.record.nodes.has(stub.node))

/** The colour of a stub that is pointed at or lit; undefined for any other. */
function stubColour({ palette, hovered, lit, selected }: Picture, stub: SceneStub): string | undefined {
  if (stub.tensor === hovered) return palette.accentText
  return lit?.tensors.has(stub.tensor) || stub.node === selected ? palette.match : undefined
}

/** The names and types of values. @returns where the names stand */
export function paintLabels(ctx: CanvasRenderingContext2D, picture: Picture, view: Rect): NamedArea[] {
  if (picture.viewport.zoom < NAMES) return []
  const { palette } = picture
  const labels = labelsAround(ctx, picture, view)
  ctx.font = `400 ${LABEL_SIZE}px ${palette.font}`
  ctx.textAlign = 'left'
  ctx.textBaseline = 'alphabetic'
  ctx.lineWidth = 3
  ctx.lineJoin = 'round'
  ctx.strokeStyle = palette.bg
  for (const { text, tensor, stub, x, baseline, area } of labels) {
    if (!touches(area, view)) continue
    ctx.globalAlpha = alphaOf(picture, tensor)
    // Lines may run behind a type; a name has a line of its own.
    if (!stub) ctx.strokeText(text, x, baseline)
    ctx.fillStyle = (stub && stubColour(picture, stub)) ?? palette.faint
    ctx.fillText(text, x, baseline)
  }
  ctx.globalAlpha = 1
  return labels.flatMap(({ stub, tensor, area }) => (stub ? [{ ...area, tensor }] : []))
}

function labelsAround(ctx: CanvasRenderingContext2D, picture: Picture, view: Rect): ValueLabel[] {
  const { index, motion, preview, labelOf, viewport, palette } = picture
  // In a preview what comes stands among what goes, and would lie on the types there.
  const leaves = (key: string): boolean => !motion && (preview?.gone.has(key) ?? false)
  const around = {
    x: view.x - AROUND,
    y: view.y - AROUND,
    width: view.width + 2 * AROUND,
    height: view.height + 2 * AROUND,
  }
  const edges: SceneEdge[] = []
  if (viewport.zoom > TYPES)
    index.edgesIn(around, (edge) => {
      if (!motion?.record.edges.shows(edge.key) && !leaves(edge.from) && !leaves(edge.to)) edges.push(edge)
    })
  return valueLabels({
    nodes: [...index.frames.filter((frame) => touches(frame, around)), ...index.nodesIn(around)],
    edges,
    stubs: stubsIn(picture, around),
    direction: index.scene.direction,
    typeOf: labelOf,
    measure: (text) => widthOf(ctx, 400, palette.font, text) * LABEL_SIZE,
  })
}

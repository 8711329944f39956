import type { Rect, SceneStub } from '../../../layout'
import type { NamedArea, Picture } from './picture'

/** Values that are named at their ends instead of being drawn across the picture. @returns where their names stand */
export function paintStubs(ctx: CanvasRenderingContext2D, picture: Picture, view: Rect): NamedArea[] {
  const { index, palette, motion } = picture
  const down = index.scene.direction === 'down'
  ctx.font = `10.5px ${palette.font}`
  ctx.textBaseline = 'alphabetic'
  ctx.textAlign = 'left'
  ctx.lineWidth = 1.25
  const bySide = new Map<string, SceneStub[]>()
  for (const stub of index.stubsIn(view)) {
    if (motion?.record.nodes.has(stub.node)) continue
    const far = stub.side === 'out' ? STUB : -STUB
    const [x, y] = down ? [stub.x, stub.y + far] : [stub.x + far, stub.y]
    ctx.strokeStyle = ctx.fillStyle = stubColour(picture, stub) ?? palette.edge
    ctx.beginPath()
    ctx.moveTo(stub.x, stub.y)
    ctx.lineTo(x, y)
    ctx.stroke()
    ctx.beginPath()
    ctx.arc(x, y, 2.5, 0, 2 * Math.PI)
    ctx.fill()
    const side = bySide.get(`${stub.node}|${stub.side}`)
    if (side) side.push(stub)
    else bySide.set(`${stub.node}|${stub.side}`, [stub])
  }
  return [...bySide.values()].flatMap((stubs) => nameStubs(ctx, stubs, picture))
}

/** The colour of a stub that is pointed at or lit; undefined for any other. */
function stubColour({ palette, hovered, lit, selected }: Picture, stub: SceneStub): string | undefined {
  if (stub.tensor === hovered) return palette.accentText
  return lit?.tensors.has(stub.tensor) || stub.node === selected ? palette.match : undefined
}

/** All names of one side of a node behind its last stub, so that none stands on another. */
function nameStubs(ctx: CanvasRenderingContext2D, stubs: readonly SceneStub[], picture: Picture): NamedArea[] {
  const last = stubs.reduce((a, b) => (b.x > a.x || b.y > a.y ? b : a))
  const isOut = last.side === 'out'
  const most = stubs.length === 1 ? 22 : 16
  const shown = stubs.slice(0, NAMED)
  const more = stubs.length > NAMED ? ` +${stubs.length - NAMED}` : ''
  let [x, y] = [last.x + 6, last.y + (isOut ? 18 : -11)]
  // Beside a box that values run through to the right is no room for names: they stand below it.
  if (picture.index.scene.direction === 'right') [x, y] = [last.x + (isOut ? -8 : 6), last.y + (isOut ? 22 : 34)]
  return shown.map((stub, i) => {
    const end = i < shown.length - 1 ? ', ' : more
    const text = shortName(stub.name, most) + (isOut ? ` → ${stub.count} uses` : '') + end
    ctx.fillStyle = stubColour(picture, stub) ?? picture.palette.faint
    ctx.fillText(text, x, y)
    const area = { tensor: stub.tensor, x, y, width: ctx.measureText(text).width, height: LINE }
    x += area.width
    return area
  })
}

/** So long are the lines of names. */
const STUB = 13

/** So many values are named beside each other; of the others how many there are. */
const NAMED = 2

/** The end of a long name is what tells it from others; that it is a first output goes without saying. */
function shortName(name: string, most: number): string {
  const last = (name.split('/').at(-1) ?? name).replace(/_output(_0)?$/, '')
  return last.length > most ? `…${last.slice(1 - most)}` : last
}

const LINE = 12

function overlap(a: Rect, b: Rect): boolean {
  return a.x < b.x + b.width + 4 && b.x < a.x + a.width + 4 && Math.abs(a.y - b.y) < LINE
}

/** The type of each value beside its line, below the node that makes it; once a value, and one under the other where they meet. */
export function paintLabels(ctx: CanvasRenderingContext2D, picture: Picture, view: Rect, stubs: readonly Rect[]): void {
  const { index, palette, motion, labelOf } = picture
  ctx.font = `10.5px ${palette.font}`
  ctx.textAlign = 'left'
  ctx.textBaseline = 'alphabetic'
  ctx.lineWidth = 3
  ctx.lineJoin = 'round'
  ctx.strokeStyle = palette.bg
  ctx.fillStyle = palette.faint
  const said = new Set<number>()
  const down = index.scene.direction === 'down'
  const taken: Rect[] = [...stubs]
  index.edgesIn(view, (edge) => {
    if (said.has(edge.tensor) || motion?.record.edges.shows(edge.key)) return
    said.add(edge.tensor)
    const x = edge.points[0]! + 7
    let y = edge.points[1]! + (down ? 16 : -4)
    if (y < view.y || y > view.y + view.height + 20) return
    const text = labelOf(edge)
    const room = { x, y, width: ctx.measureText(text).width, height: LINE }
    if (taken.some((t) => overlap(t, room))) {
      y += LINE
      if (taken.some((t) => overlap(t, { ...room, y }))) return
    }
    taken.push({ ...room, y })
    ctx.strokeText(text, x, y)
    ctx.fillText(text, x, y)
  })
}

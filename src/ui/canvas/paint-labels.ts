import type { Rect } from '../../editor'
import type { Picture } from './painter'

/** Values that are named at their ends instead of being drawn across the picture. */
export function paintStubs(ctx: CanvasRenderingContext2D, { index, palette, motion }: Picture, view: Rect): void {
  ctx.font = `10.5px ${palette.font}`
  ctx.textBaseline = 'alphabetic'
  ctx.lineWidth = 1.25
  for (const stub of index.scene.stubs) {
    if (stub.y < view.y - 40 || stub.y > view.y + view.height + 40) continue
    if (stub.x < view.x - 200 || stub.x > view.x + view.width + 200) continue
    if (motion?.record.nodes.has(stub.node)) continue
    const down = stub.side === 'out'
    const far = stub.y + (down ? 13 : -13)
    ctx.strokeStyle = palette.edge
    ctx.beginPath()
    ctx.moveTo(stub.x, stub.y)
    ctx.lineTo(stub.x, far)
    ctx.stroke()
    ctx.fillStyle = palette.edge
    ctx.beginPath()
    ctx.arc(stub.x, far, 2.5, 0, 2 * Math.PI)
    ctx.fill()
    ctx.fillStyle = palette.faint
    ctx.textAlign = 'left'
    const name = shortName(stub.name)
    ctx.fillText(down ? `${name} → ${stub.count} uses` : name, stub.x + 6, far + (down ? 5 : 2))
  }
}

/** The end of a long name is what tells it from others. */
function shortName(name: string): string {
  const last = name.split('/').at(-1) ?? name
  return last.length > 22 ? `…${last.slice(-21)}` : last
}

const LINE = 12

function overlap(a: Rect, b: Rect): boolean {
  return a.x < b.x + b.width + 4 && b.x < a.x + a.width + 4 && Math.abs(a.y - b.y) < LINE
}

/** The type of each value beside its line, below the node that makes it; once a value, and one under the other where they meet. */
export function paintLabels(ctx: CanvasRenderingContext2D, picture: Picture, view: Rect): void {
  const { index, palette, motion, labelOf } = picture
  ctx.font = `10.5px ${palette.font}`
  ctx.textAlign = 'left'
  ctx.textBaseline = 'alphabetic'
  ctx.lineWidth = 3
  ctx.lineJoin = 'round'
  ctx.strokeStyle = palette.bg
  ctx.fillStyle = palette.faint
  const said = new Set<number>()
  const taken: Rect[] = []
  index.edgesIn(view, (edge) => {
    if (said.has(edge.tensor) || motion?.record.edges.has(edge.key)) return
    said.add(edge.tensor)
    const x = edge.points[0]! + 7
    let y = edge.points[1]! + 16
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

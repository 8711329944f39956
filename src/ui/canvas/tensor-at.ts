/** Which tensor is under a point of the picture: a line, the end of one that is named there, or its name. */
import { STUB_LENGTH } from '../../editor'
import type { Direction, SceneStub } from '../../layout'
import { alongEdge } from './paint/paint-edge'
import type { NamedArea } from './paint/picture'
import type { SceneIndex } from './paint/scene-index'

/** @param reach how far from it a point still counts @param names where names stand now @returns null for none */
export function tensorAt(
  index: SceneIndex,
  x: number,
  y: number,
  reach: number,
  names: readonly NamedArea[],
): number | null {
  const name = names.find((n) => x >= n.x - 2 && x <= n.x + n.width && y >= n.y - 2 && y <= n.y + n.height + 2)
  if (name) return name.tensor
  let best: number | null = null
  let least = reach
  const offer = (tensor: number, distance: number): void => {
    if (distance < least) [best, least] = [tensor, distance]
  }
  const near = { x: x - reach, y: y - reach, width: 2 * reach, height: 2 * reach }
  const { direction } = index.scene
  for (const stub of index.stubsIn(near)) offer(stub.tensor, toStub(stub, direction, x, y))
  index.edgesIn(near, ({ tensor, points }) => {
    alongEdge(points, direction, (x0, y0, x1, y1) => offer(tensor, toSegment(x, y, x0, y0, x1, y1)))
  })
  return best
}

function toStub({ x: sx, y: sy, side }: SceneStub, direction: Direction, x: number, y: number): number {
  const length = side === 'out' ? STUB_LENGTH : -STUB_LENGTH
  return direction === 'down' ? toSegment(x, y, sx, sy, sx, sy + length) : toSegment(x, y, sx, sy, sx + length, sy)
}

function toSegment(x: number, y: number, x0: number, y0: number, x1: number, y1: number): number {
  const [dx, dy] = [x1 - x0, y1 - y0]
  const along = dx === 0 && dy === 0 ? 0 : ((x - x0) * dx + (y - y0) * dy) / (dx * dx + dy * dy)
  const t = Math.min(1, Math.max(0, along))
  return Math.hypot(x - x0 - t * dx, y - y0 - t * dy)
}

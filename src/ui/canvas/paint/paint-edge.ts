import type { Direction } from '../../../layout'

/** So far a line goes on beyond a point that it turns back from. */
const bowOf = (back: number): number => Math.min(60, back / 2 + 16)

/** Lines from port to port, through their waypoints, along the direction of the picture at every one of them. */
export function traceEdge(
  ctx: CanvasRenderingContext2D,
  p: readonly number[],
  smooth: boolean,
  direction: Direction,
): void {
  let [x, y] = [p[0]!, p[1]!]
  ctx.moveTo(x, y)
  for (let i = 2; i < p.length; i += 2) {
    const [nx, ny] = [p[i]!, p[i + 1]!]
    if (!smooth || nx === x || ny === y) ctx.lineTo(nx, ny)
    else if (direction === 'down') {
      const bow = ny > y ? (ny - y) / 2 : bowOf(y - ny)
      ctx.bezierCurveTo(x, y + bow, nx, ny - bow, nx, ny)
    } else {
      const bow = nx > x ? (nx - x) / 2 : bowOf(x - nx)
      ctx.bezierCurveTo(x + bow, y, nx - bow, ny, nx, ny)
    }
    ;[x, y] = [nx, ny]
  }
}

/** A filled head at the end of a line that comes from above, or from the left. */
export function traceHead(ctx: CanvasRenderingContext2D, p: readonly number[], direction: Direction): void {
  const [x, y] = [p.at(-2)!, p.at(-1)!]
  if (direction === 'down') {
    ctx.moveTo(x - 3.5, y - 6)
    ctx.lineTo(x + 3.5, y - 6)
  } else {
    ctx.moveTo(x - 6, y - 3.5)
    ctx.lineTo(x - 6, y + 3.5)
  }
  ctx.lineTo(x, y)
  ctx.closePath()
}

/** So many straight pieces stand for one bend. */
const PIECES = 10

/** The same line in straight pieces. */
export function alongEdge(
  p: readonly number[],
  direction: Direction,
  visit: (x0: number, y0: number, x1: number, y1: number) => void,
): void {
  const down = direction === 'down'
  for (let i = 2; i < p.length; i += 2) {
    const [x, y, nx, ny] = [p[i - 2]!, p[i - 1]!, p[i]!, p[i + 1]!]
    if (nx === x || ny === y) {
      visit(x, y, nx, ny)
      continue
    }
    const [from, to] = down ? [y, ny] : [x, nx]
    const bow = to > from ? (to - from) / 2 : bowOf(from - to)
    let [px, py] = [x, y]
    for (let k = 1; k <= PIECES; k++) {
      const t = k / PIECES
      const [a, b, c, d] = [(1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t * t * (1 - t), t ** 3]
      const along = a * from + b * (from + bow) + c * (to - bow) + d * to
      const [qx, qy] = down ? [(a + b) * x + (c + d) * nx, along] : [along, (a + b) * y + (c + d) * ny]
      visit(px, py, qx, qy)
      ;[px, py] = [qx, qy]
    }
  }
}

/** Lines from port to port, through their waypoints, upright at every one of them. */
export function traceEdge(ctx: CanvasRenderingContext2D, p: readonly number[], smooth: boolean): void {
  let [x, y] = [p[0]!, p[1]!]
  ctx.moveTo(x, y)
  for (let i = 2; i < p.length; i += 2) {
    const [nx, ny] = [p[i]!, p[i + 1]!]
    if (!smooth || nx === x || ny === y) ctx.lineTo(nx, ny)
    else if (ny > y) {
      const mid = (y + ny) / 2
      ctx.bezierCurveTo(x, mid, nx, mid, nx, ny)
    } else {
      const bow = Math.min(60, Math.abs(y - ny) / 2 + 16)
      ctx.bezierCurveTo(x, y + bow, nx, ny - bow, nx, ny)
    }
    ;[x, y] = [nx, ny]
  }
}

/** A filled head at the end of a line that comes from above. */
export function traceHead(ctx: CanvasRenderingContext2D, p: readonly number[]): void {
  const [x, y] = [p.at(-2)!, p.at(-1)!]
  ctx.moveTo(x - 3.5, y - 6)
  ctx.lineTo(x + 3.5, y - 6)
  ctx.lineTo(x, y)
  ctx.closePath()
}

/** So many straight pieces stand for one bend. */
const PIECES = 10

/** The same line in straight pieces. */
export function alongEdge(p: readonly number[], visit: (x0: number, y0: number, x1: number, y1: number) => void): void {
  for (let i = 2; i < p.length; i += 2) {
    const [x, y, nx, ny] = [p[i - 2]!, p[i - 1]!, p[i]!, p[i + 1]!]
    if (nx === x || ny === y) {
      visit(x, y, nx, ny)
      continue
    }
    const bow = ny > y ? (ny - y) / 2 : Math.min(60, (y - ny) / 2 + 16)
    let [px, py] = [x, y]
    for (let k = 1; k <= PIECES; k++) {
      const t = k / PIECES
      const [a, b, c, d] = [(1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t * t * (1 - t), t ** 3]
      const qx = (a + b) * x + (c + d) * nx
      const qy = a * y + b * (y + bow) + c * (ny - bow) + d * ny
      visit(px, py, qx, qy)
      ;[px, py] = [qx, qy]
    }
  }
}

/** How commands move the view, whatever draws it. */
import { union } from '../../layout'
import type { Rect } from '../../layout'

/** Where a view stands: the picture's origin on the screen, and its scale. */
export interface Stand {
  readonly x: number
  readonly y: number
  readonly zoom: number
}

export interface Camera {
  /** null where nothing can be seen. */
  where(): Stand | null
  stand(at: Stand): void
  /** What of the picture is in view; null where nothing can be seen. */
  view(): Rect | null
  /** Shows all of `rect`, no nearer than 1:1. */
  fit(rect: Rect, animate: boolean): void
  /** Shows `rect` at a size that can be read, or the top of `part` of it where it does not fit. */
  read(rect: Rect, animate: boolean, part?: Rect): void
  /** Pans, and zooms in where it is too far to read, only if `rect` is not in view already. */
  reveal(rect: Rect): void
  zoomBy(factor: number): void
  /** Keeps the point of the picture at `from` where it is on the screen, now that it is at `to`. */
  hold(from: { x: number; y: number }, to: { x: number; y: number }): void
}

/** Nothing to look through yet. */
export const blindCamera: Camera = {
  where: () => null,
  stand: () => undefined,
  view: () => null,
  fit: () => undefined,
  read: () => undefined,
  reveal: () => undefined,
  zoomBy: () => undefined,
  hold: () => undefined,
}

/** What is seen at once at a size that can be read. */
const [TOP, SCREEN] = [600, 1100]

/** Where reading begins: the top of the first column, around the boxes that stand there. */
export function topOf(boxes: readonly Rect[], height: number): Rect | null {
  const left = boxes.filter((b) => b.y < TOP).reduce((x, b) => Math.min(x, b.x), Infinity)
  const first = boxes.filter((b) => b.y < TOP && b.x < left + SCREEN)
  const around = union(first)
  if (!around) return null
  const middle = first.reduce((s, b) => s + b.x + b.width / 2, 0) / first.length
  const half = Math.max(middle - around.x, around.x + around.width - middle)
  return { x: middle - half, y: 0, width: 2 * half, height }
}

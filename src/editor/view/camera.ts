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
/** Boxes of this depth stand below a row of inputs. */
const BELOW_INPUTS = 200

/** Where reading begins: the top of the first column, around the boxes that stand there; of a long row of inputs where layers are below it. */
export function topOf(boxes: readonly Rect[], height: number): Rect | null {
  const first = firstScreen(boxes.filter((b) => b.y < TOP))
  const around = union(first)
  if (!around) return null
  const middle = first.reduce((s, b) => s + b.x + b.width / 2, 0) / first.length
  const half = Math.max(middle - around.x, around.x + around.width - middle)
  return { x: middle - half, y: 0, width: 2 * half, height }
}

function firstScreen(top: readonly Rect[]): readonly Rect[] {
  const from = (left: number): readonly Rect[] => top.filter((b) => b.x >= left && b.x < left + SCREEN)
  const depth = (screen: readonly Rect[]): number => screen.filter((b) => b.y >= BELOW_INPUTS).length
  const first = from(top.reduce((x, b) => Math.min(x, b.x), Infinity))
  if (depth(first) > 0) return first
  const screens = [...new Set(top.map((b) => b.x))].sort((a, b) => a - b).map(from)
  return screens.reduce((best, screen) => (depth(screen) > depth(best) ? screen : best), first)
}

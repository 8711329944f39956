/** The rows that boxes stand in, and the ways of lines through them. */
import type { Piece } from './piece'
import { last, nth } from './known'

/** From its upper to its lower edge. */
interface Row {
  readonly top: number
  readonly bottom: number
}

export function rowsOf({ boxes, gap }: Piece, ranks: Int32Array, count: number): Row[] {
  const heights = new Float64Array(count)
  boxes.forEach(({ height }, i) => {
    const rank = nth(ranks, i)
    heights[rank] = Math.max(nth(heights, rank), height)
  })
  let top = 0
  return Array.from(heights, (height) => {
    const row = { top, bottom: top + height }
    top = row.bottom + gap
    return row
  })
}

type Point = readonly [x: number, y: number]

/** Aslant between two rows only, and upright through the rows, its own as well where a box is lower than others beside it. */
export function routed(
  start: Point,
  end: Point,
  upright: number,
  passed: readonly Row[],
  own: { readonly leaves: number; readonly reaches: number },
): number[] {
  const points: Point[] = [start, [start[0], own.leaves]]
  if (passed.length > 0) points.push([upright, nth(passed, 0).top], [upright, last(passed).bottom])
  points.push([end[0], own.reaches], end)
  const bends = points.filter((p, i) => {
    const [before, after] = [points[i - 1], points[i + 1]]
    if (!before || !after) return true
    return (
      !(before[0] === p[0] && p[0] === after[0]) &&
      !(before[0] === p[0] && before[1] === p[1]) &&
      !(after[0] === p[0] && after[1] === p[1])
    )
  })
  return bends.flat()
}

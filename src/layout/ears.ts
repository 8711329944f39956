/**
 * A piece as its spine and ears: chains of boxes, or lines alone, that leave the spine or come from above and meet it again further
 * down or go on below. Most pieces of real networks are made so: a residual connection is a line beside the spine.
 */
import type { Line, Piece } from './piece'
import { FRAME } from './view'
import { nth } from './known'

/** Where a chain begins that nothing leads into. */
export const NOWHERE = -2

export interface Ear {
  /** A box of the spine, `FRAME` or `NOWHERE`. */
  readonly from: number
  /** A box of the spine, or `FRAME`. */
  readonly to: number
  /** From the top; none for a line that leads past the boxes of the spine. */
  readonly boxes: readonly number[]
  /** Indices of the lines between them, from the top, those from and to the spine included. */
  readonly lines: readonly number[]
}

export interface SpineWithEars {
  /** From the top. */
  readonly boxes: readonly number[]
  readonly lines: readonly number[]
  readonly ears: readonly Ear[]
}

/** Null where the piece is made in another way: boxes that several ears lead into, two spines, lines upwards. */
export function spineWithEars(piece: Piece): SpineWithEars | null {
  if (piece.last.length > 0) return null
  const spine = spineOf(piece)
  if (!spine || !eachCrossesOnce(piece, spine.lines)) return null
  const ears = earsOf(piece, spine)
  return ears && { ...spine, ears }
}

type Spine = Pick<SpineWithEars, 'boxes' | 'lines'>

function spineOf({ lines }: Piece): Spine | null {
  const straight = lines.flatMap((l, i) => (l.straight ? [i] : []))
  const below = new Map(straight.map((i) => [nth(lines, i).from, i]))
  const entered = new Set(straight.map((i) => nth(lines, i).to))
  const [first, ...others] = straight.filter((i) => nth(lines, i).from === FRAME || !entered.has(nth(lines, i).from))
  if (first === undefined || others.length > 0) return null
  const along: number[] = []
  for (let at: number | undefined = first; at !== undefined && along.length < straight.length;) {
    along.push(at)
    const { to }: Line = nth(lines, at)
    at = to === FRAME ? undefined : below.get(to)
  }
  if (along.length < straight.length) return null
  const passed = along.flatMap((l) => [nth(lines, l).from, nth(lines, l).to])
  const boxes = [...new Set(passed.filter((box) => box !== FRAME))]
  return boxes.length > 0 ? { boxes, lines: along } : null
}

/** Whether each value that comes from above leads to one place, but for the spine's, and each that goes on below comes from one. */
function eachCrossesOnce({ lines, entries, exits }: Piece, spine: readonly number[]): boolean {
  const into = new Int32Array(entries)
  const out = new Int32Array(exits)
  for (const { from, fromPort, to, toPort } of lines) {
    if (from === FRAME) into[fromPort] = nth(into, fromPort) + 1
    if (to === FRAME) out[toPort] = nth(out, toPort) + 1
  }
  const top = lines[spine[0] ?? -1]
  const own = top?.from === FRAME ? top.fromPort : -1
  return into.every((count, k) => count === 1 || k === own) && out.every((count) => count === 1)
}

function earsOf({ boxes, lines }: Piece, spine: Spine): Ear[] | null {
  const order = new Map(spine.boxes.map((box, i) => [box, i]))
  const isBeside = (box: number) => box >= 0 && !order.has(box)
  const onSpine = new Set(spine.lines)
  const [into, out] = [new Map<number, number>(), new Map<number, number>()]
  for (const [i, { from, to }] of lines.entries()) {
    if ((isBeside(from) && out.has(from)) || (isBeside(to) && into.has(to))) return null
    out.set(from, i)
    into.set(to, i)
  }
  const ears: Ear[] = []
  let found = 0
  const follow = (from: number, first: number): boolean => {
    const along = [first]
    const inside: number[] = from === NOWHERE ? [nth(lines, first).from] : []
    let { to } = nth(lines, first)
    while (isBeside(to)) {
      const next = out.get(to)
      inside.push(to)
      if (next === undefined) return false
      along.push(next)
      to = nth(lines, next).to
    }
    found += inside.length
    ears.push({ from, to, boxes: inside, lines: along })
    const [above, under] = [order.get(from), order.get(to)]
    return above === undefined || under === undefined || above < under
  }
  for (const [i, { from }] of lines.entries()) {
    if (onSpine.has(i) || (isBeside(from) && into.has(from))) continue
    if (!follow(isBeside(from) ? NOWHERE : from, i)) return null
  }
  // What is left are rings, or boxes without a line.
  return found + spine.boxes.length === boxes.length ? ears : null
}

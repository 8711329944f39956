/**
 * Lays out a spine with ears: the spine in one column, each ear in a column of its own beside it, shorter ones further in. ELK takes
 * some ten milliseconds for a piece of four boxes, and three times as long for the first ones.
 */
import { earRanks } from './ear-ranks'
import { routed, rowsOf } from './ear-rows'
import { spineWithEars } from './ears'
import type { Ear, SpineWithEars } from './ears'
import { SIDE_GAP } from './flow'
import { last, nth } from './known'
import { endsOf } from './piece'
import type { LaidPiece, Line, Piece } from './piece'
import { FRAME } from './view'

/** Between a line and a box, and between two lines. */
const LINE_GAP = 18
const LINES_GAP = 12

/** Ears times boxes, beyond which the rows that ears pass are too many to look at one by one: a second's work. */
const MOST_PASSED = 4_000_000

/** Null for a piece of another make, or with too many long ears. */
export function layAlongSpine(piece: Piece): LaidPiece | null {
  const parts = spineWithEars(piece)
  if (!parts || parts.ears.length * piece.boxes.length > MOST_PASSED) return null
  return new AlongSpine(piece, parts).laid()
}

/** What takes room in a row: a box, or a line that stands upright there. */
interface Occupant {
  readonly rank: number
  readonly left: number
  readonly right: number
  readonly isBox: boolean
}

/** The spine, or an ear. */
type Chain = Pick<SpineWithEars, 'boxes' | 'lines'>

class AlongSpine {
  private readonly ranks: Int32Array
  private readonly count: number
  /** By box its left side. */
  private readonly xs: Float64Array
  /** By line where it stands upright in the rows that it passes. */
  private readonly uprights: Float64Array
  private readonly entries: number[]
  private readonly exits: number[]
  /** By row what stands furthest to the left and to the right. */
  private readonly leftmost: (Occupant | undefined)[] = []
  private readonly rightmost: (Occupant | undefined)[] = []

  constructor(
    private readonly piece: Piece,
    private readonly parts: SpineWithEars,
  ) {
    const { ranks, count } = earRanks(parts)
    this.ranks = ranks
    this.count = count
    this.xs = new Float64Array(piece.boxes.length)
    this.uprights = new Float64Array(piece.lines.length)
    this.entries = Array.from({ length: piece.entries }, () => 0)
    this.exits = Array.from({ length: piece.exits }, () => 0)
    this.settle(parts, 0)
    const span = (e: Ear): number => this.below(this.lineTo(e)) - this.above(this.lineFrom(e))
    const aside = new Map(parts.ears.map((e) => [e, this.aside(e)]))
    const reach = (e: Ear): number => Math.abs(aside.get(e) ?? 0)
    for (const ear of [...parts.ears].sort((a, b) => span(a) - span(b) || reach(a) - reach(b)))
      this.placeEar(ear, (aside.get(ear) ?? 0) < 0)
  }

  private readonly lineFrom = (ear: Ear): Line => nth(this.piece.lines, nth(ear.lines, 0))
  private readonly lineTo = (ear: Ear): Line => nth(this.piece.lines, last(ear.lines))
  private readonly above = ({ from }: Line): number => (from === FRAME ? -1 : nth(this.ranks, from))
  private readonly below = ({ to }: Line): number => (to === FRAME ? this.count : nth(this.ranks, to))

  /** From the left side of the box that a line leaves or reaches. */
  private outOf({ from, fromPort }: Line): number {
    const { outX, width } = nth(this.piece.boxes, from)
    return outX[fromPort] ?? width / 2
  }

  private into({ to, toPort }: Line): number {
    const { inX, width } = nth(this.piece.boxes, to)
    return inX[toPort] ?? width / 2
  }

  /** Stands a chain upright with its first line at `x`: through its boxes, whose ports need not lie below each other. */
  private stand({ lines, boxes }: Chain, x: number): void {
    const own = new Set(boxes)
    let at = x
    lines.forEach((l, i) => {
      const line = nth(this.piece.lines, l)
      if (own.has(line.from)) {
        if (i === 0) this.xs[line.from] = at - this.outOf(line)
        else at = nth(this.xs, line.from) + this.outOf(line)
      }
      this.uprights[l] = at
      if (own.has(line.to)) this.xs[line.to] = at - this.into(line)
    })
  }

  private settle(chain: Chain, x: number): void {
    this.stand(chain, x)
    for (const l of chain.lines) {
      const line = nth(this.piece.lines, l)
      if (line.from === FRAME && !this.isSpineEntry(line, l)) this.entries[line.fromPort] = nth(this.uprights, l)
      if (line.to === FRAME) this.exits[line.toPort] = nth(this.uprights, l)
    }
    for (const taken of this.occupants(chain)) this.take(taken)
  }

  /** A further line of the value that the spine comes from begins where the spine does. */
  private isSpineEntry(line: Line, index: number): boolean {
    const top = nth(this.parts.lines, 0)
    const { from, fromPort } = nth(this.piece.lines, top)
    return index !== top && from === FRAME && fromPort === line.fromPort
  }

  private occupants({ lines, boxes }: Chain): Occupant[] {
    const found = boxes.map((box): Occupant => {
      const left = nth(this.xs, box)
      return { rank: nth(this.ranks, box), left, right: left + nth(this.piece.boxes, box).width, isBox: true }
    })
    for (const l of lines) {
      const line = nth(this.piece.lines, l)
      const x = nth(this.uprights, l)
      for (let rank = this.above(line) + 1; rank < this.below(line); rank++)
        found.push({ rank, left: x, right: x, isBox: false })
    }
    return found
  }

  private take(taken: Occupant): void {
    const { rank, left, right } = taken
    if (left < (this.leftmost[rank]?.left ?? Infinity)) this.leftmost[rank] = taken
    if (right > (this.rightmost[rank]?.right ?? -Infinity)) this.rightmost[rank] = taken
  }

  /**
   * How far to the right of the spine an ear begins; where that does not say it, how far to the right it ends. So what has to cross the
   * spine does it where it ends: where it begins, the type of the spine's value stands beside its line.
   */
  private aside(ear: Ear): number {
    const [first, final] = [this.lineFrom(ear), this.lineTo(ear)]
    const spine = this.parts.lines.map((l) => nth(this.piece.lines, l))
    const above = spine.find((l) => l.from === first.from)
    if (above && ear.from >= 0 && this.outOf(first) !== this.outOf(above)) return this.outOf(first) - this.outOf(above)
    if (final.to !== FRAME) {
      const own = spine.find((l) => l.to === final.to)
      const ends = this.into(final) - (own ? this.into(own) : nth(this.piece.boxes, final.to).width / 2)
      if (ends !== 0) return ends
    }
    if (above && ear.from === FRAME && first.fromPort !== above.fromPort) return first.fromPort - above.fromPort
    const leaves = last(spine)
    return final.to === FRAME && leaves.to === FRAME && final.toPort < leaves.toPort ? -1 : 1
  }

  private placeEar(ear: Ear, isLeft: boolean): void {
    this.stand(ear, 0)
    let x = this.wanted(ear)
    for (const { rank, left, right, isBox } of this.occupants(ear)) {
      const beside = isLeft ? this.leftmost[rank] : this.rightmost[rank]
      if (!beside) continue
      const gap = isBox && beside.isBox ? SIDE_GAP : isBox || beside.isBox ? LINE_GAP : LINES_GAP
      const free = isLeft ? beside.left - gap - right : beside.right + gap - left
      x = x === null ? free : isLeft ? Math.min(x, free) : Math.max(x, free)
    }
    this.settle(ear, x ?? 0)
  }

  /** Straight above the port that it ends at, or straight below the one that it begins at. */
  private wanted(ear: Ear): number | null {
    const [first, final] = [this.lineFrom(ear), this.lineTo(ear)]
    if (final.to !== FRAME) return nth(this.xs, final.to) + this.into(final) - nth(this.uprights, last(ear.lines))
    return ear.from >= 0 ? nth(this.xs, first.from) + this.outOf(first) : null
  }

  laid(): LaidPiece {
    const { boxes, lines } = this.piece
    const rows = rowsOf(this.piece, this.ranks, this.count)
    const rights = boxes.map((box, i) => nth(this.xs, i) + box.width)
    const all = [this.entries, this.exits, this.uprights, this.xs, rights]
    // One by one: as arguments of one call, those of a long chain overflow the stack.
    let [left, right] = [Infinity, -Infinity]
    for (const xs of all)
      for (const x of xs) {
        left = Math.min(left, x)
        right = Math.max(right, x)
      }
    const moved = (xs: readonly number[]): number[] => xs.map((x) => x - left)
    const laid = {
      width: right - left,
      height: last(rows).bottom,
      places: boxes.map(({ height }, i): [number, number] => {
        const { top, bottom } = nth(rows, nth(this.ranks, i))
        return [nth(this.xs, i) - left, top + Math.floor((bottom - top - height) / 2)]
      }),
      entries: moved(this.entries),
      exits: moved(this.exits),
    }
    const routes = lines.map((line, l) => {
      const [start, end] = endsOf(line, this.piece, laid)
      const passed = rows.slice(this.above(line) + 1, this.below(line))
      return routed(start, end, nth(this.uprights, l) - left, passed, {
        leaves: rows[this.above(line)]?.bottom ?? start[1],
        reaches: rows[this.below(line)]?.top ?? end[1],
      })
    })
    return { ...laid, routes }
  }
}

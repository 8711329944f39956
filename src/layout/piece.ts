/** What is laid out at once: boxes with ports, and lines between them, in index form. */
import type { Box } from './arrangement'
import { FRAME } from './view'
import { nth } from './known'

export interface Line {
  /** Index of a box; `FRAME` where it comes from above, and `fromPort` is the index of an entry then. */
  readonly from: number
  readonly fromPort: number
  /** Index of a box; `FRAME` where it goes on below, and `toPort` is the index of an exit then. */
  readonly to: number
  readonly toPort: number
  /** It is part of the spine. */
  readonly straight: boolean
}

export interface Piece {
  /** Between two rows. */
  readonly gap: number
  readonly boxes: readonly Box[]
  readonly lines: readonly Line[]
  readonly entries: number
  readonly exits: number
  /** Boxes that stand below all others: what leaves the network. */
  readonly last: readonly number[]
}

/** Positions from the upper left corner of the boxes: the first row stands at y = 0. */
export interface LaidPiece {
  readonly width: number
  readonly height: number
  readonly places: readonly (readonly [number, number])[]
  /** From port to port; a line from above begins half a gap above the first row, and one that goes on ends so below the last. */
  readonly routes: readonly (readonly number[])[]
  readonly entries: readonly number[]
  readonly exits: readonly number[]
}

/** Two pieces with equal signatures are laid out alike. */
export function signatureOf({ gap, boxes, lines, entries, exits, last }: Piece): string {
  const parts = [`${gap}:${entries},${exits},${last.join(' ')}`]
  for (const b of boxes) parts.push(`${b.width},${b.height},${b.inX.join(' ')},${b.outX.join(' ')}`)
  for (const l of lines) parts.push(`${l.from}.${l.fromPort}>${l.to}.${l.toPort}${l.straight ? '|' : ''}`)
  return parts.join(';')
}

/** Begin and end of a line, where boxes, entries and exits have their places. */
export function endsOf(
  line: Line,
  { boxes, gap }: Piece,
  laid: Pick<LaidPiece, 'height' | 'places' | 'entries' | 'exits'>,
): readonly [start: readonly [number, number], end: readonly [number, number]] {
  const { places, entries, exits, height } = laid
  const [from, to] = [boxes[line.from], boxes[line.to]]
  const [fromAt, toAt] = [places[line.from], places[line.to]]
  return [
    from && fromAt
      ? [fromAt[0] + (from.outX[line.fromPort] ?? from.width / 2), fromAt[1] + from.height]
      : [nth(entries, line.fromPort), -gap / 2],
    to && toAt
      ? [toAt[0] + (to.inX[line.toPort] ?? to.width / 2), toAt[1]]
      : [nth(exits, line.toPort), height + gap / 2],
  ]
}

/** One box, whose lines lead straight from what comes from above and to what goes on below: it needs no layout. */
export function layAlone(piece: Piece): LaidPiece | null {
  const { boxes, lines } = piece
  const [box] = boxes
  if (!box || boxes.length > 1 || lines.some((l) => l.from === FRAME && l.to === FRAME)) return null
  const into = lines.filter((l) => l.from === FRAME)
  const out = lines.filter((l) => l.to === FRAME)
  if (into.length !== piece.entries || out.length !== piece.exits) return null
  const entries: number[] = []
  const exits: number[] = []
  for (const l of into) entries[l.fromPort] = box.inX[l.toPort] ?? box.width / 2
  for (const l of out) exits[l.toPort] = box.outX[l.fromPort] ?? box.width / 2
  if (Object.keys(entries).length !== piece.entries || Object.keys(exits).length !== piece.exits) return null
  const laid = { width: box.width, height: box.height, places: [[0, 0] as const], entries, exits }
  return { ...laid, routes: lines.map((l) => endsOf(l, piece, laid).flat()) }
}

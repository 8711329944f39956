import { SIDE_GAP } from './flow'
import { endsOf } from './piece'
import type { LaidPiece, Piece } from './piece'
import { ranksOf } from './ranks'
import { nth } from './known'

/** Rows by rank, each from left to right in order: never wrong, for a piece that ELK gives up on. */
export function layInRows(piece: Piece): LaidPiece {
  const { boxes, lines, gap } = piece
  const ranks = ranksOf(boxes.length, lines)
  const rows: number[][] = []
  boxes.forEach((_, i) => (rows[nth(ranks, i)] ??= []).push(i))
  const places: [number, number][] = boxes.map(() => [0, 0])
  const rowWidth = (row: number[]) => row.reduce((w, i) => w + nth(boxes, i).width + SIDE_GAP, -SIDE_GAP)
  const width = rows.reduce((w, row) => Math.max(w, rowWidth(row)), 0)
  let y = 0
  for (const row of rows) {
    if (!row) continue
    let x = Math.round((width - rowWidth(row)) / 2)
    for (const i of row) {
      places[i] = [x, y]
      x += nth(boxes, i).width + SIDE_GAP
    }
    y += Math.max(...row.map((i) => nth(boxes, i).height)) + gap
  }
  const across = (count: number) => Array.from({ length: count }, (_, i) => Math.round((width * (i + 1)) / (count + 1)))
  const laid = {
    width,
    height: Math.max(0, y - gap),
    places,
    entries: across(piece.entries),
    exits: across(piece.exits),
  }
  return { ...laid, routes: lines.map((l) => endsOf(l, piece, laid).flat()) }
}

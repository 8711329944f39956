/** Places the few boxes of a rule in ranks, operands above what takes them. */
import type { LayerId } from '../../engine'
import type { BoardState, RuleDiagram } from '../protocol/match-info'
import { textWidth } from '../text/text-width'

const HEIGHT = 34
const LOW = 22
const ACROSS = 14
const DOWN = 24
const PAD = 4

/** A box before it is placed. */
export interface Box {
  readonly part: string
  readonly title: string
  readonly detail: string
  readonly layer: LayerId | null
  readonly state: BoardState
  /** Indices of the boxes that it takes its operands from. */
  readonly from: readonly number[]
}

export function arranged(boxes: readonly Box[]): RuleDiagram {
  const rank = ranksOf(boxes)
  const rows: number[][] = []
  boxes.forEach((_, i) => (rows[rank[i]!] ??= []).push(i))
  const width = boxes.map(widthOf)
  const middle = new Map<number, number>()
  for (const row of rows) {
    order(row, boxes, middle)
    let x = 0
    for (const i of row) {
      middle.set(i, x + width[i]! / 2)
      x += width[i]! + ACROSS
    }
  }
  const widest = Math.max(0, ...rows.map((row) => spanOf(row, width)))
  const nodes = boxes.map(({ from: _, ...box }, i) => {
    const row = rows[rank[i]!]!
    const x = middle.get(i)! - width[i]! / 2 + (widest - spanOf(row, width)) / 2 + PAD
    const height = box.state === 'value' ? LOW : HEIGHT
    return { ...box, x, y: PAD + rank[i]! * (HEIGHT + DOWN) + (HEIGHT - height), width: width[i]!, height }
  })
  const edges = boxes.flatMap(({ from }, to) => from.map((f): readonly [number, number] => [f, to]))
  return { nodes, edges, width: widest + 2 * PAD, height: rows.length * (HEIGHT + DOWN) - DOWN + 2 * PAD }
}

/** A free operand stands right above the first box that takes it. */
function ranksOf(boxes: readonly Box[]): number[] {
  const rank: number[] = []
  boxes.forEach(({ from }, i) => (rank[i] = from.reduce((r, f) => Math.max(r, rank[f]! + 1), 0)))
  boxes.forEach(({ from }, i) => {
    if (from.length > 0) return
    const takers = boxes.flatMap((b, k) => (b.from.includes(i) ? [rank[k]!] : []))
    if (takers.length > 0) rank[i] = Math.max(0, Math.min(...takers) - 1)
  })
  return rank
}

/** Each box under the middle of its operands, as far as those are placed. */
function order(row: number[], boxes: readonly Box[], middle: ReadonlyMap<number, number>): void {
  const middleOf = (i: number): number => {
    const at = boxes[i]!.from.flatMap((f) => middle.get(f) ?? [])
    return at.length === 0 ? 0 : at.reduce((a, b) => a + b, 0) / at.length
  }
  row.sort((a, b) => middleOf(a) - middleOf(b) || a - b)
}

const spanOf = (row: readonly number[], width: readonly number[]): number =>
  row.reduce((sum, i) => sum + width[i]! + ACROSS, -ACROSS)

function widthOf({ title, detail, part, state }: Box): number {
  if (state === 'value') return Math.ceil(textWidth(title, 11) + 20)
  const second = detail === '' ? part : `${part}  ${detail}`
  return Math.ceil(Math.max(64, textWidth(title, 12, true) + 34, textWidth(second, 10) + 24))
}

import { HEADING, PADDING, RANK_GAP, SIDE_GAP, evenly, inX, nameRoom, outX } from './arrangement'
import type { Arrangement, Box } from './arrangement'
import { ranksOf } from './ranks'
import { FRAME } from './view'
import type { Content } from './view'

/** Rows by rank, each from left to right in network order: never wrong, for a content that ELK gives up on. */
export function arrangeInRows(content: Content, boxes: readonly Box[]): Arrangement {
  const ranks = ranksOf(content)
  const rows: number[][] = []
  content.items.forEach((_, i) => (rows[ranks[i]!] ??= []).push(i))
  const items: [number, number][] = content.items.map(() => [0, 0])
  const rowWidth = (row: number[]) => row.reduce((w, i) => w + boxes[i]!.width + SIDE_GAP, -SIDE_GAP)
  const widest = rows.reduce((w, row) => Math.max(w, rowWidth(row)), 0)
  const width = Math.max(widest + 2 * PADDING, nameRoom(content))
  let y = content.group.parent ? HEADING + PADDING / 2 : PADDING
  for (const row of rows) {
    if (!row) continue
    let x = Math.round((width - rowWidth(row)) / 2)
    for (const i of row) {
      items[i] = [x, y]
      x += boxes[i]!.width + SIDE_GAP
    }
    y += Math.max(...row.map((i) => boxes[i]!.height)) + RANK_GAP
  }
  const height = y - RANK_GAP + PADDING
  const entries = evenly(content.entries.length, width).map(Math.round)
  const exits = evenly(content.exits.length, width).map(Math.round)
  const routes = content.links.map((l) => [
    ...(l.from === FRAME
      ? [entries[content.entries.indexOf(l.tensor)]!, 0]
      : [items[l.from]![0] + outX(content, boxes, l), items[l.from]![1] + boxes[l.from]!.height]),
    ...(l.to === FRAME
      ? [exits[content.exits.indexOf(l.tensor)]!, height]
      : [items[l.to]![0] + inX(content, boxes, l), items[l.to]![1]]),
  ])
  return { width, height, items, routes, entries, exits }
}

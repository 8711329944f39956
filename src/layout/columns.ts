/** Into which columns the main group of a network is put. */
import type { Breaks } from './arrangement'
import type { Flow } from './flow'
import type { Spine } from './spine'
import { stacked } from './stack'
import type { LaidCut } from './stack'
import type { Content, ItemKey } from './view'
import { nth } from './known'

/** Chosen before; or so many; or as many as fill a screen of this width over its height. */
export type Columns = Breaks | number | { readonly aspect: number }

export const ONE_COLUMN: Breaks = []

/** A screen shows no more than this at a size that can be read. */
export const MOST_COLUMNS = 16

export function columnsOf(
  content: Content,
  spine: Spine,
  pieces: readonly LaidCut[],
  wanted: Columns,
  flow: Flow,
): Breaks {
  if (pieces.length === 0) return ONE_COLUMN
  if (typeof wanted === 'number') return evenly(content, pieces, wanted)
  if ('aspect' in wanted) return filling(content, spine, pieces, wanted.aspect, flow)
  return wanted
}

/** The fewest columns that make the whole largest on a screen of this width over its height. */
function filling(content: Content, spine: Spine, pieces: readonly LaidCut[], aspect: number, flow: Flow): Breaks {
  let [best, largest] = [ONE_COLUMN, 0]
  for (let n = 1; n <= Math.min(MOST_COLUMNS, pieces.length); n++) {
    const breaks = evenly(content, pieces, n)
    const { width, height } = stacked(content, spine, pieces, breaks, flow)
    const [across, down] = flow.direction === 'down' ? [width, height] : [height, width]
    const zoom = Math.min(aspect / across, 1 / down)
    // A column more has to be worth it.
    if (zoom < largest * 1.05) continue
    best = breaks
    largest = zoom
  }
  return best
}

/** Columns of about equal height. They begin at groups, which stay while layers come and go, where there are any. */
function evenly(content: Content, pieces: readonly LaidCut[], columns: number): Breaks {
  const heightOf = ({ cut, laid }: LaidCut) => laid.height + cut.piece.gap
  const keys = pieces.map(({ cut }) => {
    const items = cut.items.map((i) => nth(content.items, i))
    return (items.find((i) => i.kind === 'group') ?? items.find((i) => i.kind === 'layer'))?.key
  })
  const hasGroups = keys.filter((key) => key?.startsWith('G')).length > columns
  const breaks: ItemKey[] = []
  let left = pieces.reduce((h, p) => h + heightOf(p), 0)
  let [height, share] = [0, left / columns]
  pieces.forEach((piece, i) => {
    const key = keys[i]
    const isFull = height > 0 && height + heightOf(piece) / 2 > share
    if (isFull && breaks.length < columns - 1 && key && (key.startsWith('G') || !hasGroups)) {
      breaks.push(key)
      // What is left is shared among the columns that are left.
      share = left / (columns - breaks.length)
      height = 0
    }
    height += heightOf(piece)
    left -= heightOf(piece)
  })
  return breaks
}

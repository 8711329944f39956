/** Which row each box of a spine with ears stands in. */
import { NOWHERE } from './ears'
import type { Ear, SpineWithEars } from './ears'
import { nth } from './known'

export interface EarRanks {
  readonly ranks: Int32Array
  /** How many rows there are. */
  readonly count: number
}

/** Each box as far up as what leads to it allows; a chain that begins in the piece just above where it ends. */
export function earRanks({ boxes, ears }: SpineWithEars): EarRanks {
  const ranks = new Int32Array(boxes.length + ears.reduce((n, e) => n + e.boxes.length, 0))
  const above = ({ from }: Ear): number => (from < 0 ? -1 : nth(ranks, from))
  let rank = -1
  for (const box of boxes) {
    for (const ear of ears) if (ear.to === box) rank = Math.max(rank, above(ear) + ear.boxes.length)
    ranks[box] = ++rank
  }
  let count = rank + 1
  for (const ear of ears) {
    const hangs = ear.from === NOWHERE && ear.to >= 0
    const first = hangs ? nth(ranks, ear.to) - ear.boxes.length : above(ear) + 1
    ear.boxes.forEach((box, i) => (ranks[box] = first + i))
    count = Math.max(count, first + ear.boxes.length)
  }
  return { ranks, count }
}

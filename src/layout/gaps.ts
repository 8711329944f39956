import { Shift } from './shift'

/** What something takes up along one axis. */
export interface Span {
  readonly top: number
  readonly bottom: number
}

/** Wider than this between two rows is room that nobody needs, whatever lay below what went. */
const WIDEST = 1.5

/**
 * Closes every empty band across a whole group that something left, to the distance that was behind it: from each band on
 * everything moves up as one.
 * @param first where the first item stood
 * @param least distance that stays
 */
export function closing(first: number, items: readonly Span[], vacated: readonly Span[], least: number): Shift {
  const shift = new Shift()
  const sorted = [...items].sort((a, b) => a.top - b.top)
  let reached = first - least
  for (const item of sorted) {
    const gap = item.top - reached
    const left = vacated.filter((v) => v.top < item.top && v.bottom > reached)
    if (gap > least && left.length > 0) {
      const behind = item.top - Math.max(...left.map((v) => v.bottom))
      const usual = Math.min(WIDEST * least, Math.max(least, behind))
      if (usual < gap) shift.add(item.top, usual - gap)
    }
    reached = Math.max(reached, item.bottom)
  }
  return shift
}

/** How a list longer than a browser can scroll is put into one that it can. */

/** Elements higher than this are not laid out well by every browser. */
const MOST = 6_000_000

export interface ScrollScale {
  /** How high, or how wide, what is scrolled is. */
  readonly extent: number
  /** The first row in view, and where it stands in what is scrolled. */
  first(scrolled: number): number
  /** Where to scroll so that a row comes first. */
  to(row: number): number
}

/** @param row the height of a row @param room how much of them is in view */
export function scrollScale(count: number, row: number, room: number): ScrollScale {
  const all = count * row
  const extent = Math.min(all, MOST)
  const [most, mostReal] = [Math.max(1, extent - room), Math.max(1, all - room)]
  const scale = extent === all ? 1 : mostReal / most
  return {
    extent,
    first: (scrolled) =>
      Math.min(Math.max(0, count - 1), Math.max(0, Math.floor((Math.min(scrolled, most) * scale) / row))),
    to: (at) => Math.min(most, (at * row) / scale),
  }
}

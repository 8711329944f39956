import type { Content, Link } from './view'
import { nth } from './known'

/** A line across more ranks than this is named at its end instead of drawn. */
const LONGEST_SPAN = 56

type Ends = Pick<Link, 'from' | 'to'>

/** Longest distance of each of `n` items from the top; links against the flow (between groups) do not count. */
export function ranksOf(n: number, links: readonly Ends[]): Int32Array {
  const ranks = new Int32Array(n)
  const waiting = new Int32Array(n)
  const out: Ends[][] = Array.from({ length: n }, () => [])
  for (const link of links) {
    if (link.from < 0 || link.to < 0) continue
    nth(out, link.from).push(link)
    waiting[link.to] = nth(waiting, link.to) + 1
  }
  const done = new Uint8Array(n)
  const ready: number[] = []
  for (let i = 0; i < n; i++) if (waiting[i] === 0) ready.push(i)
  let next = 0
  for (let left = n; left > 0; left--) {
    let at = ready.pop()
    if (at === undefined) {
      while (done[next]) next++
      at = next
    }
    if (done[at]) {
      left++
      continue
    }
    done[at] = 1
    for (const link of nth(out, at)) {
      if (done[link.to]) continue
      ranks[link.to] = Math.max(nth(ranks, link.to), nth(ranks, at) + 1)
      const rest = nth(waiting, link.to) - 1
      waiting[link.to] = rest
      if (rest === 0) ready.push(link.to)
    }
  }
  return ranks
}

/** The links of a content that would run past too many ranks. */
export function longLinks({ items, links }: Content): Link[] {
  if (items.length <= LONGEST_SPAN) return []
  const ranks = ranksOf(items.length, links)
  return links.filter((l) => l.from >= 0 && l.to >= 0 && Math.abs(nth(ranks, l.to) - nth(ranks, l.from)) > LONGEST_SPAN)
}

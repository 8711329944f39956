import type { Placed } from './compose'
import type { Content, Link } from './view'

/** The bends that a line had, found by its ends; a new value between the same ends takes over the old one's. */
export class KnownRoutes {
  private readonly exact = new Map<string, readonly number[]>()
  private readonly loose = new Map<string, readonly number[] | null>()

  constructor(old: Placed) {
    old.content.links.forEach((l, i) => {
      const bends = old.arrangement.routes[i]!.slice(2, -2)
      const ends = endsOf(old.content, l)
      this.exact.set(`${l.tensor}|${l.toPort}|${ends}`, bends)
      this.loose.set(ends, this.loose.has(ends) ? null : bends)
    })
  }

  bends(content: Content, l: Link): readonly number[] {
    const ends = endsOf(content, l)
    return this.exact.get(`${l.tensor}|${l.toPort}|${ends}`) ?? this.loose.get(ends) ?? []
  }
}

function endsOf(content: Content, l: Link): string {
  return `${content.items[l.from]?.key ?? 'frame'}>${content.items[l.to]?.key ?? 'frame'}`
}

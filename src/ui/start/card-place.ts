/** Where the card of a lesson stands, so that it covers nothing that one is asked to look at. */
import type { Rect } from '../../layout'

/** At the bottom, above the tools; at the top, below the breadcrumbs. */
export type CardPlace = 'bottom' | 'bottom-left' | 'top-left' | 'top-right' | 'top'

type Size = Pick<Rect, 'width' | 'height'>

export interface Seen extends Rect {
  /** How much it is to be seen. */
  readonly weight: number
}

const PLACES: readonly CardPlace[] = ['bottom', 'bottom-left', 'top-right', 'top-left', 'top']
const [SIDE, BELOW, ABOVE] = [16, 60, 56]

export function cardAt(place: CardPlace, room: Size, card: Size): Rect {
  const left = place.endsWith('left') ? SIDE : place.endsWith('right') ? room.width - SIDE - card.width : null
  return {
    x: left ?? (room.width - card.width) / 2,
    y: place.startsWith('top') ? ABOVE : room.height - BELOW - card.height,
    ...card,
  }
}

/** The place that covers least; the one where it stands, where no other is better by far. */
export function placeOfCard(room: Size, card: Size, seen: readonly Seen[], now: CardPlace): CardPlace {
  const cost = (place: CardPlace): number => {
    const at = cardAt(place, room, card)
    return seen.reduce((sum, s) => sum + s.weight * overlap(at, s), 0)
  }
  const best = PLACES.reduce((a, b) => (cost(b) < cost(a) ? b : a))
  return cost(best) < 0.7 * cost(now) ? best : now
}

function overlap(a: Rect, b: Rect): number {
  const along = (from: number, size: number, to: number, other: number): number =>
    Math.max(0, Math.min(from + size, to + other) - Math.max(from, to))
  return along(a.x, a.width, b.x, b.width) * along(a.y, a.height, b.y, b.height)
}

/** A history tree of unknown origin: its form, and that it hangs together. */
import { count, DecodeError, flag, list, nullable, object, text } from '../edit/decode'
import type { Decoder } from '../edit/decode'
import type { PlainPoint, PlainTree } from './history-plain'

export const decodePoint: Decoder<PlainPoint> = object({
  id: count,
  parent: nullable(count),
  preferred: nullable(count),
  name: nullable(text),
  branch: nullable(text),
  bookmarked: flag,
})

const tree = object({ cursor: count, points: list(decodePoint) })

/** @throws DecodeError that names the field, what is expected there and what was found */
export function decodeTree(json: unknown, at: string): PlainTree {
  const read = tree(json, at)
  checkTree(read, at)
  return read
}

/**
 * Whether a tree hangs together: the root first, parents before their children, and what is named is there.
 * @throws DecodeError that names the point
 */
export function checkTree({ cursor, points }: PlainTree, at: string): void {
  const parents = new Map<number, number | null>()
  points.forEach(({ id, parent }, i) => {
    const here = `${at}.points[${i}]`
    if (parents.has(id)) throw new DecodeError(`${here}.id`, 'an id of its own', id)
    const fits = i === 0 ? id === 0 && parent === null : parent !== null && parents.has(parent)
    if (!fits) throw new DecodeError(`${here}.parent`, i === 0 ? 'the start' : 'a point before it', parent)
    parents.set(id, parent)
  })
  points.forEach(({ id, preferred }, i) => {
    if (preferred !== null && parents.get(preferred) !== id)
      throw new DecodeError(`${at}.points[${i}].preferred`, 'a point behind it', preferred)
  })
  if (!parents.has(cursor)) throw new DecodeError(`${at}.cursor`, 'a point of the history', cursor)
}

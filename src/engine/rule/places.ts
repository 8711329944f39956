/** Where something stands in a text; both count from 1. */
export interface Place {
  readonly line: number
  readonly column: number
}

/**
 * Where the parts of rules that were read from text stand in it: layers, values, terms and conditions. Beside the graph, which is plain
 * and may come from elsewhere.
 */
const PLACES = new WeakMap<object, Place>()

/** Notes where a part stands, once; gives back the part. */
export function notePlace<T extends object>(part: T, at: Place | null): T {
  if (at && !PLACES.has(part)) PLACES.set(part, { line: at.line, column: at.column })
  return part
}

/** Where a part stands in its text; null for one that was not read from text. */
export const placeOf = (part: object): Place | null => PLACES.get(part) ?? null

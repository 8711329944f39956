/** What is known to be there, looked at all the same: a fault shows where it is made, and not as a picture with NaN in it. */

/** @throws RangeError where the list has no such element */
export function nth<T>(list: ArrayLike<T>, index: number): T {
  const found = list[index]
  if (found === undefined) throw new RangeError(`there is no element ${index} among ${list.length}`)
  return found
}

/** @throws RangeError for an empty list */
export const last = <T>(list: ArrayLike<T>): T => nth(list, list.length - 1)

/** @throws RangeError where the map has no such key */
export function valueAt<K, V>(map: ReadonlyMap<K, V>, key: K): V {
  const found = map.get(key)
  if (found === undefined) throw new RangeError(`there is nothing at ${String(key)}`)
  return found
}

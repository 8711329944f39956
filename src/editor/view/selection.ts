/** What can be selected besides the items of the picture: a tensor, `T12`. */
import type { TensorId } from '../../engine'

export const tensorKey = (id: TensorId): string => `T${id}`

/** The tensor of a key; null where the key is of something else. */
export function tensorOfKey(key: string | null): TensorId | null {
  return key?.startsWith('T') ? Number(key.slice(1)) : null
}

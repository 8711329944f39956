/** What is selected: items of the picture and, besides them, tensors: `T12`. */
import type { TensorId } from '../../engine'
import type { ItemKey } from '../../layout'

export const tensorKey = (id: TensorId): string => `T${id}`

/** The tensor of a key; null where the key is of something else. */
export function tensorOfKey(key: string | null): TensorId | null {
  return key?.startsWith('T') ? Number(key.slice(1)) : null
}

/** All that is selected, what was selected last first. */
export function selectedKeys({
  selected,
  several,
}: {
  readonly selected: ItemKey | null
  readonly several: { readonly last: ItemKey; readonly keys: ReadonlySet<ItemKey> } | null
}): readonly ItemKey[] {
  if (selected === null) return []
  return several?.last === selected ? [...several.keys] : [selected]
}

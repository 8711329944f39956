/** What is lit in the picture besides the selection itself. */
import type { Network, TensorId } from '../../engine'
import type { ItemKey, Scene } from '../../layout'
import { anchorOf } from '../../layout'
import { tensorOfKey } from './selection'
import { producerOf, usersOf } from './tensor-ends'

export interface Lit {
  readonly nodes: ReadonlySet<ItemKey>
  readonly tensors: ReadonlySet<TensorId>
}

/** A selected tensor wherever it is drawn, and what it comes from and goes to; null where no tensor is selected. */
export function litByTensor(network: Network, scene: Scene, selected: ItemKey | null): Lit | null {
  const id = tensorOfKey(selected)
  const tensor = id === null ? undefined : network.getTensor(id)
  if (!tensor) return null
  const producer = producerOf(tensor)
  const ends = producer ? [producer, ...usersOf(tensor)] : usersOf(tensor)
  return { nodes: new Set(ends.flatMap(({ key }) => shownAs(scene, key) ?? [])), tensors: new Set([tensor.id]) }
}

/** The item that shows one: itself, or the closed group around it. */
export function shownAs(scene: Scene, key: ItemKey): ItemKey | undefined {
  return key.startsWith('L') ? anchorOf(scene, Number(key.slice(1)))?.key : key
}

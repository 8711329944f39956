/** Where the operands of a layer stand among the users of their tensors. */
import type { LayerNode } from '../store/nodes'
import type { UseId, UseRef } from '../store/records'
import { ABSENT } from '../store/records'
import type { Store } from '../store/store'
import { NO_USE } from '../store/uses'

/** Place of each operand of a layer among the users of its tensor, as `LayerEdit.usesAfter` tells it. */
export function placesOf(store: Store, layer: LayerNode): (UseRef | null)[] {
  const { inputs } = layer.record
  const places = new Array<UseRef | null>(inputs.length)
  for (let i = 0; i < places.length; i++)
    places[i] = inputs[i] === ABSENT ? null : store.uses.ref(useBefore(store, layer, i))
  return places
}

/** What stands before a use once the later operands of the same layer are out of the way. */
function useBefore({ uses }: Store, layer: LayerNode, index: number): UseId {
  const first = layer.firstOperand
  let prev = uses.previous(first + index)
  while (prev > first + index && prev < first + layer.record.inputs.length) prev = uses.previous(prev)
  return prev
}

/** Whether each operand stands last among the users of its tensor, as those of a layer that was just made do. */
export function standLast({ uses }: Store, layer: LayerNode): boolean {
  const { inputs } = layer.record
  const end = layer.firstOperand + inputs.length
  return inputs.every((id, i) => {
    if (id === ABSENT) return true
    const next = uses.next(layer.firstOperand + i)
    return next === NO_USE || (next > layer.firstOperand + i && next < end)
  })
}

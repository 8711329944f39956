/** What must hold once a transaction is over, and need not while it runs: nothing uses what is marked as removed. */
import type { LayerNode, TensorNode } from '../store/nodes'
import type { Store } from '../store/store'
import { ABSENT } from '../store/records'
import type { Edit } from './edit'
import { WrongBaseError } from './wrong-base'

/**
 * Whether edits that were applied leave what they touched whole.
 * @param place names the edit at an index, for the message
 * @throws WrongBaseError
 */
export function checkSettled(store: Store, edits: readonly Edit[], place: (index: number) => string): void {
  for (let i = 0; i < edits.length; i++) {
    const why = unsettled(store, edits[i]!)
    if (why !== null) throw new WrongBaseError(edits[i]!, why).within(place(i))
  }
}

function unsettled(store: Store, edit: Edit): string | null {
  switch (edit.type) {
    case 'addLayer':
      return unsettledLayer(store, store.layers[edit.layer.id])
    case 'setInput':
    case 'setRemoved':
      return unsettledLayer(store, store.layers[edit.layer])
    case 'setNetworkOutput': {
      const tensor = edit.to === null ? undefined : store.tensors[edit.to]
      return tensor && tensor.outputCount > 0 && tensor.parent?.record.removed
        ? `output ${edit.name} comes from ${tensor.parent.record.name}, which is marked as removed`
        : null
    }
    case 'setNetworkInput': {
      const tensor = edit.from === null ? undefined : store.tensors[edit.from]
      return tensor && !tensor.record.value && !store.inputs.includes(tensor.id) && isUsed(tensor)
        ? `${tensor.record.name} is still used, and is no input any more`
        : null
    }
    default:
      return null
  }
}

function unsettledLayer(store: Store, layer: LayerNode | undefined): string | null {
  if (!layer) return null
  const { name, inputs, outputs, removed } = layer.record
  for (const id of removed ? outputs : inputs) {
    const tensor = id === ABSENT ? null : store.tensor(id)
    if (removed && tensor && isUsed(tensor))
      return `${name} is marked as removed, yet ${tensor.record.name} is still used`
    if (!removed && tensor?.parent?.record.removed)
      return `${name} uses ${tensor.record.name} of ${tensor.parent.record.name}, which is marked as removed`
  }
  return null
}

function isUsed({ liveUses, outputCount }: TensorNode): boolean {
  return liveUses > 0 || outputCount > 0
}

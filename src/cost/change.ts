/** What one step changes in the cost of a network, read from its transaction. */
import { layerTouched } from '../engine'
import type { Edit, LayerId, LayerRecord, Network, TensorId, TensorRecord, Transaction } from '../engine'
import { factsOf, readersOf, stateOf } from './facts'
import type { LayerFacts, State } from './facts'
import { layerCost } from './layer-cost'
import type { Sizes } from './sizes'
import { Running } from './sum'
import type { CostSum } from './sum'

/** The layers that a step changed, as they were and as they are. It costs with any sizes. */
export interface CostChange {
  readonly before: readonly LayerFacts[]
  readonly after: readonly LayerFacts[]
}

/** @param network stands behind the transaction */
export function changeOf(transaction: Transaction, network: Network): CostChange {
  const now = stateOf(network)
  const then = stateBefore(transaction.edits, now)
  const ids = [...recounted(transaction.edits, network)]
  const inState = (state: State) =>
    ids.flatMap((id) => {
      const record = state.layer(id)
      return record && !record.removed ? [factsOf(record, state)] : []
    })
  return { before: inState(then), after: inState(now) }
}

/** What a step costs, after it less before it. */
export function costOfChange({ before, after }: CostChange, sizes: Sizes): CostSum {
  const running = new Running()
  for (const facts of before) running.add(layerCost(facts, sizes), -1)
  for (const facts of after) running.add(layerCost(facts, sizes), 1)
  return running.sum()
}

/** Layers whose operator, operands or types are other than before. */
export function recounted(edits: readonly Edit[], network: Network): Set<LayerId> {
  const ids = new Set<LayerId>()
  for (const edit of edits) {
    const layer = layerTouched(edit)
    if (layer !== null) ids.add(layer)
    const tensor = edit.type === 'setTensorType' ? network.getTensor(edit.tensor) : undefined
    const parent = tensor?.getParent()
    if (parent) ids.add(parent.id)
    tensor?.forEachUse((layer) => ids.add(layer.id))
  }
  for (const id of [...ids]) {
    const layer = network.getLayer(id)
    if (layer) readersOf(layer, ids)
  }
  return ids
}

/** The state before edits, by taking them back one after the other: only what they touched is kept. */
function stateBefore(edits: readonly Edit[], now: State): State {
  const layers = new Map<LayerId, LayerRecord | undefined>()
  const tensors = new Map<TensorId, TensorRecord | undefined>()
  const layer = (id: LayerId) => (layers.has(id) ? layers.get(id) : now.layer(id))
  const tensor = (id: TensorId) => (tensors.has(id) ? tensors.get(id) : now.tensor(id))
  const alter = (id: LayerId, change: (record: LayerRecord) => Partial<LayerRecord>) => {
    const record = layer(id)
    if (record) layers.set(id, { ...record, ...change(record) })
  }
  for (const edit of edits.toReversed()) {
    if (edit.type === 'addLayer' || edit.type === 'removeLayer') {
      const gone = edit.type === 'addLayer'
      layers.set(edit.layer.id, gone ? undefined : edit.layer)
      for (const made of edit.outputs) tensors.set(made.id, gone ? undefined : made)
    } else if (edit.type === 'addTensor') tensors.set(edit.tensor.id, undefined)
    else if (edit.type === 'removeTensor') tensors.set(edit.tensor.id, edit.tensor)
    else if (edit.type === 'setRemoved') alter(edit.layer, () => ({ removed: edit.from }))
    else if (edit.type === 'setInput') alter(edit.layer, (r) => ({ inputs: r.inputs.with(edit.index, edit.from) }))
    else if (edit.type === 'setAttribute')
      alter(edit.layer, ({ attributes: { [edit.name]: _now, ...others } }) => ({
        attributes: edit.from === null ? others : { ...others, [edit.name]: edit.from },
      }))
    else if (edit.type === 'setTensorType') {
      const record = tensor(edit.tensor)
      if (record) tensors.set(edit.tensor, { ...record, ...edit.from })
    }
  }
  return { layer, tensor, categoryOf: now.categoryOf }
}

/** What a way through history changes in sum, from the edits on it alone. */
import { sameRecord } from '../edit/same'
import type { Edit } from '../edit/edit'
import type { HistoryStep } from '../history/history-node'
import { invertTransaction } from '../edit/transaction'
import type { Network } from '../network/network'
import type { LayerId, LayerRecord, NetworkOutput, TensorId, TensorRecord } from '../store/records'
import { ABSENT } from '../store/records'
import { changesBetween, outputChanges } from './comparison'
import type { Comparison, LayerChange, ValuePairs } from './comparison'

/**
 * Compares the network as it is now with another point of its history. Costs what the edits on the way touch, and the
 * count of layers.
 * @param back the steps that lead from here to the point to compare with: `history.path(history.cursor, point)`
 */
export function netEffect(network: Network, back: readonly HistoryStep[]): Comparison {
  const base = new Shadow(network)
  for (const { direction, transaction } of back) {
    const t = direction === 'forward' ? transaction : invertTransaction(transaction)
    for (const edit of t.edits) base.apply(edit)
  }
  const values: ValuePairs = {
    before: (id) => base.tensor(id) ?? undefined,
    after: (id) => network.getTensor(id)?.record,
    now: (id) => base.now(id),
  }
  const removed: LayerRecord[] = []
  const added: LayerRecord[] = []
  const changed: LayerChange[] = []
  for (const id of base.touched()) {
    const [before, after] = [live(base.layer(id)), live(network.getLayer(id)?.record)]
    if (before && after && base.isSame(id)) {
      const changes = changesBetween(before, after, values)
      if (changes.length > 0) changed.push({ before, after, changes })
      continue
    }
    if (before) removed.push(before)
    if (after) added.push(after)
  }
  const total = network.getLayers().reduce((n, l) => n + Number(!l.isRemoved()), 0)
  return {
    removed,
    added,
    changed,
    kept: total - added.length - changed.length,
    outputs: outputChanges(base.outputs, network.outputs, values),
    values,
  }
}

const live = (record: LayerRecord | null | undefined): LayerRecord | null => (record && !record.removed ? record : null)

/** The touched part of a network at another point of its history, over the network as it is now. */
class Shadow {
  readonly outputs: NetworkOutput[]
  private readonly layers = new Map<LayerId, LayerRecord | null>()
  private readonly tensors = new Map<TensorId, TensorRecord | null>()
  /** Ids that were free for a while on the way: another branch gave them to something of its own. */
  private readonly remadeLayers = new Set<LayerId>()
  private readonly remadeTensors = new Set<TensorId>()

  constructor(private readonly network: Network) {
    this.outputs = [...network.outputs]
  }

  layer(id: LayerId): LayerRecord | null {
    const known = this.layers.get(id)
    return known === undefined ? (this.network.getLayer(id)?.record ?? null) : known
  }

  tensor(id: TensorId): TensorRecord | null {
    const known = this.tensors.get(id)
    return known === undefined ? (this.network.getTensor(id)?.record ?? null) : known
  }

  /** Layers that an edit touched, and those whose results got another type, in the order of the network where it has them. */
  touched(): LayerId[] {
    const ids = new Set(this.layers.keys())
    for (const id of this.tensors.keys()) {
      const producer = this.tensor(id)?.producer ?? ABSENT
      if (producer !== ABSENT) ids.add(producer)
    }
    return [...ids].sort((a, b) => a - b)
  }

  /** Whether the layer of this id is one and the same here and in the network now. */
  isSame(id: LayerId): boolean {
    if (!this.remadeLayers.has(id)) return true
    const [before, after] = [this.layer(id), this.network.getLayer(id)?.record]
    return (
      !!before &&
      !!after &&
      before.kind === after.kind &&
      before.name === after.name &&
      sameRecord(before.origin, after.origin)
    )
  }

  /** The tensor of the network now that this one is. */
  now(id: TensorId): TensorId | undefined {
    const [before, after] = [this.tensor(id), this.network.getTensor(id)?.record]
    if (!before || !after) return undefined
    if (!this.remadeTensors.has(id)) return id
    if (before.producer !== after.producer) return undefined
    return before.producer === ABSENT
      ? sameRecord(before, after)
        ? id
        : undefined
      : this.isSame(before.producer)
        ? id
        : undefined
  }

  apply(edit: Edit): void {
    switch (edit.type) {
      case 'addLayer':
        if (this.layers.get(edit.layer.id) === null) this.remadeLayers.add(edit.layer.id)
        this.layers.set(edit.layer.id, edit.layer)
        for (const t of edit.outputs) this.addTensor(t)
        return
      case 'removeLayer':
        this.layers.set(edit.layer.id, null)
        for (const t of edit.outputs) this.tensors.set(t.id, null)
        return
      case 'addTensor':
        return this.addTensor(edit.tensor)
      case 'removeTensor':
        this.tensors.set(edit.tensor.id, null)
        return
      case 'setInput':
        return this.change(edit.layer, (l) => ({ ...l, inputs: l.inputs.with(edit.index, edit.to) }))
      case 'setAttribute':
        return this.change(edit.layer, (l) => {
          const { [edit.name]: _, ...rest } = l.attributes
          return { ...l, attributes: edit.to === null ? rest : { ...l.attributes, [edit.name]: edit.to } }
        })
      case 'setRemoved':
        return this.change(edit.layer, (l) => ({ ...l, removed: edit.to }))
      case 'setFLayer':
        return this.change(edit.layer, (l) => ({ ...l, flayer: edit.to }))
      case 'setTensorType':
        return this.changeTensor(edit.tensor, (t) => ({ ...t, ...edit.to }))
      case 'rename':
        if (edit.target === 'layer') this.change(edit.id, (l) => ({ ...l, name: edit.to }))
        else this.changeTensor(edit.id, (t) => ({ ...t, name: edit.to }))
        return
      case 'setNetworkOutput':
        if (edit.to === null) this.outputs.splice(edit.index, 1)
        else this.outputs.splice(edit.index, edit.from === null ? 0 : 1, { name: edit.name, tensor: edit.to })
        return
      case 'setNetworkInput':
      case 'setProperty':
        return
    }
  }

  private addTensor(record: TensorRecord): void {
    if (this.tensors.get(record.id) === null) this.remadeTensors.add(record.id)
    this.tensors.set(record.id, record)
  }

  private change(id: LayerId, make: (record: LayerRecord) => LayerRecord): void {
    const record = this.layer(id)
    if (record) this.layers.set(id, make(record))
  }

  private changeTensor(id: TensorId, make: (record: TensorRecord) => TensorRecord): void {
    const record = this.tensor(id)
    if (record) this.tensors.set(id, make(record))
  }
}

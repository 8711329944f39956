import { ABSENT } from '../engine'
import type { Edit, LayerId, LayerRecord, Network, TensorId, TensorRecord, Transaction } from '../engine'

/** A network right after a transaction, read as it was before it: what the edits replaced lies on top. Costs what they touched. */
export class StateBefore {
  private readonly layers = new Map<LayerId, LayerRecord | null>()
  private readonly tensors = new Map<TensorId, TensorRecord | null>()

  constructor(
    private readonly network: Network,
    transaction: Transaction,
  ) {
    for (let i = transaction.edits.length - 1; i >= 0; i--) this.undo(transaction.edits[i]!)
  }

  layer(id: LayerId): LayerRecord | null {
    const own = this.layers.get(id)
    return own !== undefined ? own : (this.network.getLayer(id)?.record ?? null)
  }

  tensor(id: TensorId): TensorRecord | null {
    const own = this.tensors.get(id)
    return own !== undefined ? own : (this.network.getTensor(id)?.record ?? null)
  }

  private undo(edit: Edit): void {
    switch (edit.type) {
      case 'addLayer':
        this.layers.set(edit.layer.id, null)
        for (const t of edit.outputs) this.tensors.set(t.id, null)
        return
      case 'removeLayer':
        this.layers.set(edit.layer.id, edit.layer)
        for (const t of edit.outputs) this.tensors.set(t.id, t)
        return
      case 'addTensor':
        this.tensors.set(edit.tensor.id, null)
        return
      case 'removeTensor':
        this.tensors.set(edit.tensor.id, edit.tensor)
        return
      case 'setInput':
        return this.change(edit.layer, (l) => ({ inputs: l.inputs.map((t, i) => (i === edit.index ? edit.from : t)) }))
      case 'setRemoved':
        return this.change(edit.layer, () => ({ removed: edit.from }))
      case 'setAttribute':
        return this.change(edit.layer, (l) => {
          const { [edit.name]: _to, ...rest } = l.attributes
          return { attributes: edit.from === null ? rest : { ...rest, [edit.name]: edit.from } }
        })
      case 'setTensorType': {
        const t = this.tensor(edit.tensor)
        if (t) this.tensors.set(t.id, { ...t, ...edit.from })
        return
      }
      default:
        return
    }
  }

  private change(id: LayerId, how: (l: LayerRecord) => Partial<LayerRecord>): void {
    const layer = this.layer(id)
    if (layer) this.layers.set(id, { ...layer, ...how(layer) })
  }
}

/** What a step changed, as far as values are concerned. */
export interface Change {
  /** Layers that are only there before, and only after, and those that compute something else after. */
  readonly gone: ReadonlySet<LayerId>
  readonly made: ReadonlySet<LayerId>
  readonly altered: ReadonlySet<LayerId>
  /** A value before, and the one that has taken its place; they are the same tensor where its layer was altered. */
  readonly pairs: readonly (readonly [before: TensorId, after: TensorId])[]
}

/** Reads a step's edits: which values took the place of which. */
export function changeOf(network: Network, before: StateBefore, { edits }: Transaction): Change {
  const touched = new Set<LayerId>()
  const outputs: [TensorId, TensorId][] = []
  const attributes = new Set<LayerId>()
  for (const edit of edits) {
    if (edit.type === 'addLayer' || edit.type === 'removeLayer') touched.add(edit.layer.id)
    else if (edit.type === 'setInput' || edit.type === 'setRemoved') touched.add(edit.layer)
    else if (edit.type === 'setAttribute') attributes.add(edit.layer)
    else if (edit.type === 'setNetworkOutput' && edit.from !== null && edit.to !== null)
      outputs.push([edit.from, edit.to])
  }
  const gone = new Set<LayerId>()
  const made = new Set<LayerId>()
  const altered = new Set<LayerId>()
  const pairs = new Map<string, readonly [TensorId, TensorId]>()
  const pair = (from: TensorId, to: TensorId): void => void pairs.set(`${from} ${to}`, [from, to])
  for (const [from, to] of outputs) pair(from, to)
  for (const id of new Set([...touched, ...attributes])) {
    const was = alive(before.layer(id))
    const is = alive(network.getLayer(id)?.record ?? null)
    if (was && !is) gone.add(id)
    else if (is && !was) made.add(id)
    else if (was && is) {
      const moved = was.inputs.flatMap((t, i) => (t === is.inputs[i] ? [] : [[t, is.inputs[i] ?? ABSENT] as const]))
      const distinct = new Set(moved.map(([from, to]) => `${from} ${to}`))
      // One value in the place of another must be equal to it; several at once need only give the same result.
      const isAltered = attributes.has(id) || distinct.size > 1 || moved.some((m) => m.includes(ABSENT))
      if (isAltered) {
        altered.add(id)
        for (const t of is.outputs) if (t !== ABSENT) pair(t, t)
      } else for (const [from, to] of moved) pair(from, to)
    }
  }
  return { gone, made, altered, pairs: [...pairs.values()] }
}

function alive(layer: LayerRecord | null): LayerRecord | null {
  return layer && !layer.removed ? layer : null
}

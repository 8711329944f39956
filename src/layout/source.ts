import type { LayerId, LayerRecord, NetworkOutput, NetworkSnapshot, TensorId, TensorRecord } from '../engine'

/** One operand position of a layer. */
export interface Operand {
  readonly layer: LayerId
  readonly index: number
}

/** A network as plain records. */
export interface PlainGraph {
  /** In network order, the layers marked as removed included. */
  readonly layers: readonly LayerRecord[]
  readonly tensor: (id: TensorId) => TensorRecord | undefined
  readonly inputs: readonly TensorId[]
  readonly outputs: readonly NetworkOutput[]
}

/** What layout reads of a network; a Network, its replica or a snapshot can all stand behind it. */
export interface GraphSource extends PlainGraph {
  readonly layer: (id: LayerId) => LayerRecord | undefined
  /** Grows along the network order, until the next edit. */
  readonly place: (id: LayerId) => number
  /** Where a value is used by layers that are not removed, in no particular order. */
  readonly uses: (id: TensorId) => readonly Operand[]
}

/** Plain records with the ways from one to another. */
export function indexed(graph: PlainGraph): GraphSource {
  const layers = new Map(graph.layers.map((l) => [l.id, l]))
  const places = new Map(graph.layers.map((l, i) => [l.id, i]))
  const uses = new Map<TensorId, Operand[]>()
  for (const { id, inputs, removed } of graph.layers) {
    if (removed) continue
    inputs.forEach((tensor, index) => {
      const known = uses.get(tensor)
      if (known) known.push({ layer: id, index })
      else uses.set(tensor, [{ layer: id, index }])
    })
  }
  const { tensor, inputs, outputs } = graph
  return {
    layers: graph.layers,
    tensor,
    inputs,
    outputs,
    layer: (id) => layers.get(id),
    place: (id) => places.get(id) ?? -1,
    uses: (id) => uses.get(id) ?? [],
  }
}

export function sourceOfSnapshot(snapshot: NetworkSnapshot): GraphSource {
  const byId = new Map(snapshot.tensors.map((t) => [t.id, t]))
  const { layers, inputs, outputs } = snapshot
  return indexed({ layers, inputs, outputs, tensor: (id) => byId.get(id) })
}

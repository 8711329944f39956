import type { LayerRecord, NetworkOutput, NetworkSnapshot, TensorId, TensorRecord } from '../engine'

/** What layout reads of a network; a Network, its replica or a snapshot can all stand behind it. */
export interface GraphSource {
  /** In network order, the layers marked as removed included. */
  readonly layers: readonly LayerRecord[]
  readonly tensor: (id: TensorId) => TensorRecord | undefined
  readonly inputs: readonly TensorId[]
  readonly outputs: readonly NetworkOutput[]
}

export function sourceOfSnapshot(snapshot: NetworkSnapshot): GraphSource {
  const byId = new Map(snapshot.tensors.map((t) => [t.id, t]))
  return { layers: snapshot.layers, tensor: (id) => byId.get(id), inputs: snapshot.inputs, outputs: snapshot.outputs }
}

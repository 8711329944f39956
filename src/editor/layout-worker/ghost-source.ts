import { fromPlain } from '../../engine'
import type { LayerRecord, TensorRecord } from '../../engine'
import { indexed } from '../../layout'
import type { GraphSource } from '../../layout'
import type { Ghosts } from '../protocol/comparison'

/**
 * A network together with what is gone from it: a layer that only dangles stands in its place, any other at the end. What
 * a layer took before stands behind its operands.
 */
export function withGhosts(source: GraphSource, ghosts: Ghosts): GraphSource {
  const gone = fromPlain(ghosts.plain) as { layers: readonly LayerRecord[]; tensors: readonly TensorRecord[] }
  const layers = new Map(gone.layers.map((l) => [l.id, l]))
  const tensors = new Map(gone.tensors.map((t) => [t.id, t]))
  const old = new Map(ghosts.oldInputs.map((o) => [o.layer, o.inputs]))
  const known = new Set(source.layers.map((l) => l.id))
  const drawn = source.layers.map((layer) => {
    const inputs = old.get(layer.id)
    return layers.get(layer.id) ?? (inputs ? { ...layer, inputs: [...layer.inputs, ...inputs] } : layer)
  })
  const { inputs, outputs } = source
  return indexed({
    inputs,
    outputs,
    layers: [...drawn, ...gone.layers.filter((l) => !known.has(l.id))],
    tensor: (id) => tensors.get(id) ?? source.tensor(id),
  })
}

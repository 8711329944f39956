import type { LayerRecord, Network, TensorRecord } from '../../engine'
import type { GraphSource } from '../../layout'

/** A network as layout reads it, as it is whenever it is asked. */
export function sourceOf(network: Network): GraphSource {
  let layers: readonly LayerRecord[] = []
  let version = -1
  return {
    get layers() {
      if (version !== network.version) layers = network.getLayers().map((l) => l.record)
      version = network.version
      return layers
    },
    get inputs() {
      return network.getInputs().map((t) => t.id)
    },
    get outputs() {
      return network.outputs
    },
    tensor: (id): TensorRecord | undefined => (id >= 0 ? network.getTensor(id)?.record : undefined),
    layer: (id) => network.getLayer(id)?.record,
    place: (id) => network.placeOf(network.getLayer(id)!),
    uses: (id) =>
      network
        .getTensor(id)
        ?.getUses()
        .map(({ layer, index }) => ({ layer: layer.id, index })) ?? [],
  }
}

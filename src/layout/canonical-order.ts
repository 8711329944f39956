/**
 * An order of layers that only the structure of the network decides: each after its producers, those in the order of its
 * operands, from the outputs of the network upwards. Ids, names and the order in which layers came do not enter it, so that
 * networks which are equal up to those are drawn alike; only layers that lead nowhere follow in network order.
 */
import type { LayerId, LayerRecord } from '../engine'
import type { GraphSource } from './source'
import { last, nth } from './known'

export class CanonicalOrder {
  /** null until somebody asks. */
  private known: LayerId[] | null = null
  private places = new Int32Array(0)

  constructor(private readonly source: GraphSource) {}

  /** Grows along the order; -1 for a layer that is not there. */
  place(id: LayerId): number {
    if (!this.known) this.read()
    return (this.places[id] ?? 0) - 1
  }

  get layers(): readonly LayerId[] {
    return this.known ?? this.read()
  }

  /**
   * Reads the network again.
   * @returns whether the layers that were there before and still are stand in the same order among each other
   */
  refresh(): boolean {
    const [oldOrder, oldPlaces] = [this.layers, this.places]
    const stayed = this.read().filter((id) => (oldPlaces[id] ?? 0) > 0)
    let next = 0
    for (const id of oldOrder) if (this.place(id) >= 0 && stayed[next++] !== id) return false
    return true
  }

  private read(): LayerId[] {
    const order = structuralOrder(this.source)
    const largest = order.reduce((max, id) => Math.max(max, id), -1)
    this.places = new Int32Array(largest + 1)
    order.forEach((id, i) => (this.places[id] = i + 1))
    return (this.known = order)
  }
}

function structuralOrder(source: GraphSource): LayerId[] {
  const order: LayerId[] = []
  const seen = new Set<LayerId>()
  const waiting: LayerRecord[] = []
  /** How many operands of each waiting layer were gone after. */
  const gone: number[] = []
  const reach = (id: LayerId): void => {
    if (id < 0 || seen.has(id)) return
    const layer = source.layer(id)
    if (!layer || layer.removed) return
    seen.add(id)
    waiting.push(layer)
    gone.push(0)
  }
  const from = (start: LayerId): void => {
    reach(start)
    while (waiting.length > 0) {
      const { id, inputs } = last(waiting)
      const next = last(gone)
      gone[gone.length - 1] = next + 1
      if (next < inputs.length) reach(source.tensor(nth(inputs, next))?.producer ?? -1)
      else {
        order.push(id)
        waiting.pop()
        gone.pop()
      }
    }
  }
  for (const { tensor } of source.outputs) from(source.tensor(tensor)?.producer ?? -1)
  for (const { id } of source.layers) from(id)
  return order
}

/** The same network with the places of this order. */
export const ordered = (source: GraphSource, order: CanonicalOrder): GraphSource => ({
  get layers() {
    return source.layers
  },
  get inputs() {
    return source.inputs
  },
  get outputs() {
    return source.outputs
  },
  tensor: (id) => source.tensor(id),
  layer: (id) => source.layer(id),
  uses: (id) => source.uses(id),
  place: (id) => order.place(id),
})

import { ABSENT } from '../../engine'
import type { LayerId, NetworkOutput, TensorId } from '../../engine'
import { indexed } from '../../layout'
import type { GraphSource } from '../../layout'

/**
 * Some layers of a network as one by itself: what the others give them are its inputs, what they give the others its outputs,
 * behind those of the network that they give.
 */
export function partOf(source: GraphSource, wanted: ReadonlySet<LayerId>): GraphSource {
  const layers = source.layers.filter((l) => wanted.has(l.id) && !l.removed)
  const own = new Set(layers.map((l) => l.id))
  const made = new Set(layers.flatMap((l) => l.outputs))
  const used = new Set(layers.flatMap((l) => l.inputs))
  const inputs = [...used].filter((id) => id !== ABSENT && !made.has(id) && !source.tensor(id)?.value)
  const isTaken = (id: TensorId): boolean => source.uses(id).some((use) => !own.has(use.layer))
  const kept = source.outputs.filter((o) => made.has(o.tensor))
  const known = new Set(kept.map((o) => o.tensor))
  const others = [...made].flatMap((tensor): NetworkOutput[] => {
    if (tensor === ABSENT || known.has(tensor) || !isTaken(tensor)) return []
    return [{ name: source.tensor(tensor)?.name ?? '', tensor }]
  })
  return indexed({
    layers,
    inputs,
    outputs: [...kept, ...others],
    tensor: (id) => {
      const record = source.tensor(id)
      return record && record.producer !== ABSENT && !own.has(record.producer)
        ? { ...record, producer: ABSENT }
        : record
    },
  })
}

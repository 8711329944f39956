import type { LayerId, LayerRecord, TensorId } from '../engine'
import type { GroupPath } from './frame'
import type { GraphSource } from './source'
import { nth } from './known'

/**
 * Exporters put layers that only prepare a weight (an Identity on a shared initialiser, say) at the top, far from the
 * module that uses them. Each is taken into the innermost module that holds all its users.
 */
export function adoptedByUsers(source: GraphSource, live: readonly LayerRecord[]): Map<LayerId, GroupPath> {
  const constant = new Set<LayerId>()
  const isConstant = (tensor: TensorId): boolean => {
    const known = source.tensor(tensor)
    return !!known && (known.producer >= 0 ? constant.has(known.producer) : known.value !== undefined)
  }
  for (const { id, inputs } of live) if (inputs.every((t) => t < 0 || isConstant(t))) constant.add(id)
  const adopted = new Map<LayerId, GroupPath>()
  const wanted = new Map<LayerId, GroupPath>()
  for (let i = live.length - 1; i >= 0; i--) {
    const layer = nth(live, i)
    const users = wanted.get(layer.id)
    const adopts = constant.has(layer.id) && users !== undefined && contains(layer.scope, users)
    if (adopts) adopted.set(layer.id, users)
    const place = adopts ? users : layer.scope
    for (const t of layer.inputs) {
      const producer = source.tensor(t)?.producer ?? -1
      if (producer < 0 || !constant.has(producer)) continue
      const before = wanted.get(producer)
      wanted.set(producer, before === undefined ? place : commonScope(before, place))
    }
  }
  return adopted
}

function contains(outer: GroupPath, inner: GroupPath): boolean {
  return outer !== inner && (outer === '' || inner.startsWith(outer + '/'))
}

/** Walked by character: split into parts, a network of thousands of layers took the time of its whole layout. */
function commonScope(a: GroupPath, b: GroupPath): GroupPath {
  if (a === b) return a
  const [short, long] = a.length < b.length ? [a, b] : [b, a]
  let end = 0
  let i = 0
  for (; i < short.length && short[i] === long[i]; i++) if (short[i] === '/') end = i
  return i === short.length && long[i] === '/' ? short : short.slice(0, end)
}

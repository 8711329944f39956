import type { LayerId, LayerRecord } from '../engine'
import type { GroupPath } from './frame'
import type { GraphSource } from './source'
import { nth } from './known'

/**
 * Exporters put layers that only prepare a weight (an Identity on a shared initialiser, say) at the top, far from the
 * module that uses them. Each is taken into the innermost module that holds all its users.
 */
export function adoptedByUsers(source: GraphSource, live: readonly LayerRecord[]): Map<LayerId, GroupPath> {
  const constant = new Set<LayerId>()
  for (const layer of live) {
    const feeds = layer.inputs.filter((t) => t >= 0).map((t) => source.tensor(t))
    if (feeds.every((t) => t && (t.producer >= 0 ? constant.has(t.producer) : t.value !== undefined)))
      constant.add(layer.id)
  }
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

function commonScope(a: GroupPath, b: GroupPath): GroupPath {
  const [x, y] = [a.split('/'), b.split('/')]
  let n = 0
  while (n < x.length && n < y.length && x[n] === y[n]) n++
  return x.slice(0, n).join('/')
}

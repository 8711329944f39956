/** Compares two networks that share no history: layers are paired by name and kind, then by structure. */
import { isConstantValue } from '../store/constant'
import type { Network } from '../network/network'
import { ABSENT } from '../store/records'
import type { LayerId, LayerRecord, NetworkSnapshot, TensorId, TensorRecord } from '../store/records'
import { changesBetween, outputChanges } from './comparison'
import type { Comparison, LayerChange, ValuePairs } from './comparison'

/** Costs a few passes over the layers of both. */
export function compareNetworks(base: NetworkSnapshot, network: Network): Comparison {
  const then = base.layers.filter((l) => !l.removed)
  const nowLayers = network.getLayers().flatMap((l) => (l.isRemoved() ? [] : [l.record]))
  const pairs = new Pairs(base, network)
  pairs.byName(then, nowLayers)
  pairs.byStructure(then, nowLayers)
  const { values } = pairs
  const changed: LayerChange[] = []
  let kept = 0
  for (const before of then) {
    const after = pairs.of(before.id)
    if (!after) continue
    const changes = changesBetween(before, after, values)
    if (changes.length > 0) changed.push({ before, after, changes })
    else kept++
  }
  const removed = then.filter((l) => !pairs.of(l.id))
  const added = nowLayers.filter((l) => !pairs.isTaken(l.id))
  return { removed, added, changed, kept, outputs: outputChanges(base.outputs, network.outputs, values), values }
}

class Pairs {
  readonly values: ValuePairs
  private readonly after = new Map<LayerId, LayerRecord>()
  private readonly taken = new Set<LayerId>()
  private readonly tensors = new Map<TensorId, TensorId>()
  private readonly before: ReadonlyMap<TensorId, TensorRecord>

  constructor(base: NetworkSnapshot, network: Network) {
    this.before = new Map(base.tensors.map((t) => [t.id, t]))
    const free = new Map<string, TensorId[]>()
    for (const { record } of network.getTensors()) {
      if (record.producer !== ABSENT) continue
      const known = free.get(leafKey(record))
      if (known) known.push(record.id)
      else free.set(leafKey(record), [record.id])
    }
    // Inputs and constants: by name and type, each once.
    for (const record of base.tensors) {
      if (record.producer !== ABSENT) continue
      const match = free.get(leafKey(record))?.shift()
      if (match !== undefined) this.tensors.set(record.id, match)
    }
    this.values = {
      before: (id) => this.before.get(id),
      after: (id) => network.getTensor(id)?.record,
      now: (id) => this.tensors.get(id),
    }
  }

  of(before: LayerId): LayerRecord | undefined {
    return this.after.get(before)
  }
  isTaken(after: LayerId): boolean {
    return this.taken.has(after)
  }

  private pair(before: LayerRecord, after: LayerRecord): void {
    this.after.set(before.id, after)
    this.taken.add(after.id)
    before.outputs.forEach((id, i) => {
      const to = after.outputs[i]
      if (id !== ABSENT && to !== undefined && to !== ABSENT) this.tensors.set(id, to)
    })
  }

  byName(then: readonly LayerRecord[], now: readonly LayerRecord[]): void {
    const named = new Map(now.map((l) => [`${l.kind}\u0000${l.name}`, l]))
    for (const before of then) {
      const after = named.get(`${before.kind}\u0000${before.name}`)
      if (after) this.pair(before, after)
    }
  }

  /** From producers to users, so that each pair can lead to the next: the same kind on the same values. */
  byStructure(then: readonly LayerRecord[], now: readonly LayerRecord[]): void {
    const free = new Map<string, LayerRecord[]>()
    for (const after of now) {
      if (this.taken.has(after.id)) continue
      const key = `${after.kind}(${after.inputs.join()})`
      const known = free.get(key)
      if (known) known.push(after)
      else free.set(key, [after])
    }
    for (const before of then) {
      if (this.after.has(before.id)) continue
      const inputs = before.inputs.map((id) => (id === ABSENT ? ABSENT : this.tensors.get(id)))
      if (inputs.includes(undefined)) continue
      const after = free.get(`${before.kind}(${inputs.join()})`)?.shift()
      if (after) this.pair(before, after)
    }
  }
}

function leafKey({ name, dtype, shape, value }: TensorRecord): string {
  const small = value && isConstantValue(value) && value.size <= 16 && value.data ? [...value.bytes!].join() : ''
  return [value ? 'constant' : 'input', name, dtype, shape?.join(), small].join('\u0000')
}

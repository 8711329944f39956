/** A comparison as the page gets it: its differences in words, and the layers that are gone as ghosts to be drawn. */
import type {
  Comparison,
  Derivation,
  FieldChange,
  LayerChange,
  LayerId,
  LayerRecord,
  Network,
  TensorId,
  TensorRecord,
  ValuePairs,
} from '../../engine'
import { ABSENT, operatorOf } from '../../engine'
import type { Compared, Difference, Ghosts, Rewritten } from '../protocol/comparison'
import { packed } from '../protocol/codec'
import { attributeText, constantText, typeText } from '../text/value-text'

/**
 * @param ownIds the base is of the same history: what is gone keeps its id where nothing else has it now
 * @param derived what rewrites on the way between both made of layers
 */
export function compared(
  network: Network,
  comparison: Comparison,
  ownIds: boolean,
  derived: readonly Derivation[] = [],
): Compared {
  const ghosts = ghostsOf(network, comparison, ownIds)
  const { removed, added, outputs, values } = comparison
  const { rewrites, goneBy, cameBy } = rewritten(comparison, derived)
  const changed = comparison.changed.filter((c) => !isCarriedOn(c, values, goneBy))
  const kept = comparison.kept + comparison.changed.length - changed.length
  const nameBefore = namer(values.before, new Map(removed.map((l) => [l.id, l])), network)
  const nameNow = (id: TensorId) => valueName(values.after(id), (layer) => network.getLayer(layer)?.name)
  const says = (change: FieldChange) => words(change, nameBefore, nameNow)
  const place = new Map(network.getLayers().map((l, i) => [l.id, i]))
  const found: { readonly at: number; readonly difference: Difference }[] = []
  const note = (status: Difference['status'], id: LayerId, at: number, layer: LayerRecord, changes: string[]) => {
    const by = status === 'removed' ? goneBy : status === 'added' ? cameBy : null
    const rewrite = by?.get(layer.id) ?? null
    found.push({ at, difference: { status, layer: id, ...namesOf(layer), changes, rewrite } })
  }
  for (const layer of removed) {
    const near = layer.inputs.map((t) => place.get(values.after(values.now(t) ?? ABSENT)?.producer ?? ABSENT) ?? -1)
    note('removed', ghosts.idOf.get(layer.id)!, place.get(layer.id) ?? Math.max(-1, ...near) + 0.5, layer, [])
  }
  for (const layer of added) note('added', layer.id, place.get(layer.id) ?? 0, layer, origin(layer))
  for (const { after, changes } of changed)
    note('changed', after.id, place.get(after.id) ?? 0, after, changes.map(says))
  found.sort((a, b) => a.at - b.at)
  const ends = outputs.map(({ name, from, to }): Difference => {
    const was = from === null ? 'new' : `was ${nameBefore(from)}`
    const change = to === null ? 'gone' : `now ${nameNow(to)}, ${was}`
    return { status: 'changed', layer: -1, name, kind: 'output', scope: '', changes: [change], rewrite: null }
  })
  const differences = together([...found.map((f) => f.difference), ...ends])
  const counts = { removed: removed.length, added: added.length, changed: changed.length, kept }
  return { differences, rewrites, counts, ghosts: ghosts.plain }
}

interface ByRewrite {
  readonly rewrites: readonly Rewritten[]
  /** Which of them a layer of the base went by, and which a layer of now came by. */
  readonly goneBy: ReadonlyMap<LayerId, number>
  readonly cameBy: ReadonlyMap<LayerId, number>
}

/** The rewrites that left a trace at either end. */
function rewritten({ removed, added }: Comparison, derived: readonly Derivation[]): ByRewrite {
  const rewrites: Rewritten[] = []
  const [goneBy, cameBy] = [new Map<LayerId, number>(), new Map<LayerId, number>()]
  const [base, now] = [byId(removed), byId(added)]
  for (const { there, here, patterns } of derived) {
    const [gone, came] = [layersAt(there, base), layersAt(here, now)]
    if (gone.length + came.length === 0) continue
    for (const { id } of gone) goneBy.set(id, rewrites.length)
    for (const { id } of came) cameBy.set(id, rewrites.length)
    rewrites.push({ title: titleOf(gone.length, came), patterns })
  }
  return { rewrites, goneBy, cameBy }
}

const byId = (layers: readonly LayerRecord[]) => new Map(layers.map((l) => [l.id, l]))

/** In the order of their ids, which is that of a comparison. */
const layersAt = (ids: ReadonlySet<LayerId>, layers: ReadonlyMap<LayerId, LayerRecord>): LayerRecord[] =>
  [...ids].sort((a, b) => a - b).flatMap((id) => layers.get(id) ?? [])

/** `9 layers became Attention`, `3 layers became Mul, Add and 2 more`, `2 layers went` */
function titleOf(gone: number, came: readonly LayerRecord[]): string {
  const count = (n: number) => (n === 1 ? '1 layer' : `${n} layers`)
  if (came.length === 0) return `${count(gone)} went`
  if (gone === 0) return `${count(came.length)} came`
  const kinds = came.map((l) => operatorOf(l.kind))
  const [named, more] = [kinds.slice(0, 2).join(', '), kinds.length - 2]
  return `${count(gone)} became ${named}${more > 0 ? ` and ${more} more` : ''}`
}

/** Whether a layer is what it was, and only takes what rewrites have put in the place of its operands. */
function isCarriedOn({ changes }: LayerChange, values: ValuePairs, goneBy: ReadonlyMap<LayerId, number>): boolean {
  return changes.every(
    (c) => c.type === 'input' && c.to !== ABSENT && goneBy.has(values.before(c.from)?.producer ?? ABSENT),
  )
}

const namesOf = ({ name, kind, scope }: LayerRecord) => ({ name, kind: operatorOf(kind), scope })
const origin = (layer: LayerRecord): string[] =>
  layer.origin.length === 0
    ? []
    : [`made from ${layer.origin.length} ${layer.origin.length === 1 ? 'layer' : 'layers'}`]

/** Rewrites, then scopes, in the order of their first difference, each with its own together. */
function together(differences: readonly Difference[]): Difference[] {
  const parts = new Map<string | number, Difference[]>()
  for (const d of [
    ...differences.filter((d) => d.rewrite !== null),
    ...differences.filter((d) => d.rewrite === null),
  ]) {
    const known = parts.get(d.rewrite ?? d.scope)
    if (known) known.push(d)
    else parts.set(d.rewrite ?? d.scope, [d])
  }
  return [...parts.values()].flat()
}

function words(change: FieldChange, before: (id: TensorId) => string, now: (id: TensorId) => string): string {
  switch (change.type) {
    case 'input':
      if (change.to === ABSENT) return `input ${change.index} gone, was ${before(change.from)}`
      return change.from === ABSENT
        ? `input ${change.index} new: ${now(change.to)}`
        : `input ${change.index} now from ${now(change.to)}, was ${before(change.from)}`
    case 'attribute':
      if (change.to === null) return `attribute ${change.name} gone, was ${attributeText(change.from!)}`
      return change.from === null
        ? `attribute ${change.name} new: ${attributeText(change.to)}`
        : `attribute ${change.name} ${attributeText(change.from)} → ${attributeText(change.to)}`
    case 'name':
      return `was called ${change.from}`
    case 'type':
      return `result ${typeText(change.from.dtype, change.from.shape)} → ${typeText(change.to.dtype, change.to.shape)}`
  }
}

function valueName(tensor: TensorRecord | undefined, layerName: (id: LayerId) => string | undefined): string {
  if (!tensor) return 'nothing'
  if (tensor.value) return constantText(tensor.value)
  return tensor.producer === ABSENT ? tensor.name : (layerName(tensor.producer) ?? tensor.name)
}

function namer(
  before: ValuePairs['before'],
  removed: ReadonlyMap<LayerId, LayerRecord>,
  network: Network,
): (id: TensorId) => string {
  return (id) => valueName(before(id), (layer) => (removed.get(layer) ?? network.getLayer(layer)?.record)?.name)
}

interface MadeGhosts {
  readonly plain: Ghosts
  /** By the id that the layer had in the base. */
  readonly idOf: ReadonlyMap<LayerId, LayerId>
}

/** What is gone, in ids of the network now, on the values that are still there and on each other's. */
function ghostsOf(network: Network, { removed, changed, values }: Comparison, ownIds: boolean): MadeGhosts {
  let { nextLayerId, nextTensorId } = network.counters
  const idOf = new Map<LayerId, LayerId>()
  for (const { id } of removed) {
    const there = network.getLayer(id)
    idOf.set(id, ownIds && (!there || there.isRemoved()) ? id : nextLayerId++)
  }
  const tensors = new Map<TensorId, TensorRecord>()
  const isThere = (id: TensorId) => {
    const producer = network.getTensor(id)?.getParent()
    return !producer || !producer.isRemoved()
  }
  const ghostValue = (id: TensorId): TensorId => {
    if (id === ABSENT) return ABSENT
    const now = values.now(id)
    if (now !== undefined && isThere(now)) return now
    const known = tensors.get(id)
    if (known) return known.id
    const record = values.before(id)
    if (!record) return ABSENT
    const producer = record.producer === ABSENT ? ABSENT : (idOf.get(record.producer) ?? ABSENT)
    const own = ownIds && (now !== undefined || !network.getTensor(id)) ? id : nextTensorId++
    tensors.set(id, { ...record, id: own, producer })
    return own
  }
  const layers = removed.map((l) => ({
    ...l,
    id: idOf.get(l.id)!,
    inputs: l.inputs.map(ghostValue),
    outputs: l.outputs.map(ghostValue),
  }))
  const oldInputs = changed.flatMap(({ after, changes }) => {
    const gone = changes.flatMap((c) => (c.type === 'input' && c.from !== ABSENT ? [ghostValue(c.from)] : []))
    const shown = gone.filter((t) => t !== ABSENT && !values.after(t)?.value)
    return shown.length === 0 ? [] : [{ layer: after.id, inputs: shown, from: after.inputs.length }]
  })
  return { plain: { ...packed({ layers, tensors: [...tensors.values()] }), oldInputs }, idOf }
}

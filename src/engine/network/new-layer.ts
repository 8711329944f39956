import type { LayerEdit } from '../edit/edit'
import { operatorOf } from './dialect'
import type { Layer } from './layer'
import type { Network } from './network'
import type { Attributes, DType, FLayerRecord, LayerRecord, Shape, TensorRecord, UseRef } from './records'
import { ABSENT } from './records'
import type { Tensor } from './tensor'

/** What `addLayer` needs; the rest has defaults. */
export interface NewLayer {
  readonly kind: string
  readonly inputs: readonly (Tensor | null)[]
  readonly attributes?: Attributes
  /** Types of the results, null for one not made. Without it one result, of the type that the kind's schema infers. */
  readonly outputs?: readonly (ResultType | null)[]
  /** How many results there are where their types are inferred. Default 1. */
  readonly outputCount?: number
  readonly name?: string
  readonly scope?: string
  /** Put in front of this layer; at the end without it, or at the network's insertion point. */
  readonly before?: Layer
  readonly metadata?: Readonly<Record<string, string>>
  readonly flayer?: FLayerRecord
}

export interface ResultType {
  readonly dtype?: DType | null
  readonly shape?: Shape | null
  readonly name?: string
}
/**
 * The edit that adds a layer to a network, ids and names chosen. Its arrays are of exact size: there are as many as layers,
 * and one that grows by push holds room for seventeen.
 */
export function newLayerEdit(network: Network, spec: NewLayer): LayerEdit {
  const { store } = network
  const id = store.nextLayerId
  const scope = spec.scope ?? network.insertBefore?.scope ?? ''
  const name = spec.name === undefined ? generatedName(network, spec.kind, scope, id) : network.uniqueName(spec.name)
  const before = spec.before ?? network.insertBefore
  const after = before ? before.prev : store.last
  const types = spec.outputs ?? inferTypes(network, spec)
  const outputs = recordsOf(store.nextTensorId, types, name, id)
  const outputIds = new Array<number>(types.length)
  for (let i = 0, made = 0; i < types.length; i++) outputIds[i] = types[i] ? outputs[made++]!.id : ABSENT
  const inputs = new Array<number>(spec.inputs.length)
  for (let i = 0; i < inputs.length; i++) inputs[i] = spec.inputs[i]?.id ?? ABSENT
  const record: LayerRecord = {
    id,
    kind: spec.kind,
    name,
    scope,
    inputs,
    outputs: outputIds,
    attributes: spec.attributes ?? NONE,
    origin: NO_ORIGIN,
    removed: false,
    flayer: spec.flayer ?? null,
  }
  const layer = spec.metadata ? { ...record, metadata: spec.metadata } : record
  return {
    type: 'addLayer',
    layer,
    outputs,
    after: after ? after.id : null,
    usesAfter: endsOf(network, spec.inputs, id),
  }
}

function recordsOf(
  firstId: number,
  types: readonly (ResultType | null)[],
  layer: string,
  producer: number,
): TensorRecord[] {
  let count = 0
  for (const t of types) if (t) count++
  const records = new Array<TensorRecord>(count)
  let made = 0
  for (let i = 0; i < types.length; i++) {
    const t = types[i]
    if (!t) continue
    const name = t.name ?? (types.length > 1 ? `${layer}_output_${i}` : layer + '_output')
    records[made] = { id: firstId + made, name, dtype: t.dtype ?? null, shape: t.shape ?? null, producer }
    made++
  }
  return records
}

/** Unique because no chosen name ends in so high a number, and ids only grow. */
function generatedName(network: Network, kind: string, scope: string, id: number): string {
  const name = operatorOf(kind) + '_' + (network.store.suffixBase + id)
  return scope === '' ? name : scope + '/' + name
}

function inferTypes(network: Network, spec: NewLayer): readonly (ResultType | null)[] {
  const outputCount = spec.outputCount ?? 1
  const inputs = spec.inputs.map((t) => t && t.record)
  const { kind, attributes = NONE } = spec
  const context = { kind, attributes, inputs, outputCount, opset: network.opsetOf(kind) }
  const inferred = network.schemaOf(kind)?.infer?.(context) ?? []
  return Array.from({ length: outputCount }, (_, i) => inferred[i] ?? { dtype: null, shape: null })
}

const NONE: Attributes = {}
const NO_ORIGIN: readonly string[] = []

/** Where the uses of a new layer go: behind the last use of each of its inputs, its own earlier ones included. */
function endsOf(network: Network, inputs: readonly (Tensor | null)[], id: number): (UseRef | null)[] {
  const places = new Array<UseRef | null>(inputs.length)
  for (let i = 0; i < inputs.length; i++) {
    const t = inputs[i]
    const earlier = t && i > 0 ? inputs.lastIndexOf(t, i - 1) : -1
    places[i] = !t ? null : earlier >= 0 ? { layer: id, index: earlier } : network.store.uses.ref(t.lastUse)
  }
  return places
}

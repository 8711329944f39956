import type { LayerEdit } from '../edit/edit'
import { operatorOf } from './dialect'
import type { KindSchema } from './dialect'
import type { LayerNode, TensorNode } from '../store/nodes'
import type { Attributes, DType, FLayerRecord, LayerRecord, Shape, TensorRecord } from '../store/records'
import { ABSENT } from '../store/records'
import type { Store } from '../store/store'
import type { Schemas } from './schemas'
import { typeSeen } from './type-seen'

/** What `addLayer` needs; the rest has defaults. */
export interface NewLayer {
  readonly kind: string
  readonly inputs: readonly (TensorNode | null)[]
  readonly attributes?: Attributes
  /** Types of the results, null for one not made. Without it one result, of the type that the kind's schema infers. */
  readonly outputs?: readonly (ResultType | null)[]
  /** How many results there are where their types are inferred. Default 1. */
  readonly outputCount?: number
  /** In the place of `outputCount`: which results it gives, false for one that is left out. */
  readonly given?: readonly boolean[]
  readonly name?: string
  readonly scope?: string
  /** Put in front of this layer; at the end without it, or at the network's insertion point. */
  readonly before?: LayerNode
  readonly attributeTypes?: LayerRecord['attributeTypes']
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
 * and one that grows by push holds room for seventeen. Short ones are literals, since an array of a computed length is made
 * outside of compiled code.
 */
export function newLayerEdit(
  store: Store,
  schemas: Schemas,
  spec: NewLayer,
  insertBefore: LayerNode | null,
): LayerEdit {
  const id = store.nextLayerId
  const scope = spec.scope ?? insertBefore?.record.scope ?? ''
  const name = spec.name === undefined ? generatedName(store, spec.kind, scope, id) : store.uniqueName(spec.name)
  const before = spec.before ?? insertBefore
  const after = before ? before.prev : store.last
  const types = spec.outputs ?? inferTypes(schemas, spec)
  const outputs = recordsOf(store.nextTensorId, types, name, id)
  const record: LayerRecord = {
    id,
    kind: spec.kind,
    name,
    scope,
    inputs: idsOf(spec.inputs),
    outputs: outputIdsOf(types, outputs),
    attributes: spec.attributes ?? NONE,
    origin: NO_ORIGIN,
    removed: false,
    flayer: spec.flayer ?? null,
  }
  const { attributeTypes, metadata } = spec
  const layer =
    metadata || attributeTypes
      ? { ...record, ...(attributeTypes && { attributeTypes }), ...(metadata && { metadata }) }
      : record
  return {
    type: 'addLayer',
    layer,
    outputs,
    after: after ? after.id : null,
    usesAfter: null,
  }
}

function idsOf(tensors: readonly (TensorNode | null)[]): number[] {
  const a = tensors[0]
  const b = tensors[1]
  const c = tensors[2]
  if (tensors.length === 1) return [idOf(a)]
  if (tensors.length === 2) return [idOf(a), idOf(b)]
  if (tensors.length === 3) return [idOf(a), idOf(b), idOf(c)]
  const ids = new Array<number>(tensors.length)
  for (let i = 0; i < ids.length; i++) ids[i] = idOf(tensors[i])
  return ids
}

function idOf(t: TensorNode | null | undefined): number {
  return t ? t.id : ABSENT
}

function outputIdsOf(types: readonly (ResultType | null)[], made: readonly TensorRecord[]): number[] {
  if (types.length === 1) return [made.length === 1 ? made[0]!.id : ABSENT]
  const ids = new Array<number>(types.length)
  for (let i = 0, n = 0; i < types.length; i++) ids[i] = types[i] ? made[n++]!.id : ABSENT
  return ids
}

function recordOf(id: number, t: ResultType, name: string, producer: number): TensorRecord {
  return { id, name: t.name ?? name, dtype: t.dtype ?? null, shape: t.shape ?? null, producer }
}

function recordsOf(
  firstId: number,
  types: readonly (ResultType | null)[],
  layer: string,
  producer: number,
): TensorRecord[] {
  const [only] = types
  if (types.length === 1 && only) return [recordOf(firstId, only, layer + '_output', producer)]
  let count = 0
  for (const t of types) if (t) count++
  const records = new Array<TensorRecord>(count)
  for (let i = 0, made = 0; i < types.length; i++) {
    const t = types[i]
    if (!t) continue
    records[made] = recordOf(firstId + made, t, `${layer}_output_${i}`, producer)
    made++
  }
  return records
}

/** Unique because no chosen name ends in so high a number, and ids only grow. */
function generatedName(store: Store, kind: string, scope: string, id: number): string {
  const name = operatorOf(kind) + '_' + (store.suffixBase + id)
  return scope === '' ? name : scope + '/' + name
}

function inferTypes(schemas: Schemas, spec: NewLayer): readonly (ResultType | null)[] {
  const { kind, attributes = NONE, given } = spec
  const outputCount = given ? given.lastIndexOf(true) + 1 : (spec.outputCount ?? 1)
  const schemaOf = (of: string): KindSchema | undefined => schemas.of(of)
  const infer = schemaOf(kind)?.infer
  if (!infer && outputCount === 1) return UNTYPED
  const inputs = spec.inputs.map((t) => typeSeen(t, schemaOf))
  const inferred = infer?.({ kind, attributes, inputs, outputCount, opset: schemas.opsetOf(kind) })
  if (outputCount === 1) return [inferred?.[0] ?? UNKNOWN]
  return Array.from({ length: outputCount }, (_, i) => (given?.[i] === false ? null : (inferred?.[i] ?? UNKNOWN)))
}

const UNKNOWN: ResultType = { dtype: null, shape: null }
const UNTYPED: readonly ResultType[] = [UNKNOWN]
const NONE: Attributes = {}
const NO_ORIGIN: readonly string[] = []

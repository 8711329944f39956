import {
  ABSENT,
  domainOf,
  type Dim,
  type LayerRecord,
  type NetworkSnapshot,
  type Shape,
  type TensorId,
  type TensorRecord,
} from '../../../engine'
import { onnxDialect } from '../schemas/dialect'
import { elementsOf, UNKNOWN, type TracedType } from './context'
import { GivenSizes, withoutNumbers } from './given-sizes'

export interface InferOptions {
  /** Told where a stated type contradicts what the operator gives. */
  readonly warn?: (message: string) => void
}

/**
 * Fills in dtypes and shapes that are not stated, from the operators, following the elements of shape computations. What
 * is stated stands, except that a size found as a number replaces a name or a gap, and that of sizes that disagree neither is
 * taken: the file is at fault, runtimes open it all the same, and nothing may be built on either. Nor are numbers taken that only hold
 * for what a caller gave (`GivenSizes`).
 */
export function inferShapes(snapshot: NetworkSnapshot, options: InferOptions = {}): NetworkSnapshot {
  const records: (TensorRecord | undefined)[] = []
  for (const tensor of snapshot.tensors) records[tensor.id] = tensor
  const types: (TracedType | undefined)[] = records.slice()
  const changed = new Map<TensorId, TensorRecord>()
  const outputs = new Set(snapshot.outputs.map((o) => o.tensor))
  const given = new GivenSizes(snapshot)
  for (let l = 0; l < snapshot.layers.length; l++) {
    const layer = snapshot.layers[l]!
    const results = inferLayer(layer, snapshot, types, options)
    const isGiven = given.follow(layer)
    layer.outputs.forEach((id, i) => {
      const record = id === ABSENT ? undefined : records[id]
      const result = results[i] ?? (isGiven ? UNKNOWN : null)
      if (!record || !result) return
      const dtype = record.dtype ?? result.dtype
      const stated = isGiven ? withoutNumbers(record.shape) : record.shape
      const shape = mergeStated(stated, result.shape, outputs.has(id))
      if (contradicts(record, result)) {
        options.warn?.(
          `${record.name} is stated as ${format(record)}, but ${layer.name} gives ${format(result)}: neither is taken for certain`,
        )
      }
      const elements = elementsOf(result)
      types[id] = elements ? { dtype, shape, elements } : { dtype, shape }
      if (dtype !== record.dtype || shape !== record.shape) changed.set(id, { ...record, dtype, shape })
    })
  }
  if (changed.size === 0) return snapshot
  return { ...snapshot, tensors: snapshot.tensors.map((t) => changed.get(t.id) ?? t) }
}

function inferLayer(
  layer: LayerRecord,
  snapshot: NetworkSnapshot,
  types: readonly (TracedType | undefined)[],
  options: InferOptions,
): readonly (TracedType | null)[] {
  const opset = snapshot.opsets[domainOf(layer.kind)] ?? 1
  const schema = onnxDialect.schema(layer.kind, opset)
  if (!schema?.infer) return []
  const inputs = layer.inputs.map((id) => types[id] ?? null)
  const { kind, attributes, outputs } = layer
  try {
    const results = schema.infer({ kind, attributes, inputs, outputCount: outputs.length, opset })
    const impossible = results.find((r) => r?.shape?.some((d) => typeof d === 'number' && d < 0))
    if (!impossible) return results
    options.warn?.(
      `${layer.name}: what it is given leads to a result of ${format(impossible)}; its sizes are not taken`,
    )
    return results.map((r) => r && { dtype: r.dtype, shape: null })
  } catch (error) {
    // Operands or attributes that the operator does not allow: the model is faulty there, the rest of it is not.
    options.warn?.(`${layer.name}: its types cannot be inferred (${String(error)})`)
    return []
  }
}

/**
 * A stated number stands, unless the operator gives another: then neither is believed. Else an inferred number; then, on a
 * network output the stated name, elsewhere the inferred.
 */
function mergeStated(stated: Shape | null, inferred: Shape | null, isOutput: boolean): Shape | null {
  if (!stated || !inferred) return stated ?? inferred
  if (stated.length !== inferred.length) return null
  let same = true
  const merged = stated.map((d, i): Dim => {
    const other = inferred[i] ?? null
    const disagree = typeof d === 'number' && typeof other === 'number' && d !== other
    const own = typeof d === 'number' || (isOutput && typeof other !== 'number')
    const best = disagree ? null : own ? (d ?? other) : (other ?? d)
    if (best !== d) same = false
    return best
  })
  return same ? stated : merged
}

function contradicts(stated: TensorRecord, inferred: TracedType): boolean {
  if (stated.dtype && inferred.dtype && stated.dtype !== inferred.dtype) return true
  const { shape } = stated
  if (!shape || !inferred.shape) return false
  if (shape.length !== inferred.shape.length) return true
  return shape.some(
    (d, i) => typeof d === 'number' && typeof inferred.shape![i] === 'number' && d !== inferred.shape![i],
  )
}

function format(type: TracedType): string {
  const shape = type.shape ? `[${type.shape.map((d) => d ?? '?').join(',')}]` : '[...]'
  return `${type.dtype ?? '?'} ${shape}`
}

import type { LayerRecord, NetworkSnapshot, TensorRecord } from '../../../engine'
import { kindsInBodies } from '../bodies'
import { OnnxExportError } from '../export/error'
import { inferShapes } from '../infer/infer-shapes'
import { onnxDialect } from '../schemas/dialect'
import { CONVERSIONS, type Conversion } from './conversions'
import { refuse, Workbench } from './workbench'

const NEWEST = 24

/**
 * The same network under a newer operator set of the default domain: whatever a version between changed in meaning is said
 * anew. Layers that are converted keep their identity. The network itself where it has that version already.
 * @throws OnnxExportError for an older version than the network's own, and for a layer that has no equivalent
 */
export function upgradeOpset(snapshot: NetworkSnapshot, version: number): NetworkSnapshot {
  const from = snapshot.opsets[''] ?? version
  if (from === version) return snapshot
  if (version < from)
    throw new OnnxExportError(`The model uses operator set ${from}; it cannot be lowered to ${version}.`)
  if (version > NEWEST) throw new OnnxExportError(`Operator set ${version} is newer than ${NEWEST}, the newest known.`)
  const steps = CONVERSIONS.filter((c) => c.to > from && c.to <= version)
  const concerned = new Set(steps.flatMap((step) => step.kinds))
  const bench = new Workbench(snapshot)
  for (const layer of snapshot.layers) {
    checkBodies(layer, steps)
    bench.layers.push(concerned.has(layer.kind) ? converted(layer, steps, bench) : layer)
  }
  const { layers, tensors, nextLayerId, nextTensorId } = bench
  const opsets = { ...snapshot.opsets, '': version }
  const upgraded = { ...snapshot, opsets, layers, tensors, nextLayerId, nextTensorId }
  const isSaid = (l: LayerRecord, i: number): boolean =>
    l === snapshot.layers[i] && onnxDialect.schema(l.kind, from) === onnxDialect.schema(l.kind, version)
  // What a layer gives does not change with the way it is said: types are looked for where they were not known.
  const open = layers.some((l, i) => !isSaid(l, i) && !l.outputs.every((id) => isTyped(bench.tensor(id))))
  return open ? inferShapes(upgraded) : upgraded
}

function converted(layer: LayerRecord, steps: readonly Conversion[], bench: Workbench): LayerRecord {
  return steps.reduce((l, step) => (step.kinds.includes(l.kind) ? step.convert(l, bench) : l), layer)
}

function isTyped(t: TensorRecord | undefined): boolean {
  return t === undefined || (t.dtype !== null && t.shape !== null && !t.shape.includes(null))
}

/** Bodies share the operator set, and are not rewritten: where one needs it, the whole is refused. */
function checkBodies(layer: LayerRecord, steps: readonly Conversion[]): void {
  for (const kind of kindsInBodies(layer.attributes)) {
    const step = steps.find((s) => s.kinds.includes(kind))
    if (step) refuse(layer, step.to, `its body uses ${kind}, which changed there`)
  }
}

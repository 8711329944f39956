import type { LayerRecord, NetworkSnapshot } from '../../../engine'
import { OnnxExportError } from '../export/error'
import { kindOf } from '../import/layer'
import { inferShapes } from '../infer/infer-shapes'
import { decodeMessage } from '../proto/decode'
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
  const bench = new Workbench(snapshot)
  for (const layer of snapshot.layers) {
    checkBodies(layer, steps)
    bench.layers.push(steps.reduce((l, step) => (step.kinds.includes(l.kind) ? step.convert(l, bench) : l), layer))
  }
  const { layers, tensors, nextLayerId, nextTensorId } = bench
  const opsets = { ...snapshot.opsets, '': version }
  return inferShapes({ ...snapshot, opsets, layers, tensors, nextLayerId, nextTensorId })
}

/** Bodies share the operator set, and are not rewritten: where one needs it, the whole is refused. */
function checkBodies(layer: LayerRecord, steps: readonly Conversion[]): void {
  const bodies = Object.values(layer.attributes).flatMap((a) =>
    typeof a === 'object' && 'graph' in a ? [a.graph] : [],
  )
  while (bodies.length > 0) {
    for (const node of decodeMessage('GraphProto', bodies.pop()!).node) {
      const step = steps.find((s) => s.kinds.includes(kindOf(node)))
      if (step) refuse(layer, step.to, `its body uses ${kindOf(node)}, which changed there`)
      for (const { g } of node.attribute) if (g) bodies.push(g)
    }
  }
}

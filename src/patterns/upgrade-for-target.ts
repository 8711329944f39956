import { OnnxExportError, upgradeOpset } from '../dialects/onnx'
import type { NetworkSnapshot } from '../engine'
import type { Target } from './library'

/** Operator sets to rewrite under, the best first; ONNX Runtime 1.30 loads both. 24 adds Swish, for which it has operators of its own. */
const WANTED: Readonly<Record<Target, readonly number[]>> = { ort: [23], onnx: [24, 23] }

export interface Upgraded {
  readonly snapshot: NetworkSnapshot
  /** Why the model keeps its own operator set; null where it was raised or needs not be. */
  readonly refused: string | null
}

/** The network under the operator set that the target's operators come from, or as it is where it cannot be raised. */
export function upgradeForTarget(snapshot: NetworkSnapshot, target: Target): Upgraded {
  let refused: string | null = null
  for (const version of WANTED[target]) {
    if ((snapshot.opsets[''] ?? version) >= version) return { snapshot, refused: null }
    try {
      return { snapshot: upgradeOpset(snapshot, version), refused: null }
    } catch (error) {
      if (!(error instanceof OnnxExportError)) throw error
      refused = `The model keeps operator set ${snapshot.opsets['']}: ${error.message}`
    }
  }
  return { snapshot, refused }
}

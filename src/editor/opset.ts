import { OnnxExportError, upgradeOpset } from '../dialects/onnx'
import type { NetworkSnapshot } from '../engine'

/** Attention, RotaryEmbedding and others that patterns make come from this operator set. */
const WANTED = 23

/** The network under a newer operator set, or as it is with the reason why not. */
export function raised(snapshot: NetworkSnapshot): { snapshot: NetworkSnapshot; refused: string | null } {
  const from = snapshot.opsets['']
  if (from === undefined || from >= WANTED) return { snapshot, refused: null }
  try {
    return { snapshot: upgradeOpset(snapshot, WANTED), refused: null }
  } catch (error) {
    if (!(error instanceof OnnxExportError)) throw error
    return { snapshot, refused: `The model keeps operator set ${from}: ${error.message}` }
  }
}

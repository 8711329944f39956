import { asOnnx, withoutBfloat16 } from '../dialects/tensorrt'
import type { LayerRecord, NetworkSnapshot } from '../engine'

/** The largest elements in any order that a runtime likes. */
const isUnordered = ({ kind, attributes }: LayerRecord): boolean => kind === 'TopK' && attributes['sorted'] === 0

/** Whether a network leaves an order open: two runtimes that are right may give different results. */
export const leavesOrderOpen = ({ layers }: NetworkSnapshot): boolean => layers.some(isUnordered)

/** Whether a network leaves open in more places than another one what order it gives: whoever took from it may have counted on that. */
export const leavesMoreOpen = (after: NetworkSnapshot, before: NetworkSnapshot): boolean => {
  const open = ({ layers }: NetworkSnapshot): number => layers.filter((l) => !l.removed && isUnordered(l)).length
  return open(after) > open(before)
}

/** The same with one of the orders that it allows, so that there is something to compare. */
function inOneOrder(snapshot: NetworkSnapshot): NetworkSnapshot {
  if (!leavesOrderOpen(snapshot)) return snapshot
  const ordered = (l: LayerRecord): LayerRecord => ({ ...l, attributes: { ...l.attributes, sorted: 1 } })
  return { ...snapshot, layers: snapshot.layers.map((l) => (isUnordered(l) ? ordered(l) : l)) }
}

/**
 * A network as ONNX Runtime runs it: TensorRT's layers in the ONNX operators that compute the same, their bfloat16 as float32; an order that
 * is left open is chosen.
 * @throws RaiseError where a layer has no form in ONNX, or is a plugin without a reference
 */
export function runnable(snapshot: NetworkSnapshot): NetworkSnapshot {
  return snapshot.dialect === 'tensorrt' ? asOnnx(withoutBfloat16(snapshot)) : inOneOrder(asOnnx(snapshot))
}

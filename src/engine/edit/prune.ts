import type { Layer } from '../network/layer'
import type { Network } from '../network/network'
import type { Tensor } from '../network/tensor'
import type { Edit } from './edit'

/**
 * Takes out the layers that are marked as removed and dangle, the layers that only they used, and the constants that
 * nothing uses any more. Call it inside a transaction (E10). A layer marked as removed that is still used stays.
 * @param removed where to begin; all that are marked as removed without it
 */
export function prune(network: Network, removed?: readonly Layer[]): void {
  const stack = removed ? removed.slice() : network.getLayers().filter((l) => l.record.removed)
  while (stack.length > 0) {
    const layer = stack.pop()!
    if (layer.isDetached || layer.results.some(isUsed)) continue
    const operands: (Tensor | null)[] = []
    for (const u of layer.uses) operands.push(u.tensor)
    network.removeLayer(layer)
    for (const t of operands) {
      if (!t || t.isDetached || isUsed(t)) continue
      if (t.parent) stack.push(t.parent)
      else if (t.isConstant) network.removeTensor(t)
    }
  }
}

/** Prunes what one transaction removed: for a run that nobody will undo, so that memory does not wait for its end. */
export function pruneAfter(network: Network, edits: readonly Edit[]): void {
  const removed: Layer[] = []
  for (const edit of edits) {
    if (edit.type !== 'setRemoved' || !edit.to) continue
    const layer = network.getLayer(edit.layer)
    if (layer?.record.removed) removed.push(layer)
  }
  prune(network, removed)
}

function isUsed(t: Tensor | null): boolean {
  return t !== null && (t.firstUse !== null || t.outputCount > 0)
}

/** Takes out constants without users, wherever they came from. */
export function pruneConstants(network: Network): void {
  for (const t of network.getTensors()) if (t.isConstant && !isUsed(t)) network.removeTensor(t)
}

/**
 * Marks what a rewrite left without users as removed, and what only that used, and so on upwards. Costs what it marks.
 * @param from where to begin: layers that lost a user
 */
export function markDangling(network: Network, from: Iterable<Layer>): void {
  const stack = [...from]
  while (stack.length > 0) {
    const layer = stack.pop()!
    if (
      layer.isDetached ||
      layer.results.length === 0 ||
      layer.results.some((t) => t && (t.liveUses > 0 || t.outputCount > 0))
    )
      continue
    if (!layer.record.removed) network.markAsRemoved(layer)
    for (const u of layer.uses) {
      const parent = u.tensor?.parent
      if (parent && !parent.record.removed) stack.push(parent)
    }
  }
}

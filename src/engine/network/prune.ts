import type { Layer } from './network'
import type { Network } from './network'
import type { Tensor } from './network'
import { NO_USE } from '../store/uses'
import type { Edit } from '../edit/edit'

/**
 * Takes out the layers that are marked as removed and dangle, the layers that only they used, and the constants that
 * nothing uses any more. Call it inside a transaction (E10). A layer marked as removed that is still used stays.
 */
export function prune(network: Network): void {
  if (network.store.removedCount === 0) return
  const removed: Layer[] = []
  for (let l = network.store.first; l; l = l.next) if (l.record.removed) removed.push(l)
  for (const layer of removed) pruneFrom(network, layer)
}

/** Prunes what one transaction removed: for a run that nobody will undo, so that memory does not wait for its end. */
export function pruneAfter(network: Network, edits: readonly Edit[]): void {
  for (const edit of edits) {
    if (edit.type !== 'setRemoved' || !edit.to) continue
    const layer = network.getLayer(edit.layer)
    if (layer?.record.removed) pruneFrom(network, layer)
  }
}

/** Takes a layer out where it has no users, and what only it used. Most often that is the layer alone, without a stack. */
function pruneFrom(network: Network, first: Layer): void {
  let stack: Layer[] | null = null
  for (let layer: Layer | undefined = first; layer; layer = stack?.pop()) {
    if (layer.isDetached || isLayerUsed(layer)) continue
    const { inputs } = layer.record
    network.removeLayer(layer)
    for (const id of inputs) {
      const t = network.getTensor(id)
      if (!t || isUsed(t)) continue
      if (t.parent) (stack ??= []).push(t.parent)
      else if (t.isConstant) network.removeTensor(t)
    }
  }
}

function isLayerUsed(layer: Layer): boolean {
  for (let i = 0; i < layer.numOutputs; i++) {
    const t = layer.output(i)
    if (t && isUsed(t)) return true
  }
  return false
}

function isUsed(t: Tensor): boolean {
  return t.firstUse !== NO_USE || t.outputCount > 0
}

/** Takes out constants without users, wherever they came from. */
export function pruneConstants(network: Network): void {
  const { tensors, constantCount } = network.store
  if (constantCount === 0) return
  for (let id = 0; id < tensors.length; id++) {
    const t = tensors[id]
    if (t && t.firstUse === NO_USE && t.isConstant && !isUsed(t)) network.removeTensor(t)
  }
}

/**
 * Marks a layer that a rewrite left without users as removed, and what only that used, and so on upwards. Costs what it
 * marks.
 */
export function markDangling(network: Network, from: Layer): void {
  let stack: Layer[] | null = null
  for (let layer: Layer | undefined = from; layer; layer = stack?.pop()) {
    if (layer.isDetached || !dangles(layer)) continue
    if (!layer.record.removed) network.markRemovedLayer(layer)
    for (let i = 0; i < layer.numInputs; i++) {
      const parent = layer.input(i)?.parent
      if (parent && !parent.record.removed && dangles(parent)) (stack ??= []).push(parent)
    }
  }
}

/**
 * Nobody uses it: where such a value is replaced no use changes, from which it would be seen that its layer dangles. Left as it is the
 * layer would match again, and again.
 */
export const isUnused = (t: Tensor): boolean => t.liveUses === 0 && !t.isNetworkOutput()

function dangles(layer: Layer): boolean {
  for (let i = 0; i < layer.numOutputs; i++) {
    const t = layer.output(i)
    if (t && (t.liveUses > 0 || t.outputCount > 0)) return false
  }
  return layer.numOutputs > 0
}

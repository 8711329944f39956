import type { Network, Transaction } from '../../engine'
import type { StepInfo } from '../protocol/timeline'

/** What the timeline says of a step that follows from the step alone, whatever else is in the tree. */
export type StepFacts = Omit<StepInfo, 'node' | 'left' | 'name' | 'bookmarked' | 'branches' | 'cost'>

/** @param network stands at the step, so that the layers it speaks of are there */
export function stepInfo(transaction: Transaction, network: Network): StepFacts {
  let removed = 0
  let added = 0
  let cleared = 0
  for (const edit of transaction.edits) {
    if (edit.type === 'setRemoved') removed += edit.to ? 1 : -1
    if (edit.type === 'addLayer') added++
    if (edit.type === 'removeLayer') cleared++
  }
  const { label, rootName = '', root } = transaction.annotations
  const scope = root === undefined ? '' : (network.getLayer(root)?.scope ?? '')
  const layers = Object.values(transaction.annotations.match?.layers ?? {})
  return { label, root: root ?? null, rootName, scope, removed, added, cleared, layers }
}

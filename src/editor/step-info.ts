import type { HistoryId, Network, Transaction } from '../engine'
import type { Branch, StepInfo } from './protocol'

/** What the timeline says of a step. */
export function stepInfo(
  node: HistoryId,
  transaction: Transaction,
  network: Network,
  branches: readonly Branch[],
): StepInfo {
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
  return { node, label, root: root ?? null, rootName, scope, removed, added, cleared, layers, branches }
}

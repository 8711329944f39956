import { attempt, undoTransaction } from '../../engine'
import type { Layer, LayerId, Transaction } from '../../engine'
import type { Workspace } from './workspace'

/**
 * What `look` sees of one rewrite while it is done; it is undone afterwards, also where `look` throws, and the network and its history are as they were.
 * @returns null where nothing is rewritten @throws PatternError
 */
export function undoneRewrite<T>(
  workspace: Workspace,
  label: string,
  root: LayerId,
  look: (transaction: Transaction, layer: Layer) => T,
): T | null {
  const { network } = workspace
  const layer = network.getLayer(root)
  if (!layer || layer.isRemoved()) return null
  const { version } = network
  const result = attempt(workspace.rewriter(label), layer)
  if (result.type !== 'rewritten') return null
  try {
    return look(result.transaction, layer)
  } finally {
    undoTransaction(network, result.transaction)
    network.store.version = version
  }
}

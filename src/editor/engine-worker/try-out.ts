/** One rewrite, done and undone: what it touched is cut out, so that its numbers can be compared elsewhere. */
import type { LayerId } from '../../engine'
import { cutStep, PartError, textOfLayers } from '../../verify'
import { packedWhole } from '../protocol/codec'
import type { TriedOut } from '../protocol/engine-calls'
import { undoneRewrite } from './undone-rewrite'
import type { Workspace } from './workspace'

/** The network, and its history, are as they were afterwards. @throws PatternError */
export function tryOut(workspace: Workspace, label: string, root: LayerId): TriedOut | null {
  return undoneRewrite(workspace, label, root, (transaction, layer) => {
    const region = packedWhole(cutStep(workspace.network, transaction))
    const added = transaction.edits.filter((e) => e.type === 'addLayer').length
    const removed = transaction.edits.filter((e) => e.type === 'setRemoved' && e.to).length
    return { rootName: layer.name, removed, added, region }
  })
}

export function exampleOf({ network }: Workspace, ids: readonly LayerId[]) {
  const layers = ids.flatMap((id) => network.getLayer(id) ?? []).filter((l) => !l.isRemoved())
  if (layers.length === 0) return { refused: 'Nothing is chosen that an example could be made of.' }
  try {
    return { text: textOfLayers(layers) }
  } catch (error) {
    if (error instanceof PartError) return { refused: error.message }
    throw error
  }
}

/** How the engine worker answers what is asked of the history tree. */
import { compareNetworks, derivations, netEffect } from '../../engine'
import type { NetworkSnapshot } from '../../engine'
import { compared } from './differences'
import type { Workspace } from './workspace'
import { unpackedSnapshot } from '../protocol/codec'
import type { HistoryCalls } from '../protocol/engine-calls'
import type { EvidenceCalls } from '../protocol/verify-calls'
import type { Moved } from '../protocol/moves'
import type { Timeline } from '../protocol/timeline'
import type { Handlers, NoEvents } from '../protocol/rpc'
import { Remote } from '../protocol/rpc'

/**
 * @param current the network that is open
 * @param told what the page gets of a move, which may have changed the network
 */
export function historyHandlers(
  current: () => Workspace,
  told: (moved: Moved<Timeline>) => Moved,
): Handlers<HistoryCalls> {
  const noted = (note: (home: Workspace) => void): Moved => {
    note(current())
    return told(current().here())
  }
  let other: NetworkSnapshot | null = null
  return {
    other: async (port) => {
      const reader = new Remote<EvidenceCalls, NoEvents>(port)
      other = unpackedSnapshot(await reader.call('snapshot', null))
      reader.end()
      return null
    },
    compare: ({ base }) => {
      const { network, history } = current()
      if (base !== 'file') {
        const way = history.path(history.cursor, base)
        return compared(network, netEffect(network, way), true, derivations(way))
      }
      if (!other) throw new Error('no other file is open')
      return compared(network, compareNetworks(other, network), false)
    },
    name: ({ node, name }) => noted(({ history }) => history.rename(node, name)),
    bookmark: ({ node, wanted }) => noted(({ history }) => history.bookmark(node, wanted)),
    nameBranch: ({ first, name }) => noted(({ history }) => history.nameBranch(first, name)),
    drop: ({ node, called }) => {
      const { tree } = current()
      const steps = current().packedSteps(tree.leave(node))
      tree.drop(node, called)
      return told({ steps, timeline: tree.timeline() })
    },
    sizes: ({ said }) => noted(({ tree }) => tree.setSizes(said)),
    restore: () => noted(({ tree }) => tree.restore()),
  }
}

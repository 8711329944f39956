import { exportParts } from '../../dialects/onnx'
import { snapshotOf } from '../../engine'
import type { NetworkSnapshot } from '../../engine'
import { runnable } from '../../verify'
import { packed, packedWhole } from '../protocol/codec'
import type { Handlers } from '../protocol/rpc'
import type { SnapshotPart } from '../protocol/snapshot-codec'
import type { EvidenceCalls } from '../protocol/verify-calls'
import { bytesOf, dataOf } from './blobs'
import { largeSides, networkAt } from './other-points'
import type { Scheduler } from './scheduler'
import { startOf } from './session-steps'
import type { Workspace } from './workspace'

/**
 * What other workers ask of the one that has the network.
 * @param tell hands on the parts of a network
 * @param moved told when the network has gone to another point and come back: its layers are others than those that somebody is looking at
 */
export function evidenceHandlers(
  current: () => Workspace,
  turns: Scheduler,
  moved: () => void,
  tell: (part: SnapshotPart) => void,
): Handlers<EvidenceCalls> {
  return {
    snapshot: () => packed({ ...snapshotOf(current().network), properties: {} }),
    start: () => turns.calm(() => startOf(current(), tell)),
    region: ({ node }) =>
      turns.calm(() => {
        const { evidence } = current()
        const moves = !evidence.has(node)
        const found = evidence.of(node)
        // The network has gone there and back: its layers are others than those that somebody is looking at.
        if (moves) moved()
        return { ...packedWhole(found), exact: current().isExact(node) }
      }),
    constant: ({ tensor }) =>
      turns.calm(() => {
        const value = current().network.getTensor(tensor)?.value
        return value ? dataOf(value) : null
      }),
    network: ({ point }) =>
      turns.calm(() => {
        try {
          return networkAt(current(), point)
        } finally {
          moved()
        }
      }),
    largeSides: () => turns.calm(() => largeSides(current())),
    models: () =>
      turns.calm(() => {
        const { original, network, history } = current()
        return { at: history.cursor, before: written(original), after: written(snapshotOf(network)) }
      }),
    model: ({ side }) =>
      turns.calm(() => {
        const { original, network, history } = current()
        const bytes = written(side === 'before' ? original : snapshotOf(network))
        return { at: history.cursor, bytes, lacksDoubles: network.dialect.name === 'tensorrt' }
      }),
  }
}

const written = (snapshot: NetworkSnapshot): Uint8Array =>
  bytesOf(exportParts(runnable(snapshot), { inlineExternal: true }).model)

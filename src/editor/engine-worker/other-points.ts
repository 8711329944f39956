/** The network at another point of its history, for workers that run it: it goes there and comes back. */
import { invertTransaction, snapshotOf } from '../../engine'
import type { HistoryId, NetworkSnapshot, TensorId } from '../../engine'
import { runnable, ValueTrail } from '../../verify'
import { INLINE, packed, packedWhole } from '../protocol/codec'
import type { NetworkToRun } from '../protocol/network-to-run'
import type { Sides } from '../protocol/verify-calls'
import { dataOf, MOST_AT_ONCE } from './blobs'
import type { Workspace } from './workspace'

/** @returns what `look` gives at that point @throws Error for a point that is not there any more */
function visiting<T>({ history }: Workspace, point: HistoryId, look: () => T): T {
  if (!history.nodes().some((n) => n.id === point)) throw new Error('that step is not there any more')
  const start = history.cursor
  const line = history.line()
  history.seek(point)
  try {
    return look()
  } finally {
    history.seek(start)
    for (const { id } of line) history.prefer(id)
  }
}

export function networkAt(home: Workspace, point: HistoryId): NetworkToRun {
  return visiting(home, point, () => toRun(snapshotOf(home.network)))
}

/** The network as it came and as it is now; null where their weights fit into two models. */
export function largeSides({ original, network, history }: Workspace): Sides<NetworkToRun> | null {
  const after = snapshotOf(network)
  if (Math.max(weightsOf(original), weightsOf(after)) <= MOST_AT_ONCE) return null
  return { at: history.cursor, before: toRun(runnable(original)), after: toRun(runnable(after)) }
}

const weightsOf = ({ tensors }: NetworkSnapshot): number =>
  tensors.reduce((sum, t) => sum + (t.value?.byteLength ?? 0), 0)

function toRun(snapshot: NetworkSnapshot): NetworkToRun {
  const constants = snapshot.tensors.flatMap(({ id, value }) =>
    value && (value.byteLength ?? Infinity) > INLINE ? [[id, dataOf(value)] as const] : [],
  )
  return { snapshot: packed({ ...snapshot, layers: [] }), layers: packedWhole(snapshot.layers), constants }
}

/** Which value at `to` each of these at `from` is, or what has taken its place. */
export function pairsBetween(
  home: Workspace,
  from: HistoryId,
  to: HistoryId,
  tensors: readonly TensorId[],
): readonly (readonly [TensorId, TensorId])[] {
  const { history, network } = home
  const trail = new ValueTrail()
  return visiting(home, from, () => {
    for (const { node, direction, transaction } of history.path(from, to)) {
      history.seek(direction === 'forward' ? node : history.node(node).parent!)
      trail.follow(network, direction === 'forward' ? transaction : invertTransaction(transaction))
    }
    return tensors.map((id) => [id, trail.of(id)] as const)
  })
}

/** A history tree as plain values, without its transactions: those never change, and are kept apart by their points. */
import type { History } from './history'
import type { HistoryId, HistoryNode } from './history-node'
import type { Transaction } from '../edit/transaction'

export type PlainPoint = Omit<HistoryNode, 'transaction' | 'children'>

/** A whole history as a plain value: what a session file holds of it. */
export interface PlainTree {
  readonly cursor: HistoryId
  /** Parents before their children; the first is the root, which has no transaction. */
  readonly points: readonly PlainPoint[]
}

/** What `growTree` reads back. */
export function plainTree(history: History): PlainTree {
  return { cursor: history.cursor, points: history.nodes().map(plainPoint) }
}

/** Ids of points that were dropped are not given again, so that the largest may be so many times their number, and this more. */
const WIDEST = 16
const ROOM = 2 ** 16

/** A point without its transaction. */
export function plainPoint({ id, parent, preferred, name, branch, bookmarked }: HistoryNode): PlainPoint {
  return { id, parent, preferred, name, branch, bookmarked }
}

/**
 * Makes a history that stands at its start, with nothing behind it, equal to the one that was kept. Every transaction is
 * applied, so that each is known to fit.
 * @param grown told of every point while the network stands there; it may throw
 * @throws Error that names the point where the tree is not whole or a transaction does not fit
 */
export function growTree(
  history: History,
  { cursor, points }: PlainTree,
  transactionOf: (id: HistoryId) => Transaction | undefined,
  grown: (node: HistoryNode) => void,
): void {
  const behind = new Map<HistoryId, HistoryId[]>()
  for (const { id, parent } of points) {
    if (parent === null) continue
    const siblings = behind.get(parent)
    if (siblings) siblings.push(id)
    else behind.set(parent, [id])
  }
  const stack = [...(behind.get(history.root) ?? [])].reverse().map((id) => ({ id, parent: history.root }))
  const most = WIDEST * points.length + ROOM
  for (let next = stack.pop(); next; next = stack.pop()) {
    const { id, parent } = next
    if (id > most) throw new RangeError(`a history of ${points.length} points has no point ${id}`)
    const transaction = transactionOf(id)
    if (!transaction) throw new Error(`step ${id} is missing`)
    history.seek(parent)
    grown(history.grow(id, transaction))
    for (const child of [...(behind.get(id) ?? [])].reverse()) stack.push({ id: child, parent: id })
  }
  history.seek(cursor)
  for (const { id, preferred, name, branch, bookmarked } of points) {
    history.rename(id, name)
    history.nameBranch(id, branch)
    history.bookmark(id, bookmarked)
    if (preferred !== null) history.prefer(preferred)
  }
}

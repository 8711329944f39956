/** The points of a history tree. */
import { sameRecord } from '../edit/same'
import type { Transaction } from '../edit/transaction'

/** A point of a history by its number: 0 is the root, and no number is given twice. */
export type HistoryId = number

/** One point of the tree: the state behind its transaction. The root has none: the network as it came. */
export interface HistoryNode {
  readonly id: HistoryId
  readonly parent: HistoryId | null
  readonly transaction: Transaction | null
  /** In the order in which they were made; the last is where redo goes unless another was visited since. */
  readonly children: readonly HistoryId[]
  /** The child that redo goes to; null at a leaf. */
  readonly preferred: HistoryId | null
  /** Given by a person to this point. */
  readonly name: string | null
  /** Given by a person to the branch that begins with this point. */
  readonly branch: string | null
  /** A person wants to find it again. */
  readonly bookmarked: boolean
}

/** What `drop` took out, for `restore` to put back. */
export interface Dropped {
  readonly root: HistoryId
  /** Its place among its siblings. */
  readonly index: number
  readonly wasPreferred: boolean
  /** Parents before their children. */
  readonly nodes: readonly HistoryNode[]
}

/** One move of the cursor: the transaction, and whether it was applied or undone. */
export interface HistoryStep {
  readonly node: HistoryId
  readonly transaction: Transaction
  readonly direction: 'forward' | 'backward'
}

/** A node as the history itself holds it. */
export interface Slot extends HistoryNode {
  children: HistoryId[]
  name: string | null
  branch: string | null
  bookmarked: boolean
  preferred: HistoryId | null
}

/** A point without children, names or bookmark. */
export function newSlot(id: HistoryId, parent: HistoryId | null, transaction: Transaction | null): Slot {
  return { id, parent, transaction, children: [], name: null, branch: null, bookmarked: false, preferred: null }
}

/** Whether two steps are one and the same: the same pattern with the same edits. */
export function sameAct(a: Transaction, b: Transaction): boolean {
  return (
    a.annotations.pattern === b.annotations.pattern && a.edits.length === b.edits.length && sameRecord(a.edits, b.edits)
  )
}

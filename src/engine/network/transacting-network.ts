import { applyEdit } from '../edit/apply'
import type { Edit } from '../edit/edit'
import { invertEdit } from '../edit/edit'
import type { Annotations, Counters, Transaction } from '../edit/transaction'
import type { Network } from './network'
import { NetworkState } from './network-state'

/** Edits of ended transactions that may stay in the array that the next one uses. */
const HELD = 64

/** A network was asked to change while it must not: during a match (E2). */
export class LockedError extends Error {
  constructor(what: string) {
    super(`${what} would change the network, which a match must not do: move it to rewrite (E2)`)
    this.name = 'LockedError'
  }
}
/** Applies edits one by one, keeps those of an open transaction, and refuses them while it is locked. */
export abstract class TransactingNetwork extends NetworkState {
  /** Edits of the open transaction, `pendingCount` of them: one array for all, as most transactions are short. */
  private readonly pending: Edit[] = []
  /** Where the open transaction began; null outside of one. */
  private opened: Counters | null = null
  private openedVersion = 0
  private lastCounters: Counters = { nextLayerId: 0, nextTensorId: 0 }
  private locks = 0
  /** How many edits the open transaction has; 0 outside of one. */
  pendingCount = 0

  protected abstract self(): Network

  /** Whether edits are kept, to be undone. */
  protected get isKeeping(): boolean {
    return this.opened !== null
  }

  /** Applies one edit, and keeps it when a transaction is open. @throws LockedError during a match. */
  edit(edit: Edit): void {
    if (this.locks > 0) throw new LockedError(edit.type)
    applyEdit(this.self(), edit)
    if (this.opened !== null) this.pending[this.pendingCount++] = edit
  }

  /**
   * Runs `change` as one transaction and gives it back; null where it changed nothing. A `change` that throws, or returns
   * false, is rolled back whole (E3).
   */
  transact(annotations: Annotations, change: () => boolean | void): Transaction | null {
    this.begin()
    let done = false
    try {
      done = change() !== false
    } finally {
      if (!done) this.rollBack()
    }
    return done ? this.commit(annotations) : null
  }

  /** Opens a transaction: `commit` or `rollBack` must follow. `transact` sees to that by itself. */
  begin(): void {
    if (this.opened) throw new Error('a transaction is open already: transactions do not nest')
    this.opened = this.countersNow()
    this.openedVersion = this.version
  }

  /** Ends the open transaction and gives it back; null where it changed nothing. */
  commit(annotations: Annotations): Transaction | null {
    const before = this.close()
    const edits = this.pending.slice(0, this.pendingCount)
    this.forget()
    return edits.length > 0 ? { edits, annotations, before, after: this.countersNow() } : null
  }

  /** Ends the open transaction and undoes it (E3). */
  rollBack(): void {
    const counters = this.close()
    while (this.pendingCount > 0) applyEdit(this.self(), invertEdit(this.pending[--this.pendingCount]!))
    this.forget()
    this.setCounters(counters)
    this.version = this.openedVersion
  }

  private close(): Counters {
    const { opened } = this
    if (!opened) throw new Error('there is no open transaction')
    this.opened = null
    return opened
  }

  /** What a short transaction leaves is overwritten by the next; a long one must not be held. */
  private forget(): void {
    this.pendingCount = 0
    if (this.pending.length > HELD) this.pending.length = 0
  }

  /** The same object as long as no id was taken: one transaction's end is the next one's beginning. */
  private countersNow(): Counters {
    const { nextLayerId, nextTensorId } = this.store
    const last = this.lastCounters
    if (last.nextLayerId === nextLayerId && last.nextTensorId === nextTensorId) return last
    return (this.lastCounters = this.counters)
  }

  /** Runs something that makes one transaction, gives back what it returns, and undoes the transaction. */
  preview<T extends object>(make: () => T): T {
    const version = this.version
    const result = make()
    const transaction = (result as { readonly transaction?: Transaction }).transaction
    if (transaction) {
      for (let i = transaction.edits.length - 1; i >= 0; i--) applyEdit(this.self(), invertEdit(transaction.edits[i]!))
      this.setCounters(transaction.before)
      this.version = version
    }
    return result
  }

  /** The `index`-th edit of the open transaction, below `pendingCount`. */
  pendingEdit(index: number): Edit {
    return this.pending[index]!
  }

  /** Runs `look` with the network locked: whatever tries to change it throws (E2). */
  locked<T>(look: () => T): T {
    this.lock()
    try {
      return look()
    } finally {
      this.unlock()
    }
  }

  /** Until as many calls of `unlock`, whatever tries to change the network throws. */
  lock(): void {
    this.locks++
  }
  unlock(): void {
    this.locks--
  }
}

import type { Counters, Store } from '../store/store'
import { applyChecked, applyEdit, undoTransaction } from './apply'
import { checkForm } from './decode-edit'
import type { Edit } from './edit'
import { invertEdit } from './edit'
import { performEdit } from './perform'
import type { Annotations, Transaction } from './transaction'

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
export class Transactor {
  /** Edits of the open transaction, `count` of them: one array for all, as most transactions are short. */
  private readonly pending: Edit[] = []
  /** Where the open transaction began; null outside of one. */
  private opened: Counters | null = null
  private openedVersion = 0
  private lastCounters: Counters = { nextLayerId: 0, nextTensorId: 0 }
  private locks = 0
  /** How many edits the open transaction has; 0 outside of one. */
  count = 0

  constructor(readonly store: Store) {}

  /** Whether edits are kept, to be undone. */
  get isKeeping(): boolean {
    return this.opened !== null
  }

  /** The `index`-th edit of the open transaction, below `count`. */
  edit(index: number): Edit {
    return this.pending[index]!
  }

  /**
   * Applies one edit that the network computed, and keeps it when a transaction is open.
   * @throws LockedError during a match; WrongBaseError where it was made for another state
   */
  apply(edit: Edit): void {
    if (this.locks > 0) throw new LockedError(edit.type)
    performEdit(this.store, edit)
    if (this.opened !== null) this.pending[this.count++] = edit
  }

  /**
   * The same for an edit that somebody else made: it is checked whole before anything changes.
   * @throws LockedError during a match; WrongBaseError where it does not fit
   */
  applyGiven(edit: Edit): void {
    if (this.locks > 0) throw new LockedError(edit.type)
    if (this.opened === null) return applyEdit(this, edit)
    checkForm.edit(edit)
    applyChecked(this.store, edit)
    this.pending[this.count++] = edit
  }

  /** See `Network.transact`. */
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

  /** Opens a transaction: `commit` or `rollBack` must follow. @throws Error where one is open: they do not nest. */
  begin(): void {
    if (this.opened) throw new Error('a transaction is open already: transactions do not nest')
    this.opened = this.countersNow()
    this.openedVersion = this.store.version
  }

  /** Ends the open transaction and gives it back; null where it changed nothing. @throws Error where none is open. */
  commit(annotations: Annotations): Transaction | null {
    const before = this.close()
    const edits = this.pending.slice(0, this.count)
    this.forget()
    return edits.length > 0 ? { edits, annotations, before, after: this.countersNow() } : null
  }

  /** Ends the open transaction and undoes it (E3). @throws Error where none is open. */
  rollBack(): void {
    const counters = this.close()
    while (this.count > 0) performEdit(this.store, invertEdit(this.pending[--this.count]!))
    this.forget()
    this.store.setCounters(counters)
    this.store.version = this.openedVersion
  }

  /** Runs `look` on the network as it was when the open transaction began. Handles of what was made since are others then. */
  asBefore<T>(look: () => T): T {
    const { store, pending, count } = this
    const { counters, version } = store
    for (let i = count - 1; i >= 0; i--) performEdit(store, invertEdit(pending[i]!))
    try {
      return look()
    } finally {
      for (let i = 0; i < count; i++) performEdit(store, pending[i]!)
      store.setCounters(counters)
      store.version = version
    }
  }

  private close(): Counters {
    const { opened } = this
    if (!opened) throw new Error('there is no open transaction')
    this.opened = null
    return opened
  }

  /** What a short transaction leaves is overwritten by the next; a long one must not be held. */
  private forget(): void {
    this.count = 0
    if (this.pending.length > HELD) this.pending.length = 0
  }

  /** The same object as long as no id was taken: one transaction's end is the next one's beginning. */
  private countersNow(): Counters {
    const { nextLayerId, nextTensorId } = this.store
    const last = this.lastCounters
    if (last.nextLayerId === nextLayerId && last.nextTensorId === nextTensorId) return last
    return (this.lastCounters = this.store.counters)
  }

  /** Runs something that makes one transaction, gives back what it returns, and undoes the transaction. */
  preview<T extends object>(make: () => T): T {
    const { version } = this.store
    const result = make()
    const transaction = (result as { readonly transaction?: Transaction }).transaction
    if (transaction) {
      undoTransaction(this, transaction)
      this.store.version = version
    }
    return result
  }

  /** Until as many calls of `unlock`, whatever tries to change the network throws. */
  lock(): void {
    this.locks++
  }
  unlock(): void {
    this.locks--
  }
}

import { applyEdit } from '../edit/apply'
import type { Edit } from '../edit/edit'
import { invertEdit } from '../edit/edit'
import type { Annotations, Transaction } from '../edit/transaction'
import type { Network } from './network'
import { NetworkState } from './network-state'

/** A network was asked to change while it must not: during a match (E2). */
export class LockedError extends Error {
  constructor(what: string) {
    super(`${what} would change the network, which a match must not do: move it to rewrite (E2)`)
    this.name = 'LockedError'
  }
}
/** Applies edits one by one, keeps those of an open transaction, and refuses them while it is locked. */
export abstract class TransactingNetwork extends NetworkState {
  private recorded: Edit[] | null = null
  private locks = 0

  protected abstract self(): Network

  /** Applies one edit, and keeps it when a transaction is open. @throws LockedError during a match. */
  edit(edit: Edit): void {
    if (this.locks > 0) throw new LockedError(edit.type)
    applyEdit(this.self(), edit)
    this.recorded?.push(edit)
  }

  /**
   * Runs `change` as one transaction and gives it back; null where it changed nothing. A `change` that throws, or returns
   * false, is rolled back whole (E3).
   */
  transact(annotations: Annotations, change: () => boolean | void): Transaction | null {
    if (this.recorded) throw new Error('a transaction is open already: transactions do not nest')
    const before = this.counters
    const version = this.version
    const edits: Edit[] = (this.recorded = [])
    let done = false
    try {
      done = change() !== false
    } finally {
      this.recorded = null
      if (!done) {
        while (edits.length > 0) applyEdit(this.self(), invertEdit(edits.pop()!))
        this.setCounters(before)
        this.version = version
      }
    }
    return edits.length > 0 ? { edits, annotations, before, after: this.counters } : null
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

  /** The edits of the open transaction so far; empty outside of one. */
  get pendingEdits(): readonly Edit[] {
    return this.recorded ?? []
  }

  /** Runs `look` with the network locked: whatever tries to change it throws (E2). */
  locked<T>(look: () => T): T {
    this.locks++
    try {
      return look()
    } finally {
      this.locks--
    }
  }
}

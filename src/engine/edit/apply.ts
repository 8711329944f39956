import type { Counters, Store } from '../store/store'
import { checkEdit } from './check'
import { checkForm } from './decode-edit'
import type { Edit } from './edit'
import { invertEdit } from './edit'
import { performEdit } from './perform'
import { checkSettled } from './settled'
import type { Transaction } from './transaction'
import { WrongBaseError } from './wrong-base'

/** Whatever edits apply to: a network. */
export interface Stored {
  readonly store: Store
}

/**
 * Applies one edit, whoever made it: it is checked whole before anything changes (E12). Costs O(what it touches), whatever the
 * size of the network.
 * @throws WrongBaseError, with the network as it was, where it is no edit or does not fit
 */
export function applyEdit({ store }: Stored, edit: Edit): void {
  checkForm.edit(edit)
  const { counters, version, suffixBase } = store
  const state = { counters, version, suffixBase }
  applyChecked(store, edit)
  try {
    checkSettled(store, [edit], () => '')
  } catch (error) {
    performEdit(store, invertEdit(edit))
    store.restore(state)
    throw error
  }
}

/** Applies one of several edits, which need leave nothing whole by itself. @throws WrongBaseError, with nothing changed */
export function applyChecked(store: Store, edit: Edit): void {
  checkEdit(store, edit)
  performEdit(store, edit)
  const name = edit.type === 'addLayer' ? edit.layer.name : edit.type === 'rename' ? edit.to : null
  if (name !== null) store.reserveGiven(name)
}

/**
 * Applies a transaction that was recorded on an equal network, whoever made it (E12).
 * @throws WrongBaseError, with the network as it was, where it is no transaction or was recorded on another network
 */
export function applyTransaction({ store }: Stored, t: Transaction): void {
  checkForm.transaction(t)
  const { counters, version, suffixBase } = store
  const state = { counters, version, suffixBase }
  let done = 0
  try {
    for (; done < t.edits.length; done++) {
      try {
        applyChecked(store, t.edits[done]!)
      } catch (error) {
        throw error instanceof WrongBaseError ? error.within(`edits[${done}]`) : error
      }
    }
    checkSettled(store, t.edits, (i) => `edits[${i}]`)
    checkCounters(store, counters, t)
  } catch (error) {
    while (done > 0) performEdit(store, invertEdit(t.edits[--done]!))
    store.restore(state)
    throw error
  }
  store.setCounters(t.after)
}

/** A transaction begins where it says. Ids that it gives back are not in use, and it gives back none that nobody took. */
function checkCounters(store: Store, began: Counters, { before, after }: Transaction): void {
  const check = (key: keyof Counters, taken: readonly unknown[]): void => {
    if (before[key] !== began[key])
      throw new WrongBaseError(null, `expected ${began[key]}, found ${before[key]}`, `before.${key}`)
    const next = store[key]
    let least = next
    while (least > 0 && least > after[key] && taken[least - 1] === undefined) least--
    if (after[key] < least || after[key] > next)
      throw new WrongBaseError(null, `expected ${next}, found ${after[key]}`, `after.${key}`)
  }
  check('nextLayerId', store.layers)
  check('nextTensorId', store.tensors)
}

/** Applies a transaction of this network's own history, from one end of it. */
export function performTransaction({ store }: Stored, t: Transaction): void {
  for (let i = 0; i < t.edits.length; i++) performEdit(store, t.edits[i]!)
  store.setCounters(t.after)
}

/** Undoes a transaction of this network's own history, from the other. */
export function undoTransaction({ store }: Stored, t: Transaction): void {
  for (let i = t.edits.length - 1; i >= 0; i--) performEdit(store, invertEdit(t.edits[i]!))
  store.setCounters(t.before)
}

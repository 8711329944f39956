import { applyTransaction, performTransaction, undoTransaction } from '../edit/apply'
import type { Transaction } from '../edit/transaction'
import { WrongBaseError } from '../edit/wrong-base'
import type { Network } from '../network/network'
import { newProblems, problemText, verifyEdits, verifyNetwork } from '../network/verify'
import type { Problem } from '../network/boundaries'

/**
 * Applies a transaction of unknown origin and checks what it touched (E4, E12). What was wrong with the network before is not
 * held against it.
 * @throws WrongBaseError, with the network as it was, where it does not fit or would leave the network unsound
 */
export function replay(network: Network, t: Transaction): void {
  const state = stateOf(network)
  applyTransaction(network, t)
  settle(network, [t], state, verifyEdits(network, t.edits))
}

/**
 * The same for several, which stand or fall as one; at the end the whole network is checked.
 * @param place names a transaction in the error
 * @throws WrongBaseError, with the network as it was
 */
export function replayAll(
  network: Network,
  transactions: readonly Transaction[],
  place: (index: number) => string,
): void {
  const state = stateOf(network)
  let done = 0
  try {
    for (; done < transactions.length; done++) replay(network, transactions[done]!)
  } catch (error) {
    undoAll(network, transactions.slice(0, done), state)
    throw error instanceof WrongBaseError ? error.within(place(done)) : error
  }
  settle(network, transactions, state, verifyNetwork(network))
}

/** Leaves what was applied where it brought no problem; else undoes it and throws. */
function settle(network: Network, applied: readonly Transaction[], state: State, found: readonly Problem[]): void {
  if (found.length === 0) return
  undoAll(network, applied, state)
  const [problem] = newProblems(found, verifyNetwork(network))
  if (problem) throw new WrongBaseError(null, `it would leave the network unsound: ${problemText(problem)}`)
  for (const t of applied) performTransaction(network, t)
}

type State = ReturnType<typeof stateOf>

function stateOf({ store }: Network) {
  return { counters: store.counters, version: store.version, suffixBase: store.suffixBase }
}

function undoAll(network: Network, transactions: readonly Transaction[], state: State): void {
  for (let i = transactions.length - 1; i >= 0; i--) undoTransaction(network, transactions[i]!)
  network.store.restore(state)
}

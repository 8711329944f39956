import type { Network } from '../network/network'
import type { LayerId, TensorId } from '../store/records'
import { applyEdit } from './apply'
import type { Edit } from './edit'
import { invertEdit } from './edit'

/** Which layer plays which part of a pattern; keys in the order in which the matcher walked. */
export interface MatchBindings {
  readonly layers: Readonly<Record<string, LayerId>>
  readonly tensors: Readonly<Record<string, TensorId>>
}

/** What a transaction was for. Says nothing of what changed: that is in the edits. */
export interface Annotations {
  /** What a person reads: `Gelu (erf)`, `prune`, `import`. */
  readonly label: string
  /** Label of the pattern that was applied. */
  readonly pattern?: string
  readonly root?: LayerId
  readonly rootName?: string
  readonly match?: MatchBindings
  /** Who asked: a manager's run, a person, a script. */
  readonly author?: string
}

/** Id counters of a network, so that undoing gives ids back and the same act gives the same ids. */
export interface Counters {
  readonly nextLayerId: LayerId
  readonly nextTensorId: TensorId
}

/** A list of edits that stands or falls as one. Plain values. */
export interface Transaction {
  readonly edits: readonly Edit[]
  readonly annotations: Annotations
  readonly before: Counters
  readonly after: Counters
}

export function invertTransaction(t: Transaction): Transaction {
  return { edits: t.edits.map(invertEdit).reverse(), annotations: t.annotations, before: t.after, after: t.before }
}

/**
 * Applies a transaction that was recorded on an equal network.
 * @throws WrongBaseError, with the network as it was, where it was recorded on another one.
 */
export function applyTransaction(network: Network, t: Transaction): void {
  const { counters } = network
  let done = 0
  try {
    for (const edit of t.edits) {
      applyEdit(network, edit)
      done++
    }
  } catch (error) {
    while (done > 0) applyEdit(network, invertEdit(t.edits[--done]!))
    network.setCounters(counters)
    throw error
  }
  network.setCounters(t.after)
}

import type { LayerId, TensorId } from '../store/records'
import type { Counters } from '../store/store'
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

/** A list of edits that stands or falls as one. Plain values. */
export interface Transaction {
  readonly edits: readonly Edit[]
  readonly annotations: Annotations
  readonly before: Counters
  readonly after: Counters
}

/** The transaction that undoes `t`. Its own inverse is `t` again (E1). */
export function invertTransaction(t: Transaction): Transaction {
  return { edits: t.edits.map(invertEdit).reverse(), annotations: t.annotations, before: t.after, after: t.before }
}

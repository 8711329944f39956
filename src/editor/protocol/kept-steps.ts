/** The history of a network as a session keeps it, between the page and the engine worker. Plain values. */
import type { HistoryId, PlainPoint, PlainTree } from '../../engine'

/** A branch that was deleted and can be brought back, by what it is called; its own point comes first. */
export interface DeletedBranch {
  readonly called: string
  readonly points: readonly PlainPoint[]
}

/** The history tree, and what was deleted from it, the first deletion first. */
export interface KeptTree extends PlainTree {
  readonly deleted: readonly DeletedBranch[]
}

export interface KeptSteps {
  readonly tree: KeptTree
  readonly base: string
  /** A line each for the steps that were not known. */
  readonly steps: Uint8Array<ArrayBuffer>
  /** The largest id there is: all up to it is known from now on. */
  readonly upTo: HistoryId
}

export interface RestoreRequest {
  readonly tree: KeptTree
  readonly base: string
  readonly steps: Uint8Array
}

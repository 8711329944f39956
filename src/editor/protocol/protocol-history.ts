/** Messages about the history tree, between the page and the engine worker. Plain values. */
import type { CostSum, Sizes } from '../../cost'
import type { HistoryId, LayerId, TensorId } from '../../engine'
import type { Moved, Plain } from './protocol'

/** One row of the timeline. */
export interface StepInfo {
  readonly node: HistoryId
  readonly label: string
  readonly root: LayerId | null
  readonly rootName: string
  readonly scope: string
  readonly removed: number
  readonly added: number
  /** Layers removed before that it takes out for good. */
  readonly cleared: number
  /** The layers of its match. */
  readonly layers: readonly LayerId[]
  /** Layers in the network behind it. */
  readonly left: number
  /** Given by a person. */
  readonly name: string | null
  readonly bookmarked: boolean
  /** Other steps that were made from the same point. */
  readonly branches: readonly Fork[]
  /** After it, less before it. */
  readonly cost: CostSum
}

/** Another way that was taken from the point before a step. */
export interface Fork {
  readonly node: HistoryId
  readonly label: string
  readonly rootName: string
  /** Of the branch that goes there. */
  readonly name: string | null
}

/** One line of the tree, from the start to a tip. It continues the branch in which its first step was made first. */
export interface BranchInfo {
  /** Its first point that no older branch goes through; it is named by that. */
  readonly first: HistoryId
  readonly tip: HistoryId
  /** The first point that is of no other branch: deleting the branch takes it and what lies behind. */
  readonly own: HistoryId
  /** Steps that it shares with the branch it grew from. */
  readonly shared: number
  /** Index of the branch that it grew from; -1 for one that grew from the start. */
  readonly from: number
  readonly steps: number
  readonly name: string | null
  /** Of its first step. */
  readonly label: string
  readonly rootName: string
  /** Layers in the network at its tip. */
  readonly left: number
  /** It is the line that the timeline shows. */
  readonly open: boolean
}

export interface Bookmark {
  readonly node: HistoryId
  readonly name: string | null
  readonly label: string
  readonly rootName: string
  /** Steps from the start to there. */
  readonly step: number
  readonly left: number
}

export interface Timeline {
  /** The line through the cursor, from the first step to where redo would lead. */
  readonly steps: readonly StepInfo[]
  /** The point that the network stands at; 0 is the network as it came. */
  readonly cursor: HistoryId
  /** Oldest first. */
  readonly branches: readonly BranchInfo[]
  /** Points that a person named or marked, in the order in which they were made. */
  readonly bookmarks: readonly Bookmark[]
  /** What the branch is called that was deleted last and can be brought back; null for none. */
  readonly deleted: string | null
  /** Layers in the network as it came. */
  readonly atStart: number
}

export const emptyTimeline: Timeline = {
  steps: [],
  cursor: 0,
  branches: [],
  bookmarks: [],
  deleted: null,
  atStart: 0,
}

/** One layer, or one network output, that is not the same on both sides. */
export interface Difference {
  readonly status: 'removed' | 'added' | 'changed'
  /** As it is drawn: in the network now, or the id of its ghost; -1 for a network output. */
  readonly layer: LayerId
  readonly name: string
  readonly kind: string
  readonly scope: string
  /** What changed, in words. */
  readonly changes: readonly string[]
}

/** Layers that are gone, in ids of the network now, for the layout to draw among what is there. */
export interface Ghosts extends Plain {
  /** For layers that take other values now: those that they took, and the operand position from which they are drawn. */
  readonly oldInputs: readonly {
    readonly layer: LayerId
    readonly inputs: readonly TensorId[]
    readonly from: number
  }[]
}

export interface Compared {
  /** Scope by scope, in the order of the network. */
  readonly differences: readonly Difference[]
  readonly counts: {
    readonly removed: number
    readonly added: number
    readonly changed: number
    readonly kept: number
  }
  readonly ghosts: Ghosts
}

export interface HistoryCalls {
  /** The network of another file, to compare with: the port leads to the worker that read it. */
  readonly other: { readonly args: MessagePort; readonly result: null }
  /** The network now against another point of its history, or against the other file. */
  readonly compare: { readonly args: { base: HistoryId | 'file' }; readonly result: Compared }
  readonly name: { readonly args: { node: HistoryId; name: string | null }; readonly result: Moved }
  readonly bookmark: { readonly args: { node: HistoryId; wanted: boolean }; readonly result: Moved }
  readonly nameBranch: { readonly args: { first: HistoryId; name: string | null }; readonly result: Moved }
  /** Deletes a point and all behind it; where the network stands there it goes to the point before first. */
  readonly drop: { readonly args: { node: HistoryId; called: string }; readonly result: Moved }
  /** Counts what steps cost anew with these sizes. */
  readonly sizes: { readonly args: { said: Sizes }; readonly result: Moved }
  /** Brings back what was deleted last. */
  readonly restore: { readonly args: null; readonly result: Moved }
}

/** What the page is told of the history tree. Plain values. */
import type { CostSum } from '../../cost'
import type { HistoryId, LayerId } from '../../engine'

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

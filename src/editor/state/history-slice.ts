/** The steps, what became of their numbers, and how they are looked at. */
import type { HistoryId } from '../../engine'
import type { Verdict } from '../../verify'
import type { CompareState } from '../view/compare-view'
import { emptyTimeline } from '../protocol/timeline'
import type { Timeline } from '../protocol/timeline'

/** How the numbers of a step, or of the whole, came out; `checking` while they are computed. */
export type Check = Verdict | 'checking'

/** The verdict on the whole, and the point in history that it was given at. */
export interface WholeCheck {
  readonly at: HistoryId
  readonly check: Check
}

/** How the history is looked at. */
export interface HistoryPanel {
  readonly tab: 'steps' | 'branches' | 'bookmarks' | 'differences' | 'engine'
  /** What a name is being written for. */
  readonly naming: { readonly type: 'point' | 'branch'; readonly node: HistoryId } | null
  readonly filter: string
  /** Runs that a person folded or unfolded, by their first step. */
  readonly folds: ReadonlyMap<HistoryId, boolean>
}

export interface HistorySlice {
  readonly timeline: Timeline
  readonly verdicts: ReadonlyMap<HistoryId, Check>
  readonly whole: WholeCheck | null
  readonly panel: HistoryPanel
  readonly compare: CompareState | null
  /** The numbers of the network against those of the file that it is compared with; null where nobody asked. */
  readonly numbers: WholeCheck | null
}

/** What a network that is opened now begins with. */
export const freshHistory: HistorySlice = {
  timeline: emptyTimeline,
  verdicts: new Map<HistoryId, Check>(),
  whole: null,
  panel: { tab: 'steps', naming: null, filter: '', folds: new Map<HistoryId, boolean>() },
  compare: null,
  numbers: null,
}

export const initialHistory: HistorySlice = {
  ...freshHistory,
}

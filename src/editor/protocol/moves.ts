/** Moves through history, and what can be asked of a run. Plain values. */
import type { HistoryId, LayerId } from '../../engine'
import type { Plain } from './codec'
import type { TimelineNews } from './timeline-news'

/** A step as it can be done again: a pattern at a layer, or a prune without one. */
export interface Act {
  readonly label: string
  readonly root: LayerId | null
}

/** One move through history. */
export interface MoveStep {
  readonly node: HistoryId
  readonly direction: 'forward' | 'backward'
  /** The point that the move leads to. */
  readonly to: HistoryId
  readonly transaction: Plain
}

/** @typeParam T the timeline as it crosses, or as it is on the side that has the history */
export interface Moved<T = TimelineNews> {
  readonly steps: readonly MoveStep[]
  readonly timeline: T
  /** Why a match that was listed was not applied after all. */
  readonly declined?: string
}

/** A pattern that is to take part in a run. */
export interface Wanted {
  readonly label: string
  readonly benefit: number
}

export interface PlanRequest {
  readonly wanted: readonly Wanted[]
  /** The whole library: in stages, and what is unused layers removed at the end. */
  readonly whole: boolean
  /** Only at layers in this module scope; everywhere without it. */
  readonly scope?: string
}

/** The value whose elements are shown. */
import type { HistoryId, TensorId } from '../../engine'
import type { RunReport } from '../protocol/run-calls'
import type { RunDifference, ValueHead, ValueRef } from '../protocol/values-calls'
import type { Histogram, Statistics } from '../values/statistics'

export interface ShownValue {
  readonly of: ValueRef
  /** Of the tensor. */
  readonly name: string
  /** null until it has been asked for. */
  readonly head: ValueHead | null
  readonly statistics: Statistics | null
  readonly histogram: Histogram | null
  /** How much has been read for these; null where nothing is being read. */
  readonly fraction: number | null
  /** Why it cannot be read; null where it can. */
  readonly problem: string | null
}

/** The network as it is at one point of its history, run once. */
export interface ShownRun {
  readonly run: number
  readonly point: HistoryId
  /** The point in words. */
  readonly label: string
  readonly report: RunReport
}

/** Values that were computed, and what they are compared with. */
export interface RunState {
  /** How far the run is that is under way; null for none. */
  readonly fraction: number | null
  readonly now: ShownRun | null
  /** Another point of the history, run on the same inputs. */
  readonly base: ShownRun | null
  /** Of what stands for the same in both, by the tensor of now; null until they are known, or where nothing is compared. */
  readonly differences: ReadonlyMap<TensorId, RunDifference> | null
  /** Why it cannot be run; null where it can. */
  readonly problem: string | null
}

export interface ValueSlice {
  readonly value: ShownValue | null
  readonly run: RunState
}

/** What a network that is opened now begins with. */
export const freshValue: ValueSlice = {
  value: null,
  run: { fraction: null, now: null, base: null, differences: null, problem: null },
}

/** The value whose elements are shown. */
import type { ValueHead, ValueRef } from '../protocol/values-calls'
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

export interface ValueSlice {
  readonly value: ShownValue | null
}

/** What a network that is opened now begins with. */
export const freshValue: ValueSlice = { value: null }

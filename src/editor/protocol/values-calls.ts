/** Every message to the values worker, which reads the elements of weights and keeps those that runs gave. Plain values. */
import type { DType, TensorId } from '../../engine'
import type { ValueDifference } from '../../verify'
import type { Histogram, Statistics } from '../values/statistics'
import type { TableWindow } from '../values/window'

/** Whose elements: those of a constant of the network as it is now, or those that a run gave. */
export type ValueRef =
  | { readonly type: 'constant'; readonly tensor: TensorId }
  | { readonly type: 'run'; readonly run: number; readonly tensor: TensorId }

/** How far a value of one run is from that of another. */
export interface RunDifference extends ValueDifference {
  readonly before: TensorId
  readonly after: TensorId
}

/** What is known of a value before its elements are read. */
export interface ValueHead {
  readonly dtype: DType
  readonly shape: readonly number[]
  /** null where there are none to be had. */
  readonly bytes: number | null
  /** Of texts all of them: they are few. */
  readonly strings: readonly string[] | null
  /** Why its elements cannot be shown as numbers; null where they can. */
  readonly problem: string | null
}

export interface ValuesCalls {
  /** Where the engine worker answers `EvidenceCalls`. */
  readonly connect: { readonly args: MessagePort; readonly result: null }
  /** null for a value that is not there any more. */
  readonly head: { readonly args: { of: ValueRef }; readonly result: ValueHead | null }
  /** Ends when another value's are asked for, or `stop` is called: null then. */
  readonly statistics: { readonly args: { of: ValueRef }; readonly result: Statistics | null }
  /** The same. */
  readonly histogram: {
    readonly args: { of: ValueRef; statistics: Statistics }
    readonly result: Histogram | null
  }
  readonly stop: { readonly args: null; readonly result: null }
  /** Where a run worker hands over what it computes. */
  readonly keepAt: { readonly args: MessagePort; readonly result: null }
  /** Lets go of the values of all runs but these. */
  readonly keepOnly: { readonly args: { runs: readonly number[] }; readonly result: null }
  /** Of the pairs of which both values are kept. */
  readonly differences: {
    readonly args: { before: number; after: number; pairs: readonly (readonly [TensorId, TensorId])[] }
    readonly result: readonly RunDifference[]
  }
  readonly window: { readonly args: { of: ValueRef; window: TableWindow }; readonly result: readonly string[] }
  readonly npy: { readonly args: { of: ValueRef }; readonly result: Blob }
}

export interface ValuesEvents {
  /** How much of the value has been read. */
  readonly progress: { readonly fraction: number }
}

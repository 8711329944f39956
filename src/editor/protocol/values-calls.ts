/** Every message to the values worker, which reads the elements of weights. Plain values. */
import type { DType, TensorId } from '../../engine'
import type { Histogram, Statistics } from '../values/statistics'
import type { TableWindow } from '../values/window'

/** Whose elements: those of a constant of the network as it is now. */
export interface ValueRef {
  readonly type: 'constant'
  readonly tensor: TensorId
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
  readonly window: { readonly args: { of: ValueRef; window: TableWindow }; readonly result: readonly string[] }
  readonly npy: { readonly args: { of: ValueRef }; readonly result: Blob }
}

export interface ValuesEvents {
  /** How much of the value has been read. */
  readonly progress: { readonly fraction: number }
}

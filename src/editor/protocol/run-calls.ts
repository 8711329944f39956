/** Every message to a run worker, which runs the network once and tells what each value is. Plain values. */
import type { DType, HistoryId, LayerId, TensorId } from '../../engine'
import type { ConstantData } from './constant-data'

export interface RunRequest {
  /** The network as it is at these points of its history, all on the same inputs. */
  readonly points: readonly {
    /** Names the run to whoever keeps its values. */
    readonly run: number
    readonly point: HistoryId
  }[]
  readonly seed: number
  /** By the name of the network input; inputs without a file get random values. */
  readonly files: ReadonlyMap<string, File>
  /** What a person said of symbolic sizes. */
  readonly sizes: Readonly<Record<string, number>>
}

/** A value that was given or computed. */
export interface RunValue {
  readonly tensor: TensorId
  readonly name: string
  readonly dtype: DType
  readonly shape: readonly number[]
  /** The layer that made it; null for an input. */
  readonly layer: LayerId | null
  readonly kind: string
  /** Its elements were more than there is room for. */
  readonly dropped: boolean
}

export interface RunReport {
  /** In the order in which they were computed, inputs first. */
  readonly values: readonly RunValue[]
  readonly failed: readonly {
    readonly layer: LayerId
    readonly name: string
    readonly kind: string
    readonly reason: string
  }[]
  /** How many layers need what these did not give. */
  readonly blocked: number
}

export interface RunCalls {
  /** Where the engine worker answers `EvidenceCalls`. */
  readonly connect: { readonly args: MessagePort; readonly result: null }
  /** Where the values worker answers `KeepCalls`. */
  readonly keepAt: { readonly args: MessagePort; readonly result: null }
  readonly run: { readonly args: RunRequest; readonly result: readonly RunReport[] }
}

export interface RunEvents {
  readonly progress: { readonly fraction: number }
}

/** What the values worker keeps for whoever computes. */
export interface KeepCalls {
  /** Whether there was room for it. */
  readonly keep: {
    readonly args: { readonly run: number; readonly tensor: TensorId; readonly value: ConstantData }
    readonly result: boolean
  }
}

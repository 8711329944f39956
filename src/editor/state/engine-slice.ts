/** A built engine that is laid over the open network. */
import type { Kernel } from '../../dialects/tensorrt'

export interface LaidEngine {
  /** Of the file. */
  readonly name: string
  readonly kernels: readonly Kernel[]
  /** Whether times are known. */
  readonly timed: boolean
}

export interface EngineSlice {
  readonly engine: LaidEngine | null
}

export const freshEngine: EngineSlice = { engine: null }

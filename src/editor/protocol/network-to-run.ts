import type { TensorId } from '../../engine'
import type { Plain } from './codec'
import type { ConstantData } from './constant-data'

/** A network to be run: large constants are told where they lie, and not read. */
export interface NetworkToRun {
  /** Without its layers. */
  readonly snapshot: Plain
  readonly layers: Plain
  readonly constants: readonly (readonly [TensorId, ConstantData])[]
}

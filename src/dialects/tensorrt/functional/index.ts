/** The module's functionals, in TypeScript's casing. Each makes the layers that the original makes, in the same order. */
import './methods'

export { constant } from './core'
export type { Operand } from './core'
export { Conditional } from './conditional'
export * from './elementwise'
export * from './indexing'
export * from './language'
export { input, linear } from './linear'
export * from './matmul'
export * from './plugins'
export * from './reduction'
export {
  chunk,
  concat,
  expandDims,
  expandDimsLike,
  flatten,
  flip,
  gather,
  permute,
  shape,
  slice,
  split,
  squeeze,
  stack,
  transpose,
  unbind,
  unsqueeze,
  view,
} from './shape'

/** The module's functionals, in TypeScript's casing. Each makes the layers that the original makes, in the same order. */
import './methods'

export { constant } from './core'
export type { Operand } from './core'
export { Conditional } from './conditional'
export * from './elementwise'
export * from './indexing'
export * from './language'
export type { DimRange } from './dim-ranges'
export { input, linear } from './linear'
export * from './adapters'
export * from './collectives'
export * from './embedding'
export * from './matmul'
export { categoricalSample, cumsum, rand, topk } from './ordering'
export { bertAttention, cudaStreamSync, gemmPlugin, gemmSwiglu, plugin, typeId } from './plugins'
export {
  blockDoubleDequantize,
  dequantize,
  dynamicQuantize,
  quantize,
  quantizeFp8PerToken,
  quantizePerToken,
  quantizeTensor,
  quantizeToFp4Tensor,
} from './quantization'
export type { ByPlugin } from './quantization'
export {
  fp8RowwiseLayerNorm,
  fp8RowwiseRmsNorm,
  fusedLayernorm,
  smoothQuantLayerNorm,
  smoothQuantRmsNorm,
} from './quantized-norms'
export * from './quantized-products'
export * from './recurrent'
export { interpolate, meshgrid2d, rearrange } from './rearrange'
export * from './reduction'
export { RopeEmbeddingUtils } from './rope'
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

export { tensorrtDialect } from './dialect'
export {
  activation,
  add,
  cast,
  constant,
  elementwise,
  input,
  linear,
  matmul,
  mul,
  softmax,
  sub,
  unary,
  view,
} from './functional'
export { gptAttention } from './gpt-attention'
export type { GptAttentionArgs, GptAttentionCall } from './gpt-attention'
export { gptAttentionNetwork } from './gpt-network'
export type { GptNetworkSizes } from './gpt-network'
export { ElementWiseOperation } from './enums'
export { LayerType } from './layer-type'
export { axesOfMask, maskOfAxes } from './masks'
export type * from './views'

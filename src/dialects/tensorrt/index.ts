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
export { lowerOnnx } from './lower/lower-onnx'
export { pluginTexts } from './lower/plugin-texts'
export type { Lowered, Unlowered } from './lower/lower-onnx'
export { RaiseError } from './raise/error'
export { raiseToOnnx } from './raise/raise-to-onnx'
export type * from './views'

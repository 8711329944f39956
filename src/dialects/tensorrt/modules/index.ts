/** Modules of TensorRT-LLM: layers, decoders, and passes that rewrite them before they are called. */
export { Attention } from './attention'
export type { AttentionInputs, AttentionOptions } from './attention'
export { ColumnLinear, Conv2d, Embedding, GroupNorm, LayerNorm, Linear, RmsNorm, RowLinear } from './layers'
export type { LinearOptions } from './layers'
export { FusedGatedMLP, GatedMLP, MLP } from './mlp'
export type { HiddenAct, MLPOptions } from './mlp'
export { DecoderForCausalLM, GPTForCausalLM, LLaMAForCausalLM } from './models'
export type { DecoderConfig, DecoderInputs } from './models'
export { Module, ModuleList, Parameter } from './module'
export { addLora, fuseGateMlp, LoraLinear, shareEmbedding, smoothQuantize, SmoothQuantLinear, weightOnlyQuantize, WeightOnlyQuantLinear } from './rewriting' // prettier-ignore
export type { ModuleChange } from './rewriting'

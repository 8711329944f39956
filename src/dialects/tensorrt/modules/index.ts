/** Modules of TensorRT-LLM: layers, decoders, and passes that rewrite them before they are called. */
export { Attention } from './attention'
export type { AttentionInputs, AttentionOptions } from './attention'
export { BertModel } from './bert'
export type { BertConfig } from './bert'
export { ColumnLinear, Conv2d, Embedding, GroupNorm, LayerNorm, Linear, PromptTuningEmbedding, RmsNorm, RowLinear } from './layers' // prettier-ignore
export type { EmbeddingSharing, LinearOptions, PromptInputs } from './layers'
export { FusedGatedMLP, GatedMLP, MLP } from './mlp'
export type { HiddenAct, MLPOptions } from './mlp'
export { DecoderForCausalLM, GPTForCausalLM, LLaMAForCausalLM } from './models'
export type { DecoderConfig, DecoderInputs } from './models'
export { Module, ModuleList, Parameter } from './module'
export { smoothQuantize, SmoothQuantLinear, weightOnlyQuantize, WeightOnlyQuantLinear } from './quantizing'
export { addLora, fuseGateMlp, LoraLinear, optimizeModel, parallelizeEmbedding, setPromptTuning, shareEmbedding, unfuseQkvGemm } from './rewriting' // prettier-ignore
export type { ModuleChange, OptimizeModelOptions } from './rewriting'

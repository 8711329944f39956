export { CountAdd, FuseAttentionWithBiasPass, RemovePadding, ReplaceAddWithSub } from './tensorrt/worked-examples'
export type { RemovePaddingArgs } from './tensorrt/worked-examples'

export { managerOf } from './library'
export type { Exactness, LibraryEntry, Stage, Target } from './library'
export { onnxLibrary } from './onnx-library'
export { optimize } from './optimize'
export { upgradeForTarget } from './upgrade-for-target'
export type { Upgraded } from './upgrade-for-target'
export { SqueezeExcite } from './convolution/squeeze-excite'
export { tensorrtLibrary } from './tensorrt/library'
export { libraryFor } from './library-for'
export { fusedLayers, kernelTimes, reformats } from './tensorrt/engine-analyzers'
export { activationBytes, cacheBytes, pluginsByType, precisions, withoutScope } from './tensorrt/analyzers'
export {
  CountAdd,
  FuseAttentionWithBiasPass,
  paddedSizes,
  RemovePadding,
  ReplaceAddWithSub,
} from './tensorrt/worked-examples'
export type { RemovePaddingArgs } from './tensorrt/worked-examples'

import { attentionKinds } from './attention'
import { controlKinds } from './control'
import { convolutionKinds } from './convolution'
import { elementwiseKinds } from './elementwise'
import { matmulKinds } from './matmul'
import { pluginKinds } from './plugin'
import { quantizeKinds } from './quantize'
import { reductionKinds } from './reduction'
import { shapeKinds } from './shape'

/** Every layer type of INetworkDefinition, by the names of `trt.LayerType`. */
export const LAYERS = {
  ...convolutionKinds,
  ...elementwiseKinds,
  ...reductionKinds,
  ...matmulKinds,
  ...shapeKinds,
  ...quantizeKinds,
  ...controlKinds,
  ...attentionKinds,
  ...pluginKinds,
}

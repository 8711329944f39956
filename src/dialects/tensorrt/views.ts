import type { ConstantValue, LayerRecord } from '../../engine'
import { LayerType } from './layer-type'
import type {
  ActivationType,
  ElementWiseOperation,
  MatrixOperation,
  ReduceOperation,
  UnaryOperation,
} from './layer-type'

export interface IConstantLayer {
  readonly type: 'CONSTANT'
  readonly weights: ConstantValue
}
export interface IElementWiseLayer {
  readonly type: 'ELEMENTWISE'
  readonly op: ElementWiseOperation
}
export interface IMatrixMultiplyLayer {
  readonly type: 'MATRIX_MULTIPLY'
  readonly op0: MatrixOperation
  readonly op1: MatrixOperation
}
export interface IUnaryLayer {
  readonly type: 'UNARY'
  readonly op: UnaryOperation
}
/** In TensorRT the activation is called `type`, which is the layer's own type here. */
export interface IActivationLayer {
  readonly type: 'ACTIVATION'
  readonly activation: ActivationType
  readonly alpha: number
  readonly beta: number
}
export interface ISoftMaxLayer {
  readonly type: 'SOFTMAX'
  readonly axes: readonly number[]
}
export interface IShuffleLayer {
  readonly type: 'SHUFFLE'
  readonly firstTranspose: readonly number[] | null
  readonly reshapeDims: readonly number[] | null
}
export interface IReduceLayer {
  readonly type: 'REDUCE'
  readonly op: ReduceOperation
  readonly axes: readonly number[]
  readonly keepDims: boolean
}
export interface ICastLayer {
  readonly type: 'CAST'
  readonly toType: string
}
export interface INormalizationLayer {
  readonly type: 'NORMALIZATION'
  readonly axes: readonly number[]
  readonly epsilon: number
}
export interface IPluginV2Layer {
  readonly type: 'PLUGIN_V2'
  readonly plugin: { readonly pluginNamespace: string; readonly pluginType: string; readonly numOutputs: number }
}

/** What `layer.asLayer()` gives for each layer type: the members of TensorRT's own layer interfaces. */
export interface TensorRTLayerViews {
  CONSTANT: IConstantLayer
  ELEMENTWISE: IElementWiseLayer
  MATRIX_MULTIPLY: IMatrixMultiplyLayer
  UNARY: IUnaryLayer
  ACTIVATION: IActivationLayer
  SOFTMAX: ISoftMaxLayer
  SHUFFLE: IShuffleLayer
  REDUCE: IReduceLayer
  CAST: ICastLayer
  NORMALIZATION: INormalizationLayer
  PLUGIN_V2: IPluginV2Layer
}

export type TensorRTLayer = TensorRTLayerViews[keyof TensorRTLayerViews]

declare global {
  // eslint-disable-next-line @typescript-eslint/no-empty-object-type
  interface GraftLayerViews extends TensorRTLayerViews {}
}

/** The typed view of a layer record; undefined for a kind that is not TensorRT's. */
export function viewOf(record: LayerRecord): TensorRTLayer | undefined {
  const a = record.attributes
  switch (record.kind) {
    case LayerType.CONSTANT:
      return { type: 'CONSTANT', weights: a['weights'] as ConstantValue }
    case LayerType.ELEMENTWISE:
      return { type: 'ELEMENTWISE', op: a['op'] as ElementWiseOperation }
    case LayerType.MATRIX_MULTIPLY:
      return {
        type: 'MATRIX_MULTIPLY',
        op0: (a['op0'] ?? 'NONE') as MatrixOperation,
        op1: (a['op1'] ?? 'NONE') as MatrixOperation,
      }
    case LayerType.UNARY:
      return { type: 'UNARY', op: a['op'] as UnaryOperation }
    case LayerType.ACTIVATION:
      return {
        type: 'ACTIVATION',
        activation: a['activation'] as ActivationType,
        alpha: Number(a['alpha'] ?? 0),
        beta: Number(a['beta'] ?? 0),
      }
    case LayerType.SOFTMAX:
      return { type: 'SOFTMAX', axes: a['axes'] as number[] }
    case LayerType.SHUFFLE:
      return {
        type: 'SHUFFLE',
        firstTranspose: (a['firstTranspose'] as number[] | undefined) ?? null,
        reshapeDims: (a['reshapeDims'] as number[] | undefined) ?? null,
      }
    case LayerType.REDUCE:
      return {
        type: 'REDUCE',
        op: a['op'] as ReduceOperation,
        axes: a['axes'] as number[],
        keepDims: a['keepDims'] === true,
      }
    case LayerType.CAST:
      return { type: 'CAST', toType: String(a['toType']) }
    case LayerType.NORMALIZATION:
      return { type: 'NORMALIZATION', axes: a['axes'] as number[], epsilon: Number(a['epsilon']) }
    case LayerType.PLUGIN_V2:
      return {
        type: 'PLUGIN_V2',
        plugin: {
          pluginNamespace: String(a['pluginNamespace']),
          pluginType: String(a['pluginType']),
          numOutputs: record.outputs.length,
        },
      }
    default:
      return undefined
  }
}

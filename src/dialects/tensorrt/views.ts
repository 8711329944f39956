import type { Attributes, LayerRecord } from '../../engine'
import { isConstantValue } from '../../engine'
import type { Attr } from './kinds/notation'
import { LAYERS } from './kinds/table'
import type { LayerType } from './layer-type'
import { PLUGIN_ATTRIBUTES } from './plugins'

/** `keep_dims` as TypeScript writes it: `keepDims`. */
type Camel<S extends string> = S extends `${infer Head}_${infer Tail}` ? `${Head}${Capitalize<Camel<Tail>>}` : S
type AttributesOf<K extends LayerType> = (typeof LAYERS)[K]['attributes']
type Viewed<A> = A extends Attr<infer T> ? T : never

/**
 * Members of a layer's interface: its attributes by their names in TensorRT's Python interface, in TypeScript's casing. Where one is
 * called `type`, which is the layer's own here, it bears the name that the layer has: `activation`, `pooling`.
 */
type View<K extends LayerType> = { readonly type: K } & {
  readonly [N in keyof AttributesOf<K> & string as N extends 'type' ? Lowercase<K> : Camel<N>]: Viewed<
    AttributesOf<K>[N]
  >
}

/** A plugin layer: `plugin` as `IPluginV2` tells of itself, with the fields that it was created with. */
interface PluginView<K extends LayerType> {
  readonly type: K
  readonly plugin: {
    readonly pluginType: string
    readonly pluginVersion: string
    readonly pluginNamespace: string
    readonly numOutputs: number
    readonly fields: Attributes
  }
}

type PluginType = 'PLUGIN' | 'PLUGIN_V2' | 'PLUGIN_V3'

/** What `layer.asLayer()` gives for each layer type: the members of TensorRT's own layer interfaces. */
export type TensorRTLayerViews = {
  readonly [K in LayerType]: K extends PluginType ? PluginView<K> : View<K>
}
export type TensorRTLayer = TensorRTLayerViews[LayerType]

export type IConvolutionLayer = TensorRTLayerViews['CONVOLUTION']
export type IDeconvolutionLayer = TensorRTLayerViews['DECONVOLUTION']
export type IPoolingLayer = TensorRTLayerViews['POOLING']
export type IPaddingLayer = TensorRTLayerViews['PADDING']
export type IResizeLayer = TensorRTLayerViews['RESIZE']
export type IGridSampleLayer = TensorRTLayerViews['GRID_SAMPLE']
export type IElementWiseLayer = TensorRTLayerViews['ELEMENTWISE']
export type IUnaryLayer = TensorRTLayerViews['UNARY']
export type IActivationLayer = TensorRTLayerViews['ACTIVATION']
export type IParametricReLULayer = TensorRTLayerViews['PARAMETRIC_RELU']
export type ISelectLayer = TensorRTLayerViews['SELECT']
export type IScaleLayer = TensorRTLayerViews['SCALE']
export type ICastLayer = TensorRTLayerViews['CAST']
export type IIdentityLayer = TensorRTLayerViews['IDENTITY']
export type IReduceLayer = TensorRTLayerViews['REDUCE']
export type ISoftMaxLayer = TensorRTLayerViews['SOFTMAX']
export type IRaggedSoftMaxLayer = TensorRTLayerViews['RAGGED_SOFTMAX']
export type ITopKLayer = TensorRTLayerViews['TOPK']
export type ICumulativeLayer = TensorRTLayerViews['CUMULATIVE']
export type ILRNLayer = TensorRTLayerViews['LRN']
export type INormalizationLayer = TensorRTLayerViews['NORMALIZATION']
export type IAssertionLayer = TensorRTLayerViews['ASSERTION']
export type IMatrixMultiplyLayer = TensorRTLayerViews['MATRIX_MULTIPLY']
export type IEinsumLayer = TensorRTLayerViews['EINSUM']
export type IConstantLayer = TensorRTLayerViews['CONSTANT']
export type IFillLayer = TensorRTLayerViews['FILL']
export type IShuffleLayer = TensorRTLayerViews['SHUFFLE']
export type ISqueezeLayer = TensorRTLayerViews['SQUEEZE']
export type IUnsqueezeLayer = TensorRTLayerViews['UNSQUEEZE']
export type IShapeLayer = TensorRTLayerViews['SHAPE']
export type IConcatenationLayer = TensorRTLayerViews['CONCATENATION']
export type ISliceLayer = TensorRTLayerViews['SLICE']
export type IGatherLayer = TensorRTLayerViews['GATHER']
export type IScatterLayer = TensorRTLayerViews['SCATTER']
export type IOneHotLayer = TensorRTLayerViews['ONE_HOT']
export type INonZeroLayer = TensorRTLayerViews['NON_ZERO']
export type IReverseSequenceLayer = TensorRTLayerViews['REVERSE_SEQUENCE']
export type INMSLayer = TensorRTLayerViews['NMS']
export type IQuantizeLayer = TensorRTLayerViews['QUANTIZE']
export type IDequantizeLayer = TensorRTLayerViews['DEQUANTIZE']
export type IDynamicQuantizeLayer = TensorRTLayerViews['DYNAMIC_QUANTIZE']
export type ITripLimitLayer = TensorRTLayerViews['TRIP_LIMIT']
export type IRecurrenceLayer = TensorRTLayerViews['RECURRENCE']
export type IIteratorLayer = TensorRTLayerViews['ITERATOR']
export type ILoopOutputLayer = TensorRTLayerViews['LOOP_OUTPUT']
export type IConditionLayer = TensorRTLayerViews['CONDITION']
export type IIfConditionalInputLayer = TensorRTLayerViews['CONDITIONAL_INPUT']
export type IIfConditionalOutputLayer = TensorRTLayerViews['CONDITIONAL_OUTPUT']
export type IAttentionInputLayer = TensorRTLayerViews['ATTENTION_INPUT']
export type IAttentionOutputLayer = TensorRTLayerViews['ATTENTION_OUTPUT']
export type IRotaryEmbeddingLayer = TensorRTLayerViews['ROTARY_EMBEDDING']
export type IKVCacheUpdateLayer = TensorRTLayerViews['KV_CACHE_UPDATE']
export type IMoELayer = TensorRTLayerViews['MOE']
export type IDistCollectiveLayer = TensorRTLayerViews['DIST_COLLECTIVE']
export type IPluginV2Layer = TensorRTLayerViews['PLUGIN_V2']
export type IPluginV3Layer = TensorRTLayerViews['PLUGIN_V3']

declare global {
  // eslint-disable-next-line @typescript-eslint/no-empty-object-type
  interface GraftLayerViews extends TensorRTLayerViews {}
}

const OWN: ReadonlySet<string> = new Set(PLUGIN_ATTRIBUTES)

/** The typed view of a layer record; undefined for a kind that is not TensorRT's. */
export function viewOf(record: LayerRecord): TensorRTLayer | undefined {
  const { kind, attributes } = record
  if (!Object.hasOwn(LAYERS, kind)) return undefined
  if (kind.startsWith('PLUGIN')) return pluginView(record)
  const known: Readonly<Record<string, Attr<unknown>>> = LAYERS[kind as LayerType].attributes
  const view: Record<string, unknown> = { type: kind }
  for (const [name, { default: usual }] of Object.entries(known)) {
    const value = attributes[name] ?? usual ?? null
    const member = name === 'type' ? kind.toLowerCase() : name.replace(/_(.)/g, (_, c: string) => c.toUpperCase())
    view[member] = typeof usual === 'boolean' && !isConstantValue(value) ? Boolean(value) : value
  }
  return view as unknown as TensorRTLayer
}

function pluginView({ kind, attributes: a, outputs }: LayerRecord): TensorRTLayer {
  const word = (name: string, usual: string): string => (typeof a[name] === 'string' ? a[name] : usual)
  const plugin = {
    pluginType: word('plugin_type', ''),
    pluginVersion: word('plugin_version', '1'),
    pluginNamespace: word('plugin_namespace', ''),
    numOutputs: outputs.length,
    fields: Object.fromEntries(Object.entries(a).filter(([name]) => !OWN.has(name))),
  }
  return { type: kind as PluginType, plugin }
}

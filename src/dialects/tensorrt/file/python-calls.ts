/**
 * How TensorRT's Python interface makes each layer. `{0}` is an operand, `{*}` all of them, `{op}` an attribute; operands that do not
 * stand there are set by `set_input`, attributes by their names. `loop(...)` and `conditional(...)` are the script's.
 */
import * as enums from '../enums'
import type { LayerType } from '../layer-type'

export const CALLS: Readonly<Record<Exclude<LayerType, Unwritten>, string>> = {
  CONVOLUTION: 'network.add_convolution_nd({0}, {num_output_maps}, {kernel_size_nd}, {kernel}, {bias})',
  DECONVOLUTION: 'network.add_deconvolution_nd({0}, {num_output_maps}, {kernel_size_nd}, {kernel}, {bias})',
  POOLING: 'network.add_pooling_nd({0}, {type}, {window_size_nd})',
  PADDING: 'network.add_padding_nd({0}, {pre_padding_nd}, {post_padding_nd})',
  RESIZE: 'network.add_resize({0})',
  GRID_SAMPLE: 'network.add_grid_sample({0}, {1})',
  ELEMENTWISE: 'network.add_elementwise({0}, {1}, {op})',
  UNARY: 'network.add_unary({0}, {op})',
  ACTIVATION: 'network.add_activation({0}, {type})',
  PARAMETRIC_RELU: 'network.add_parametric_relu({0}, {1})',
  SELECT: 'network.add_select({0}, {1}, {2})',
  SCALE: 'network.add_scale_nd({0}, {mode}, {shift}, {scale}, {power}, {channel_axis})',
  CAST: 'network.add_cast({0}, {to_type})',
  IDENTITY: 'network.add_identity({0})',
  REDUCE: 'network.add_reduce({0}, {op}, {axes}, {keep_dims})',
  SOFTMAX: 'network.add_softmax({0})',
  RAGGED_SOFTMAX: 'network.add_ragged_softmax({0}, {1})',
  TOPK: 'network.add_topk({0}, {op}, {k}, {axes})',
  CUMULATIVE: 'network.add_cumulative({0}, {1}, {op}, {exclusive}, {reverse})',
  LRN: 'network.add_lrn({0}, {window_size}, {alpha}, {beta}, {k})',
  NORMALIZATION: 'network.add_normalization({0}, {1}, {2}, {axes})',
  ASSERTION: 'network.add_assertion({0}, {message})',
  MATRIX_MULTIPLY: 'network.add_matrix_multiply({0}, {op0}, {1}, {op1})',
  EINSUM: 'network.add_einsum([{*}], {equation})',
  CONSTANT: 'network.add_constant({shape}, {weights})',
  FILL: 'network.add_fill({shape}, {operation}, {to_type})',
  SHUFFLE: 'network.add_shuffle({0})',
  SQUEEZE: 'network.add_squeeze({0}, {1})',
  UNSQUEEZE: 'network.add_unsqueeze({0}, {1})',
  SHAPE: 'network.add_shape({0})',
  CONCATENATION: 'network.add_concatenation([{*}])',
  SLICE: 'network.add_slice({0}, {start}, {shape}, {stride})',
  GATHER: 'network.add_gather_v2({0}, {1}, {mode})',
  SCATTER: 'network.add_scatter({0}, {1}, {2}, {mode})',
  ONE_HOT: 'network.add_one_hot({0}, {1}, {2}, {axis})',
  NON_ZERO: 'network.add_non_zero({0})',
  REVERSE_SEQUENCE: 'network.add_reverse_sequence({0}, {1})',
  NMS: 'network.add_nms({0}, {1}, {2})',
  QUANTIZE: 'network.add_quantize({0}, {1}, {to_type})',
  DEQUANTIZE: 'network.add_dequantize({0}, {1}, {to_type})',
  DYNAMIC_QUANTIZE: 'network.add_dynamic_quantize({0}, {axis}, {block_size}, {to_type}, {scale_type})',
  TRIP_LIMIT: 'loop({loop}).add_trip_limit({0}, {kind})',
  RECURRENCE: 'loop({loop}).add_recurrence({0})',
  ITERATOR: 'loop({loop}).add_iterator({0}, {axis}, {reverse})',
  LOOP_OUTPUT: 'loop({loop}).add_loop_output({0}, {kind}, {axis})',
  CONDITION: 'conditional({conditional}).set_condition({0})',
  CONDITIONAL_INPUT: 'conditional({conditional}).add_input({0})',
  CONDITIONAL_OUTPUT: 'conditional({conditional}).add_output({0}, {1})',
  ROTARY_EMBEDDING: 'network.add_rotary_embedding({0}, {1}, {2}, {interleaved}, {rotary_embedding_dim})',
  PLUGIN_V2: 'network.add_plugin_v2([{*}], {plugin})',
  PLUGIN_V3: 'network.add_plugin_v3([{*}], [], {plugin})',
}

/** Layers of newer versions of TensorRT and plugins of older ones, whose calls are not certain. */
type Unwritten = 'PLUGIN' | 'ATTENTION_INPUT' | 'ATTENTION_OUTPUT' | 'KV_CACHE_UPDATE' | 'MOE' | 'DIST_COLLECTIVE'

/** What stands for an attribute that an operand gives, or that is not set. */
export const INSTEAD: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  CONVOLUTION: { kernel: 'trt.Weights()', bias: 'trt.Weights()' },
  DECONVOLUTION: { kernel: 'trt.Weights()', bias: 'trt.Weights()' },
  SCALE: { shift: 'trt.Weights()', scale: 'trt.Weights()', power: 'trt.Weights()', channel_axis: '1' },
  TOPK: { k: '0' },
  FILL: { shape: '()' },
}

const CLASSES: readonly (readonly [values: readonly string[], name: string])[] = [
  [enums.DataType, 'DataType'],
  [Object.values(enums.ElementWiseOperation), 'ElementWiseOperation'],
  [enums.UnaryOperation, 'UnaryOperation'],
  [enums.ActivationType, 'ActivationType'],
  [enums.ReduceOperation, 'ReduceOperation'],
  [enums.MatrixOperation, 'MatrixOperation'],
  [enums.SampleMode, 'SampleMode'],
  [enums.GatherMode, 'GatherMode'],
  [enums.ScatterMode, 'ScatterMode'],
  [enums.FillOperation, 'FillOperation'],
  [enums.PoolingType, 'PoolingType'],
  [enums.ScaleMode, 'ScaleMode'],
  [enums.InterpolationMode, 'InterpolationMode'],
  [enums.CoordinateTransformation, 'ResizeCoordinateTransformation'],
  [enums.ResizeSelector, 'ResizeSelector'],
  [enums.NearestRounding, 'ResizeRoundMode'],
  [enums.PaddingMode, 'PaddingMode'],
  [enums.TopKOperation, 'TopKOperation'],
  [enums.CumulativeOperation, 'CumulativeOperation'],
  [enums.LoopOutput, 'LoopOutput'],
  [enums.TripLimit, 'TripLimit'],
  [enums.BoundingBoxFormat, 'BoundingBoxFormat'],
  [['INT32', 'INT64'], 'DataType'],
  [['FLOAT', 'HALF'], 'DataType'],
]

/** The class of the enum that has these names. Where two have the same, as SUM of CUMULATIVE, these are told apart by all of them. */
export function enumOf(values: readonly string[]): string | null {
  const key = values.join()
  return CLASSES.find(([names]) => names.join() === key)?.[1] ?? null
}

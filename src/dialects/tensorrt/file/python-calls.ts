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
  ATTENTION_INPUT: 'attention({attention}, {0}, {1}, {2}, {norm_op}, {causal})',
  ATTENTION_OUTPUT: 'end_of({attention})',
  KV_CACHE_UPDATE: 'network.add_kv_cache_update({0}, {1}, {2}, {cache_mode})',
  MOE: 'network.add_moe({0}, {1}, {2})',
  DIST_COLLECTIVE: 'network.add_dist_collective({0}, {collective_operation}, {reduce_operation}, {root}, {groups})',
  PLUGIN_V2: 'network.add_plugin_v2([{*}], {plugin})',
  PLUGIN_V3: 'network.add_plugin_v3([{*}], [], {plugin})',
}

/** Plugins of older versions of TensorRT, whose call is not certain. */
type Unwritten = 'PLUGIN'

/** The same call with other arguments, where this attribute is given. */
export const OTHERWISE: Readonly<Record<string, { readonly given: string; readonly call: string }>> = {
  DYNAMIC_QUANTIZE: {
    given: 'block_shape',
    call: 'network.add_dynamic_quantize_v2({0}, {block_shape}, {to_type}, {scale_type})',
  },
}

/** What is said after the call where the operands that stand in it are given; `owner` is an attention. */
export const BEHIND: Readonly<Record<string, readonly string[]>> = {
  ATTENTION_INPUT: [
    'owner.mask = {3}',
    'owner.normalization_quantize_scale = {4}',
    'owner.query_lengths = {5}',
    'owner.key_value_lengths = {6}',
  ],
  KV_CACHE_UPDATE: ['layer.update_lengths = {3}'],
  MOE: [
    'layer.set_gated_weights({3}, {4}, {5}, {activation_type})',
    'layer.set_gated_biases({6}, {7}, {8})',
    'layer.set_quantization_static({9}, {quantization_to_type})',
    'layer.set_quantization_dynamic_dbl_q({10}, {quantization_to_type}, {quantization_block_shape}, {dyn_q_output_scale_type})',
  ],
}

/** What stands for an attribute that an operand gives, or that is not set. */
export const INSTEAD: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  CONVOLUTION: { kernel: 'trt.Weights()', bias: 'trt.Weights()' },
  DECONVOLUTION: { kernel: 'trt.Weights()', bias: 'trt.Weights()' },
  SCALE: { shift: 'trt.Weights()', scale: 'trt.Weights()', power: 'trt.Weights()' },
  TOPK: { k: '0' },
  FILL: { shape: '()' },
  DIST_COLLECTIVE: { reduce_operation: 'trt.ReduceOperation.NONE', root: '-1', groups: '()' },
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
  [enums.NormalizationOp, 'AttentionNormalizationOp'],
  [enums.CausalMaskKind, 'CausalMaskKind'],
  [enums.AttentionIOForm, 'AttentionIOForm'],
  [enums.KVCacheMode, 'KVCacheMode'],
  [enums.MoEActType, 'MoEActType'],
  [enums.CollectiveOperation, 'CollectiveOperation'],
  [['INT32', 'INT64'], 'DataType'],
  [['FP8', 'E8M0', 'FLOAT'], 'DataType'],
  [['FLOAT', 'HALF'], 'DataType'],
]

/** The class of the enum that has these names. Where two have the same, as SUM of CUMULATIVE, these are told apart by all of them. */
export function enumOf(values: readonly string[]): string | null {
  const key = values.join()
  return CLASSES.find(([names]) => names.join() === key)?.[1] ?? null
}

import { groupQueryAttention, multiHeadAttention, packedAttention } from '../infer/attention'
import { conv } from '../infer/convolution'
import { broadcast, mapped, mappedTo } from '../infer/elementwise'
import { fusedMatmul, gemm, matmul, matmulNBits, matmulTo } from '../infer/matmul'
import { embedLayerNormalization, skipLayerNormalization } from '../infer/normalization'
import { dequantize, quantize } from '../infer/quantization'
import { CONV } from './convolution'
import { float, floats, int, ints, op, required, text, type Operator } from './notation'

const MASK = { mask_filter_value: float(-10000), num_heads: required(int()), scale: float(), unidirectional: int(0) }

const attention: Operator[] = [
  op(
    'com.microsoft.Attention',
    'attention',
    'input weights bias? mask_index? past? attention_bias? past_sequence_length?',
    'output present?',
    {
      ...MASK,
      do_rotary: int(0),
      past_present_share_buffer: int(),
      qkv_hidden_sizes: ints(),
      rotary_embedding_dim: int(),
    },
    { infer: packedAttention },
  ),
  op(
    'com.microsoft.MultiHeadAttention',
    'attention',
    'query key? value? bias? key_padding_mask? attention_bias? past_key? past_value? past_sequence_length? cache_indirection?',
    'output present_key? present_value? qk?',
    MASK,
    { infer: multiHeadAttention },
  ),
  op(
    'com.microsoft.GroupQueryAttention',
    'attention',
    'query key? value? past_key? past_value? seqlens_k total_sequence_length cos_cache? sin_cache? position_ids? attention_bias? head_sink? k_scale? v_scale?',
    'output present_key? present_value? output_qk?',
    {
      do_rotary: int(0),
      k_quant_type: text('NONE'),
      kv_cache_bit_width: int(0),
      kv_num_heads: required(int()),
      local_window_size: int(-1),
      num_heads: required(int()),
      qk_output: int(0),
      rotary_interleaved: int(0),
      scale: float(),
      smooth_softmax: int(-1),
      softcap: float(0),
      v_quant_type: text('NONE'),
    },
    { infer: groupQueryAttention },
  ),
  op(
    'com.microsoft.RotaryEmbedding',
    'attention',
    'input position_ids cos_cache sin_cache',
    'output',
    {
      interleaved: int(0),
      is_packed_batching: int(0),
      num_heads: int(0),
      rotary_embedding_dim: int(0),
      scale: float(1),
    },
    { infer: mapped },
  ),
]

const SKIP_RESULTS = 'output mean? inv_std_var? input_skip_bias_sum?'

const normalization: Operator[] = [
  op(
    'com.microsoft.SkipLayerNormalization',
    'normalization',
    'input skip gamma beta? bias?',
    SKIP_RESULTS,
    { epsilon: float(1e-12) },
    { infer: skipLayerNormalization },
  ),
  op(
    'com.microsoft.SkipSimplifiedLayerNormalization',
    'normalization',
    'input skip gamma bias?',
    SKIP_RESULTS,
    { epsilon: float(1e-12) },
    { infer: skipLayerNormalization },
  ),
  op(
    'com.microsoft.EmbedLayerNormalization',
    'normalization',
    'input_ids segment_ids? word_embedding position_embedding segment_embedding? gamma beta mask? position_ids?',
    'output mask_index? embedding_sum?',
    { epsilon: float(1e-12), mask_index_type: int(0) },
    { infer: embedLayerNormalization },
  ),
  op(
    'com.microsoft.GroupNorm',
    'normalization',
    'X gamma beta',
    'Y',
    { activation: required(int()), channels_last: int(1), epsilon: float(1e-5), groups: required(int()) },
    { infer: mapped },
  ),
  op(
    'com.microsoft.SkipGroupNorm',
    'normalization',
    'X gamma beta skip bias?',
    'Y S?',
    { activation: required(int()), channels_last: int(1), epsilon: float(1e-5), groups: required(int()) },
    { infer: (c) => [mapped(c)[0] ?? null, mapped(c)[0] ?? null] },
  ),
]

const activation: Operator[] = [
  op('com.microsoft.Gelu', 'activation', 'X', 'Y', {}, { infer: mapped }),
  op('com.microsoft.BiasGelu', 'activation', 'A B', 'C', {}, { infer: broadcast }),
  op('com.microsoft.FastGelu', 'activation', 'X bias?', 'Y', {}, { infer: mapped }),
  op('com.microsoft.QuickGelu', 'activation', 'X', 'Y', { alpha: float(1.702) }, { infer: mapped }),
  op(
    'com.microsoft.BiasSoftmax',
    'activation',
    'data bias',
    'output',
    { axis: int(1), is_inner_broadcast: required(int()) },
    { infer: mapped },
  ),
]

const FUSED = { alpha: float(1), transA: int(0), transB: int(0) }
const NBITS = { K: required(int()), N: required(int()), block_size: required(int()) }

const matmuls: Operator[] = [
  op(
    'com.microsoft.FusedMatMul',
    'matmul',
    'A B',
    'Y',
    { ...FUSED, transBatchA: int(0), transBatchB: int(0) },
    { infer: fusedMatmul },
  ),
  op(
    'com.microsoft.FusedGemm',
    'matmul',
    'A B C?',
    'Y',
    {
      ...FUSED,
      activation: text(),
      activation_alpha: float(),
      activation_beta: float(),
      activation_gamma: float(),
      beta: float(1),
    },
    { infer: gemm },
  ),
  op(
    'com.microsoft.FusedConv',
    'convolution',
    'X W B? Z?',
    'Y',
    { ...CONV, activation: text(), activation_params: floats() },
    { infer: conv },
  ),
  op(
    'com.microsoft.MatMulNBits',
    'matmul',
    'A B scales zero_points? g_idx? bias?',
    'Y',
    { ...NBITS, accuracy_level: int(0), bits: int(4) },
    { infer: matmulNBits },
  ),
  op('com.microsoft.DynamicQuantizeMatMul', 'matmul', 'A B b_scale b_zero_point? bias?', 'Y', {}, { infer: matmul }),
  op(
    'com.microsoft.MatMulIntegerToFloat',
    'matmul',
    'A B a_scale b_scale a_zero_point? b_zero_point? bias?',
    'Y',
    {},
    { infer: matmulTo('float32') },
  ),
]

const QBINARY = 'A A_scale A_zero_point? B B_scale B_zero_point? C_scale C_zero_point?'

const quantization: Operator[] = [
  op(
    'com.microsoft.QuantizeLinear',
    'quantization',
    'x y_scale y_zero_point?',
    'y',
    { axis: int() },
    { infer: quantize },
  ),
  op(
    'com.microsoft.DequantizeLinear',
    'quantization',
    'x x_scale x_zero_point?',
    'y',
    { axis: int() },
    { infer: dequantize },
  ),
  op('com.microsoft.QLinearAdd', 'quantization', QBINARY, 'C', {}, { commutative: false, infer: qlinearBinary }),
  op('com.microsoft.QLinearMul', 'quantization', QBINARY, 'C', {}, { commutative: false, infer: qlinearBinary }),
  op(
    'com.microsoft.QLinearSigmoid',
    'quantization',
    'X X_scale X_zero_point? Y_scale Y_zero_point?',
    'Y',
    {},
    { infer: mapped },
  ),
]

function qlinearBinary(c: Parameters<typeof broadcast>[0]): ReturnType<typeof broadcast> {
  return broadcast({ ...c, inputs: [c.inputs[0] ?? null, c.inputs[3] ?? null] })
}

/** ONNX Runtime's own operators: what fusions become. */
export const microsoft: Operator[] = [
  ...attention,
  ...normalization,
  ...activation,
  ...matmuls,
  ...quantization,
  op('com.microsoft.Trilu', 'data-movement', 'X k?', 'Y', { upper: int(1) }, { infer: mapped }),
  op(
    'com.microsoft.IsAllFinite',
    'other',
    'input*',
    'output',
    { isinf_only: int(0), isnan_only: int(0) },
    {
      infer: mappedTo('bool'),
    },
  ),
]

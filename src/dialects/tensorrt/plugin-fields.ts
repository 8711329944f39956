import type { Attributes } from '../../engine'

/**
 * Fields of TensorRT-LLM's plugins with their types, in the order in which its functionals give them. A plugin reads the bytes of a field by
 * its own type: a scale of 1 that is written as INT32 is another number there.
 */
const FIELDS_OF: Readonly<Record<string, string>> = {
  AllReduce: 'group:i type_id:i strategy:b fusion_op:b eps:f affine:b bias:b scale:b',
  AllGather: 'group:i type_id:i',
  BertAttention: 'num_heads:i head_size:i q_scaling:f context_fmha_type:b type_id:i do_relative_attention:b max_distance:i remove_padding:b sage_attn:b sage_attn_q_block_size:i sage_attn_k_block_size:i sage_attn_v_block_size:i cp_size:i cp_rank:i cp_group:i',
  CpSplit: 'cp_size:i cp_rank:i',
  CudaStream: 'side_stream_id:i num_inputs:i type_id:i',
  CumsumLastDim: 'input_length:i type_id:i',
  Dora: 'type:i remove_input_padding:b out_hidden_sizes:i',
  Fp4Gemm: 'sv_vec_size:i output_type_id:i',
  Fp8RowwiseGemm: 'has_per_channel_scaling:i has_per_token_scaling:i type_id:i',
  FusedLayernorm: 'eps:f need_fp32_output:i need_quantize:i type_id:i',
  Gemm: 'transa:i transb:i pad_lda:i pad_ldb:i type_id:i use_fp8:i alpha:f',
  GemmAllReduce: 'type_a:i type_b:i type_d:i transa:i transb:i group:i has_sfa:b has_sfb:b alpha_is_ptr:b alpha:f',
  GemmSwiglu: 'type_id:i has_bias:b scale_d0:f scale_d1:f scale_output:f',
  GPTAttention: 'layer_idx:i num_heads:i vision_start:i vision_length:i num_kv_heads:i num_kv_heads_origin:i head_size:i unidirectional:i q_scaling:f attn_logit_softcapping_scale:f position_embedding_type:b rotary_embedding_dim:i rotary_embedding_base:f rotary_embedding_scale_type:b rotary_embedding_scale:f rotary_embedding_short_m_scale:f rotary_embedding_long_m_scale:f rotary_embedding_max_positions:i rotary_embedding_original_max_positions:i tp_size:i tp_rank:i unfuse_qkv_gemm:b context_fmha_type:b kv_cache_quant_mode:i remove_input_padding:b mask_type:i block_sparse_block_size:i block_sparse_homo_head_pattern:b block_sparse_num_local_blocks:i block_sparse_vertical_stride:i paged_kv_cache:i tokens_per_block:i type_id:i max_context_length:i qkv_bias_enabled:b do_cross_attention:b max_distance:i pos_shift_enabled:b dense_context_fmha:b use_paged_context_fmha:b use_fp8_context_fmha:b has_full_attention_mask:b use_cache:i is_spec_decoding_enabled:b spec_decoding_is_generation_length_variable:b spec_decoding_max_generation_length:i is_mla_enabled:b q_lora_rank:i kv_lora_rank:i qk_nope_head_dim:i qk_rope_head_dim:i v_head_dim:i fuse_fp4_quant:b skip_attn:b cp_size:i cp_rank:i cp_group:i use_logn_scaling:b',
  Layernorm: 'eps:f use_diff_of_squares:i type_id:i',
  // In fp8 by rows without use_diff_of_squares, else without sum_per_token and clamp_enabled, and with quant_mode at the end.
  LayernormQuantization: 'eps:f use_diff_of_squares:i dyn_act_scaling:i sum_per_token:i clamp_enabled:i quant_mode:i type_id:i out_type_id:i',
  Lookup: 'type_id:i rank:i',
  Lora: 'in_hidden_size:i transa:i transb:i num_lora_modules:i type_id:i remove_input_padding:b max_low_rank:i weight_index:i',
  LowLatencyGemm: 'alpha:f type_id:i',
  LowLatencyGemmSwiglu: 'type_id:i scale_output:f scale_d0:f scale_d1:f',
  LRU: 'dim:i block_size:i type_id:i remove_input_padding:b paged_state:b y_enabled:b y_bias_enabled:b fuse_gate_enabled:b gate_bias_enabled:b',
  MambaConv1d: 'dim:i dconv:i pre_stride:i post_stride:i type_id:i remove_input_padding:b paged_state:b apply_silu:b',
  QServeGemm: 'type_id:i group_size:i',
  QuantizePerToken: 'type_id:i quant_mode:i clamp_enabled:b sum_per_token:i',
  QuantizeTensor: '',
  QuantizeToFP4: '',
  Recv: 'src_rank:i type_id:i',
  ReduceScatter: 'group:i type_id:i',
  Rmsnorm: 'eps:f type_id:i',
  RmsnormQuantization: 'eps:f dyn_act_scaling:i sum_per_token:i clamp_enabled:i quant_mode:i type_id:i out_type_id:i',
  SelectiveScan: 'dim:i dstate:i dt_rank:i nheads:i ngroups:i chunk_size:i delta_softplus:b type_id:i remove_input_padding:b paged_state:b z_enabled:b is_mamba2:b',
  Send: 'tgt_rank:i type_id:i',
  SmoothQuantGemm: 'has_per_channel_scaling:i has_per_token_scaling:i type_id:i',
  TopkLastDim: 'type_id:i k:i is_largest:i',
  WeightOnlyGroupwiseQuantMatmul: 'type_id:i quant_algo:i group_size:i alpha:f',
  WeightOnlyQuantMatmul: 'type_id:i weight_type_id:i',
} // prettier-ignore

/** The namespace of TensorRT-LLM's plugins. */
export const TENSORRT_LLM = 'tensorrt_llm'

/** Whether a plugin layer is the one of TensorRT-LLM that has this type. */
export const isPluginOf = (attributes: Attributes, type: string): boolean =>
  attributes['plugin_type'] === type && attributes['plugin_namespace'] === TENSORRT_LLM

const TYPES: Readonly<Record<string, string>> = { b: 'INT8', i: 'INT32', f: 'FLOAT32' }

const tables = new Map<string, ReadonlyMap<string, string>>()

/** The fields of a plugin of TensorRT-LLM and their types (of `trt.PluginFieldType`), in order; null for one that is not known. */
export function pluginFields(type: string): ReadonlyMap<string, string> | null {
  if (!Object.hasOwn(FIELDS_OF, type)) return null
  const known = tables.get(type)
  if (known) return known
  const words = FIELDS_OF[type]!.split(' ').filter((w) => w !== '')
  const table = new Map(words.map((w) => [w.slice(0, -2), TYPES[w.slice(-1)]!]))
  tables.set(type, table)
  return table
}

/** Names of TensorRT-LLM's plugins whose fields are known. */
export const KNOWN_PLUGINS: readonly string[] = Object.keys(FIELDS_OF)

/**
 * The functionals one by one: that each is there, and which layers it makes in which order, as TensorRT-LLM's functional.py and
 * quantization/functional.py make them.
 */
import { describe, expect, test } from 'vitest'
import * as f from '../../../src/dialects/tensorrt'
import { KNOWN_PLUGINS, pluginFields } from '../../../src/dialects/tensorrt/plugin-fields'
import { ConstantValue, netGuard, Network } from '../../../src/engine'
import type { DType, Shape, Tensor } from '../../../src/engine'

/** Under the names of functional.py. `rand` throws there, and here. */
const NAMES = `
  add sub mul div floordiv gt lt op_and op_or op_xor eq minimum maximum pow int_clip modulo
  round sqrt exp sin cos abs log not_op unary relu tanh sigmoid activation clip
  silu swiglu squared_relu gelu geglu quick_gelu gegelu softplus log_softmax cast where
  view permute transpose flatten expand_dims unsqueeze squeeze expand_dims_like shape slice flip pad expand
  split chunk unbind concat stack repeat repeat_interleave gather gather_nd select index_select
  scatter scatter_nd masked_select masked_scatter nonzero arange constant rand categorical_sample
  reduce prod min mean max sum softmax argmax topk cumsum matmul einsum outer
  layer_norm rms_norm group_norm conv1d conv2d conv3d conv_transpose2d avg_pool2d interpolate
  embedding identity assertion gather_last_token_logits
  expand_mask generate_alibi_biases rearrange meshgrid2d generate_alibi_slopes generate_logn_scaling
  allreduce allgather reduce_scatter send recv gemm_allreduce gemm_swiglu low_latency_gemm low_latency_gemm_swiglu
  mamba_conv1d selective_scan bert_attention gpt_attention lora_plugin rg_lru cuda_stream_sync dora_plugin cp_split_plugin
  smooth_quant_gemm fp8_rowwise_gemm weight_only_quant_matmul weight_only_groupwise_quant_matmul qserve_gemm_per_group qserve_gemm_per_channel
  smooth_quant_layer_norm smooth_quant_rms_norm fp8_rowwise_layer_norm fp8_rowwise_rms_norm fused_layernorm
  quantize dequantize quantize_per_token quantize_fp8_per_token quantize_tensor quantize_to_fp4_tensor fp4_gemm dynamic_quantize block_double_dequantize
`.trim().split(/\s+/) // prettier-ignore

test.each(NAMES)('%s is there', (name) => {
  const camel = name.replace(/_(\w)/g, (_, c: string) => c.toUpperCase())
  expect((f as Record<string, unknown>)[camel]).toBeTypeOf('function')
})

/** By letters; `#` is the size of one dimension, S C G V. */
const LETTERS: Readonly<Record<string, string>> = {
  ACTIVATION: 'A', ASSERTION: 'a', CAST: 'T', CONCATENATION: 'K', CONDITION: '?', CONDITIONAL_INPUT: '<', CONDITIONAL_OUTPUT: '>', CONSTANT: 'C',
  CONVOLUTION: 'v', DECONVOLUTION: 'd', DEQUANTIZE: 'w', DYNAMIC_QUANTIZE: 'y', EINSUM: 'e', ELEMENTWISE: 'E', FILL: 'F', GATHER: 'G', IDENTITY: 'I',
  MATRIX_MULTIPLY: 'M', NON_ZERO: 'z', NORMALIZATION: 'N', PLUGIN_V2: 'P', POOLING: 'p', QUANTIZE: 'q', REDUCE: 'R', RESIZE: 'r', SCATTER: 'c',
  SELECT: 's', SHAPE: 'S', SHUFFLE: 'V', SLICE: 'L', SOFTMAX: 'x', TOPK: 'k', UNARY: 'U',
} // prettier-ignore

let inputs = 0
const of = (dtype: DType, ...shape: Shape): Tensor => f.input(`x${inputs++}`, dtype, shape)
const x = (...shape: Shape): Tensor => of('float32', ...shape)
const weight = (...shape: number[]): Tensor =>
  f.constant(ConstantValue.of('float32', shape, new Float32Array(shape.reduce((a, b) => a * b, 1))))

/** One size less 1, or 1 where that is less: a stride of `expand`. */
const STRIDE = '#CSCKVECE'
/** A dimension of 1 in front of one, and of two. */
const [WIDE, WIDER] = ['SCGCKV', 'SCGCCKV']

const layersOf = (build: () => unknown): string => {
  const network = new Network(f.tensorrtDialect)
  netGuard(network, build)
  const letters = network.getLayers().map((l) => LETTERS[l.kind] ?? `<${l.kind}>`)
  return letters.join('').replaceAll('SCGV', '#')
}

test.each<[name: string, build: () => unknown, layers: string]>([
  ['add of two ranks', () => f.add(x(3, 4), x(4)), `${WIDE} E`],
  ['add of a number', () => f.add(x(3, 4), 2), `C ${WIDE} E`],
  ['a number before', () => f.sub(2, x(3)), 'C E'],
  ['int32 with int64', () => f.sub(of('int32', 3), of('int64', 3)), 'T E'],
  ['pow', () => f.pow(x(3), 2), 'C E'],
  ['int_clip', () => f.intClip(of('int64', 3), 1, 2), 'CE CE'],
  ['modulo', () => f.modulo(of('int64', 3), 3), 'CE CE E'],
  ['>=', () => x(3).ge(x(3)), 'E E E'],
  ['unary, in the order of the module', () => f.unary(x(3), 'TAN'), 'U'],
  ['activation', () => f.activation(x(3), 'SELU'), 'A'],
  ['silu', () => f.silu(x(3)), 'A E'],
  ['swiglu', () => f.swiglu(x(3, 4)), 'CC ## C CKVKL CKVKL AE E'],
  ['squared_relu', () => f.squaredRelu(x(3)), 'A CE'],
  ['gelu', () => f.gelu(x(3)), 'CE CE CE E CE A CE E'],
  ['quick_gelu', () => f.quickGelu(x(3)), 'CE A E'],
  ['log_softmax', () => f.logSoftmax(x(3, 4), -1), 'R E U R U E'],
  ['where of ranks', () => f.where(of('bool', 3), x(2, 3), x(3)), `${WIDE} ${WIDE} s`],
  ['where of numbers', () => f.where(of('bool', 3), 1.5, -2), 'CC s'],
  ['view by a tensor', () => f.view(x(3, 4), of('int64', 1)), 'V'],
  ['expand_dims', () => f.expandDims(x(3, 4), [0, 2]), 'S CG CG CC K V'],
  ['expand_dims by int32', () => f.expandDims(x(3), 0, 'int32'), 'ST CG C K V'],
  ['squeeze', () => f.squeeze(x(3, 1, 4), 1), '## VV K V'],
  ['squeeze to a scalar', () => f.squeeze(x(1, 1)), 'V'],
  ['expand_dims_like of a number', () => f.expandDimsLike(2, x(2, 3)), `C ${WIDE}`],
  ['shape', () => f.shape(x(3), 0, 'int32'), 'ST CG V'],
  ['slice that fills', () => f.slice(x(3), [0], [5], null, 'FILL', 1.5), 'C L'],
  ['pad by a tensor', () => f.pad(x(3), of('int32', 2)), 'VV CK C ## G VVKV CC ## C CKVKL CKVKL V CE E V ST E T C L'],
  ['expand', () => f.expand(x(1, 3), of('int64', 2)), `${STRIDE} ${STRIDE} K L`],
  ['concat of numbers', () => f.concat([f.shape(x(3), 0), 2]), '# C V K'],
  ['stack', () => f.stack([x(3), x(3)]), `${WIDE} ${WIDE} K`],
  ['repeat', () => f.repeat(x(2, 3), [2, 1]), 'K K'],
  ['repeat_interleave', () => f.repeatInterleave(x(2, 3), 2, 0), `SCGCGCKV ## C VV K ${STRIDE}${STRIDE}${STRIDE} K L ## ${'CSCKVE'} VK V`],
  ['select', () => f.select(x(3, 4), 0, 1), 'C # G VK V'],
  ['index_select', () => f.indexSelect(x(3, 4), 0, of('int64', 2)), '## G VVK V'],
  ['masked_select', () => f.maskedSelect(x(3), of('bool', 3)), `S ${STRIDE} KL z V G`],
  ['masked_scatter', () => f.maskedScatter(x(3), of('bool', 3), x(3)), `S ${STRIDE} KL z V V c`],
  ['arange of numbers', () => f.arange(0, 4, 'int32'), 'CC C E V T F'],
  ['arange of two types', () => f.arange(of('int32'), of('int64'), 'float32'), 'T C E V F T'],
  ['categorical_sample', () => f.categoricalSample(x(2, 5), x(2)), `R E # VK SCGCKV S ${STRIDE}${STRIDE} KL SPV EEE T k CSGV`],
  ['argmax', () => f.argmax(x(3, 4), 1), 'k C S G V'],
  ['argmax that keeps the dimension', () => f.argmax(x(3, 4), 1, true), 'k'],
  ['topk of an open size', () => f.topk(x(2, 3, 'n'), 2, -1), '# ## CVVK CVKV P VV'],
  ['topk by a tensor', () => f.topk(x(3, 4), of('int32', 1), 1), 'V k'],
  ['cumsum of an open size', () => f.cumsum(x(2, 3, 'n'), -1), '# S CVKV P V'],
  ['cumsum of a vector', () => f.cumsum(x(4), 0), `S ${WIDE} P V`],
  ['cumsum by a triangle', () => f.cumsum(x(2, 4), 1, { preferPlugin: false }), `# C CEVF ${WIDE} ${WIDE} EEE T SCGCGCKV SCGCGCKV E R`],
  ['matmul of two ranks', () => f.matmul(x(3, 4), x(2, 4, 3)), 'SCGCGCKV M'],
  ['matmul of halves', () => f.matmul(of('float16', 3, 4), of('float16', 4, 3)), 'TT M T'],
  ['outer', () => f.outer(x(3), x(4)), 'e'],
  ['layer_norm', () => f.layerNorm(x(2, 3, 4), 4, weight(4), weight(4)), `CC ${WIDER} ${WIDER} N`],
  ['rms_norm', () => f.rmsNorm(x(2, 4), 4, 1, weight(4)), `C C${WIDE}E R C${WIDE}E U E ${WIDE}E`],
  ['rms_norm of halves in groups', () => f.rmsNorm(of('float16', 2, 4), 4, 2), `S CCCKV T C${WIDER}E R C${WIDER}E U E T V`],
  ['group_norm', () => f.groupNorm(x(2, 4, 3, 3), 2, weight(4), weight(4)), 'CC S CCCCCKV CC N V CCCK V SCGCGCGCKV E V SCGCGCGCKV E'],
  ['rms_norm in groups of an open size', () => f.rmsNorm(x('n', 4), 4, 2), `S CCCKV C${WIDER}E R C${WIDER}E U E V`],
  ['group_norm of an open size', () => f.groupNorm(x('n', 4, 3, 3), 2), 'S CCCCCKV CC N V CCCK'],
  ['conv1d', () => f.conv1d(x(1, 3, 8), weight(2, 3, 3, 1)), 'C SCGCGCGCKV K v ### VVVK V'],
  ['conv2d without a batch', () => f.conv2d(x(3, 8, 8), weight(2, 3, 3, 3)), 'C SCGCGCGCKV v CCCK V'],
  ['conv3d without a batch', () => f.conv3d(x(3, 8, 8, 8), weight(2, 3, 3, 3, 3)), 'C SCGCGCGCGCKV v'],
  ['conv_transpose2d without a batch', () => f.convTranspose2d(x(3, 8, 8), weight(3, 2, 3, 3)), 'C SCGCGCGCKV d CCCK V'],
  ['avg_pool2d without a batch', () => f.avgPool2d(x(3, 8, 8), [2, 2]), 'SCGCGCGCKV p CCCK V'],
  ['interpolate', () => f.interpolate(x(1, 3, 4, 4), { size: [8, 8] }), 'r'],
  ['embedding with rows behind it', () => f.embedding(of('int32', 3), weight(8, 4), { padding: weight(2, 4) }), 'CC K G'],
  ['embedding shared out by rows', () => f.embedding(of('int32', 3), weight(8, 4), { tpSize: 2, tpGroup: [0, 1], tpRank: 1 }), `C SL CE T E CE CE E E E ${WIDE} C s G T E s P`],
  ['embedding shared out by columns', () => f.embedding(of('int32', 3), weight(8, 4), { tpSize: 2, tpGroup: [0, 1], shardingDim: 1 }), 'C G P # CSCKVE CC ## CE KVKL CE KVKL K'],
  ['embedding with a scale for each row', () => f.embedding(of('int32', 3), of('int8', 8, 4), { perTokenScale: x(8) }), 'P'],
  ['assertion', () => f.assertion(of('bool')), 'a'],
  ['Conditional', () => { const c = new f.Conditional(of('bool', 1)); c.addOutput(c.addInput(x(3)), x(3)) }, 'V ? < >'],
  ['gather_last_token_logits, packed', () => f.gatherLastTokenLogits(x(8, 3), of('int32', 2), true), 'CE ## G VVKV ## VVKV'],
  ['gather_last_token_logits, padded', () => f.gatherLastTokenLogits(x(2, 5, 3), of('int32', 2), false), `# CC VKV ## C VVK ${STRIDE}${STRIDE}${STRIDE} KL C${WIDER}E G ## VVKV`],
  ['gather_last_token_logits, of several', () => f.gatherLastTokenLogits(x(2, 5, 3), of('int32', 2, 2), false), `## C VVKV ### VVVK ${STRIDE}${STRIDE}${STRIDE} KL G`],
  ['expand_mask', () => f.expandMask(of('int32', 2, 4)), `## CC VVKV C VVVK ${STRIDE}${STRIDE}${STRIDE}${STRIDE} KL C SCGCCCKV E CC SCGCCCKV SCGCCCKV s`],
  ['generate_alibi_biases', () => f.generateAlibiBiases(x(1, 2, 1, 1), f.shape(x(3), 0, 'int32')), 'STCGV C CCC VK C E V T F T V E'],
  ['meshgrid2d', () => f.meshgrid2d(x(3), x(2)), `${WIDE} ${WIDE} # SCGCGCKV ## VVVK ${STRIDE}${STRIDE}${STRIDE} KL ## E VVKV V KK`],
  ['rearrange of a list', () => f.rearrange([x(2, 3), x(2, 3)], 'l n c -> n l c'), 'SCGCGCKV SCGCGCKV K ### VVVK VVVK V V V'],
  ['gemm_swiglu without a bias', () => f.gemmSwiglu(x(2, 4), weight(6, 4)), 'C C P'],
  ['bert_attention of several GPUs', () => f.bertAttention(x(2, 3, 12), of('int32', 2), 2, 2, 1, { cpSize: 2 }), 'CCC ### C CKVVKL CKVVKL CKVVKL ## K CSCKVE CVK V K CVVK V P'],
  ['quantize_per_token by layers', () => f.quantizePerToken(of('float16', 2, 3), { plugin: false, sumPerToken: true, sumDtype: 'float16' }), `T U R C${WIDE}E C${WIDE}E E U A T R T`],
  ['quantize_fp8_per_token by layers', () => f.quantizeFp8PerToken(x(2, 3), { plugin: false }), `U R C${WIDE}E C${WIDE}E E U A T`],
  ['quantize_tensor by layers', () => f.quantizeTensor(of('float16', 2, 3), x(1), { plugin: false }), `T ${WIDE} E U A T`],
  ['quantize_tensor', () => f.quantizeTensor(x(2, 3), of('float16', 1)), 'T P'],
  ['smooth_quant_layer_norm', () => f.smoothQuantLayerNorm(x(2, 4), 4, { scale: x(1) }), 'CC P'],
  ['smooth_quant_layer_norm by layers', () => f.smoothQuantLayerNorm(x(2, 4), 4, { scale: x(1), plugin: false }), `CC ${WIDE} ${WIDE} N ${WIDE} E U A T`],
  ['smooth_quant_rms_norm', () => f.smoothQuantRmsNorm(of('float16', 2, 4), 4), 'CC C T P'],
  ['smooth_quant_rms_norm by layers', () => f.smoothQuantRmsNorm(x(2, 4), 4, { dynamicActScaling: true, plugin: false }), `C${WIDE}E R C${WIDE}E U E U R C${WIDE}E C${WIDE}E E U A T`],
  ['weight_only_quant_matmul by layers', () => f.weightOnlyQuantMatmul(of('float16', 2, 4), of('int8', 4, 3), of('float16', 3), 1, { plugin: false }), 'w TT M T'],
  ['smooth_quant_gemm by layers', () => f.smoothQuantGemm(of('int8', 2, 4), of('int8', 3, 4), x(2, 1), x(1, 3), true, true, 'float16', { plugin: false }), 'VV ww M'],
  ['smooth_quant_gemm by layers, of an open size', () => f.smoothQuantGemm(of('int8', 'n', 4), of('int8', 3, 4), x('n', 1), x(1, 3), true, true, 'float16', { plugin: false }), 'C ww M M E T'],
  ['dynamic_quantize', () => f.dynamicQuantize(x(4, 32), x()), 'y'],
])('%s makes the layers of the original, in its order', (_, build, layers) => {
  expect(layersOf(build)).toBe(layers.replaceAll(' ', ''))
}) // prettier-ignore

describe('a plugin has the fields of the original, in its order:', () => {
  const host = (): Tensor => of('int32', 'n')
  const half = (...shape: Shape): Tensor => of('float16', ...shape)
  const mamba = [host, host] as const
  test.each<[type: string, build: () => unknown]>([
    ['AllReduce', () => f.allreduce(x(4), [0, 1])],
    ['AllGather', () => f.allgather(x(4), [0, 1])],
    ['ReduceScatter', () => f.reduceScatter(x(4), [0, 1])],
    ['Send', () => f.send(x(4), 1)],
    ['Recv', () => f.recv(x(4), 1)],
    ['GemmAllReduce', () => f.gemmAllreduce(half(2, 4), half(4, 3), [0, 1])],
    ['BertAttention', () => f.bertAttention(x(2, 3, 12), host(), 2, 2, 1)],
    ['GPTAttention', () => f.gptAttention({ qkv: x(3, 12), num_heads: 2, num_kv_heads: 2, hidden_size_per_head: 2, max_context_length: 3 })],
    ['Gemm', () => f.gemmPlugin(x(2, 4), x(3, 4))],
    ['GemmSwiglu', () => f.gemmSwiglu(x(2, 4), weight(6, 4))],
    ['LowLatencyGemm', () => f.lowLatencyGemm(of('float8e4m3fn', 2, 4), of('float8e4m3fn', 3, 4), { strictDtype: 'float16' })],
    ['LowLatencyGemmSwiglu', () => f.lowLatencyGemmSwiglu(half(2, 4), half(6, 4))],
    ['Lookup', () => f.embedding(host(), of('int8', 8, 4), { perTokenScale: x(8) })],
    ['TopkLastDim', () => f.topk(x(3, 4), 2, -1)],
    ['CumsumLastDim', () => f.cumsum(x(3, 4), -1)],
    ['Lora', () => f.loraPlugin(x(2, 4), 4, [3], host(), [host()], [host()])],
    ['Dora', () => f.doraPlugin(x(2, 4), [3], [host()], host())],
    ['MambaConv1d', () => f.mambaConv1d(half('t', 8), half('n', 3, 8), half(1, 4, 8), half(8), mamba[0](), mamba[1](), 8, 4, 'float16')],
    ['SelectiveScan', () => f.selectiveScan(half('t', 8), half('n', 4, 8), half('t', 8), half(8), half(4, 8), half('t', 8), half(8), host(), host(), 8, 4, 2, true, 'float16')],
    ['LRU', () => f.rgLru(half('t', 8), half(8), half('n', 1, 8), host(), host(), 8, 'float16', { gateX: half('t', 8), gateA: half('t', 8) })],
    ['CudaStream', () => f.cudaStreamSync([x(3)], 1)],
    ['CpSplit', () => f.cpSplitPlugin(host(), host(), host())],
    ['SmoothQuantGemm', () => f.smoothQuantGemm(of('int8', 2, 4), of('int8', 3, 4), x(1), x(1), false, false)],
    ['Fp8RowwiseGemm', () => f.fp8RowwiseGemm(of('float8e4m3fn', 2, 4), of('float8e4m3fn', 3, 4), x(1), x(1), true, true)],
    ['WeightOnlyQuantMatmul', () => f.weightOnlyQuantMatmul(half(2, 4), of('int8', 4, 3), half(3), 1)],
    ['WeightOnlyGroupwiseQuantMatmul', () => f.weightOnlyGroupwiseQuantMatmul(half(2, 4), null, of('int8', 4, 3), half(2, 3), null, null, null, 0, 2)],
    ['QServeGemm', () => f.qserveGemmPerGroup(of('int8', 2, 4), half(2), of('int8', 3, 2), half(3), of('int8', 2, 3), of('int8', 2, 3))],
    ['QServeGemm', () => f.qserveGemmPerChannel(of('int8', 2, 4), half(2), half(2), of('int8', 3, 2), half(3), half(3))],
    ['LayernormQuantization', () => f.fp8RowwiseLayerNorm(x(2, 4), 4)],
    ['RmsnormQuantization', () => f.smoothQuantRmsNorm(x(2, 4), 4)],
    ['QuantizePerToken', () => f.quantizePerToken(x(2, 4))],
    ['QuantizeTensor', () => f.quantizeTensor(x(2, 4), x(1))],
    ['QuantizeToFP4', () => f.quantizeToFp4Tensor(half(2, 16), x(1))],
    ['Fp4Gemm', () => f.fp4Gemm(of('int8', 2, 16), of('int32', 2, 1), of('int8', 3, 16), of('float8e4m3fn', 3, 1), x(1), 'float16')],
    ['FusedLayernorm', () => f.fusedLayernorm(half(2, 4), 4, half(2, 4))],
  ])('%s', (type, build) => {
    const network = new Network(f.tensorrtDialect)
    netGuard(network, build)
    const plugin = network.getLayers().find((l) => l.attribute('plugin_type') === type)!
    const { plugin_type: _t, plugin_version: _v, plugin_namespace: _n, num_outputs: _o, ...fields } = plugin.record.attributes
    const all = [...pluginFields(type)!.keys()]
    const own = Object.keys(fields).filter((name) => !/^out_hidden_size_\d/.test(name))
    const left = { LayernormQuantization: 'use_diff_of_squares' }[type]
    expect(own).toEqual(all.filter((name) => name !== left))
  }) // prettier-ignore

  test('int8 behind a layer norm has its mode last', () => {
    const network = new Network(f.tensorrtDialect)
    netGuard(network, () => f.smoothQuantLayerNorm(x(2, 4), 4, { scale: x(1) }))
    const fields = Object.keys(network.getLayers().at(-1)!.asLayer('PLUGIN_V2').plugin.fields)
    expect(fields.join(' ')).toBe('eps use_diff_of_squares dyn_act_scaling type_id out_type_id quant_mode')
  })
  test('types of fields are known of every plugin that is made', () => {
    expect(KNOWN_PLUGINS.length).toBeGreaterThan(30)
    for (const type of KNOWN_PLUGINS) expect([...pluginFields(type)!.values()].every((t) => /^(INT8|INT32|FLOAT32)$/.test(t))).toBe(true) // prettier-ignore
    expect(pluginFields('GPTAttention')!.get('q_scaling')).toBe('FLOAT32')
    expect(pluginFields('constructor')).toBeNull()
  })
})

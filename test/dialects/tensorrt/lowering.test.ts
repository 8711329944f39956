/** ONNX operators in TensorRT's layers and back: which layers, and the same numbers. */
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { importOnnx } from '../../../src/dialects/onnx'
import { lowerOnnx, raiseToOnnx } from '../../../src/dialects/tensorrt'
import type { Lowered } from '../../../src/dialects/tensorrt'
import { ConstantValue, snapshotOf, verifyNetwork } from '../../../src/engine'
import type { NetworkSnapshot } from '../../../src/engine'
import { verifyNetworks } from '../../../src/verify'
import { nodeRuntime } from '../../../src/verify/node'
import { net } from '../../patterns/notation'

const runtime = nodeRuntime()

/** Kinds in order, those of constants left out. */
const kindsOf = ({ network }: Lowered): string =>
  network.getLayers().map((l) => l.kind).filter((k) => k !== 'CONSTANT').join(' ') // prettier-ignore

async function lowered(snapshot: NetworkSnapshot): Promise<Lowered> {
  const found = lowerOnnx(snapshot)
  expect(verifyNetwork(found.network)).toEqual([])
  const back = raiseToOnnx(snapshotOf(found.network))
  expect(await verifyNetworks(snapshot, back, await runtime, { seeds: [1, 2] })).toMatchObject({ verdict: 'equal' })
  return found
}

/** In (one a line, `;` between), layers, then TensorRT's kinds. */
// prettier-ignore
const cases: readonly (readonly [onnx: string, kinds: string])[] = [
  ['in a float32[2,N,3];in b float32[3];y = Add(a, b)', 'SHUFFLE ELEMENTWISE'],
  ['in a float32[A,B,3];in b float32[B,3];y = Mul(a, b)', 'SHUFFLE ELEMENTWISE'],
  ['in a float32[A,B,C];in b float32[B,C];y = Sub(a, b)', 'UNSQUEEZE ELEMENTWISE'],
  ['in a int64[4];in b int64[4];const o int64[1] = 1;y = Div(Neg(a), Add(Abs(b), o))', 'ELEMENTWISE ELEMENTWISE ELEMENTWISE ELEMENTWISE ELEMENTWISE'],
  ['in a int64[4];const t int64[1] = 2;const d int64[1] = 3;y = Mod(Sub(a, t), d)', 'ELEMENTWISE ELEMENTWISE ELEMENTWISE ELEMENTWISE'],
  ['in a float32[4];in b float32[4];y = Pow(Abs(a), b)', 'UNARY ELEMENTWISE'],
  ['in a int32[4];const t int32[1] = 2;y = Pow(a, t)', 'CAST CAST ELEMENTWISE CAST'],
  ['in a float32[2];in b float32[2];in c float32[2];y = Max(a, b, c)', 'ELEMENTWISE ELEMENTWISE'],
  ['in a float32[2];in b float32[2];in c float32[2];y = Mean(a, b, c)', 'ELEMENTWISE ELEMENTWISE ELEMENTWISE'],
  ['in a bool[4];in b bool[4];y = Xor(And(a, b), Or(a, Not(b)))', 'ELEMENTWISE UNARY ELEMENTWISE ELEMENTWISE'],
  ['in a bool[4];in b bool[4];y = Equal(a, b)', 'CAST CAST ELEMENTWISE'],
  ['in a float32[4];in b float32[4];y = GreaterOrEqual(a, b)', 'ELEMENTWISE ELEMENTWISE ELEMENTWISE'],
  ['in a int64[4];y = Neg(a)', 'ELEMENTWISE'],
  ['in a float32[4];y = Reciprocal(Sqrt(Abs(a)))', 'UNARY UNARY UNARY'],
  ['in a float32[4];y = Round(Mul(a, 4))', 'SHUFFLE ELEMENTWISE UNARY'],
  ['in a float32[4];y = IsNaN(a)', 'UNARY'],
  ['in c bool[N,1];in a float32[N,3];in b float32[3];y = Where(c, a, b)', 'SHUFFLE SELECT'],
  ['in a float32[4];y = Cast<to=float16>(a)', 'CAST'],
  ['in a float32[4];y = Cast<to=float32>(a)', 'IDENTITY'],
  ['in a float32[4];y = LeakyRelu<alpha=0.2>(Elu(Selu(a)))', 'ACTIVATION ACTIVATION ACTIVATION'],
  ['in a float32[4];y = Softplus(Softsign(a))', 'ACTIVATION ACTIVATION'],
  ['in a float32[4];y = HardSigmoid<alpha=0.3>(ThresholdedRelu(a))', 'ACTIVATION ACTIVATION'],
  ['in a float32[4];y = Gelu(Gelu<approximate="tanh">(a))', 'ACTIVATION ACTIVATION'],
  ['in a float32[4];y = Clip(a, -0.5, 0.5)', 'ACTIVATION'],
  ['in a float32[4];y = Clip(Reciprocal(Sub(a, a)), none, 0.5)', 'ELEMENTWISE UNARY ACTIVATION'],
  ['in a float32[4];y = Clip(Reciprocal(Sub(a, a)), -0.5)', 'ELEMENTWISE UNARY ACTIVATION'],
  ['in a int32[4];const l int32[] = 1;const h int32[] = 2;y = Clip(a, l, h)', 'SHUFFLE ELEMENTWISE SHUFFLE ELEMENTWISE'],
  ['in a float32[4];y = HardSwish(a)', 'ACTIVATION ELEMENTWISE'],
  ['in a float32[4];y = Mish(a)', 'ACTIVATION ACTIVATION ELEMENTWISE'],
  ['in a float32[2,3,4];const s float32[3,1];y = PRelu(a, s)', 'SHUFFLE PARAMETRIC_RELU'],
  ['in a float32[2,N,8];const w float32[8,4];y = MatMul(a, w)', 'SHUFFLE MATRIX_MULTIPLY'],
  ['in a float32[8];in b float32[N,8,4];y = MatMul(a, b)', 'SHUFFLE MATRIX_MULTIPLY'],
  ['in a float32[N,4,8];in b float32[8];y = MatMul(a, b)', 'SHUFFLE MATRIX_MULTIPLY'],
  ['in a float32[8];in b float32[8];y = MatMul(a, b)', 'MATRIX_MULTIPLY'],
  ['in a float32[8,N];const w float32[4,8];const c float32[4];y = Gemm<transA=1, transB=1, alpha=0.5, beta=2.0>(a, w, c)', 'MATRIX_MULTIPLY ELEMENTWISE ELEMENTWISE SHUFFLE ELEMENTWISE'],
  ['in a float32[2,3];in b float32[3,4];y = Einsum<equation="ij,jk">(a, b)', 'EINSUM'],
  ['in a float32[N,4,9,9];const w float32[6,2,3,3];const b float32[6];y = Conv<group=2, strides=[2,2], pads=[1,0,1,1]>(a, w, b)', 'CONVOLUTION'],
  ['in a float32[N,4,9];const w float32[6,4,3];y = Conv<dilations=[2], pads=[1,2]>(a, w)', 'SHUFFLE CONVOLUTION SHUFFLE'],
  ['in a float32[1,4,9,9];in w float32[6,4,3,3];y = Conv<auto_pad="SAME_UPPER">(a, w)', 'CONVOLUTION'],
  ['in a float32[1,4,5,5];const w float32[4,3,3,3];y = ConvTranspose<strides=[2,2], pads=[1,1,1,1], output_padding=[1,1]>(a, w)', 'DECONVOLUTION'],
  ['in a float32[1,4,9,9];y = MaxPool<kernel_shape=[3,3], strides=[2,2], pads=[1,1,1,1], ceil_mode=1>(a)', 'POOLING'],
  ['in a float32[1,4,9];y = MaxPool<kernel_shape=[3]>(a)', 'SHUFFLE POOLING SHUFFLE'],
  ['in a float32[1,4,9,9];y = AveragePool<kernel_shape=[3,3], pads=[1,1,1,1]>(a)', 'POOLING'],
  ['in a float32[1,4,9,9];y = AveragePool<kernel_shape=[3,3], pads=[1,1,1,1], count_include_pad=1>(a)', 'POOLING'],
  ['in a float32[N,4,9,9];y = GlobalAveragePool(a)', 'REDUCE'],
  ['in a float32[1,8,3,3];y = LRN<size=3>(a)', 'LRN'],
  ['in a float32[N,3,4,4];const g float32[3];const b float32[3];const m float32[3];const v float32[3];y = BatchNormalization(a, g, b, m, v)', 'SCALE'],
  ['in a float32[N,3];const g float32[3];const b float32[3];const m float32[3];const v float32[3];y = BatchNormalization(a, g, b, m, v)', 'ELEMENTWISE ELEMENTWISE'],
  ['in a float32[2,N,8];const s float32[8];const b float32[8];y = LayerNormalization(a, s, b)', 'NORMALIZATION'],
  ['in a float32[2,4,8];const s float32[4,8];y = LayerNormalization<axis=-2>(a, s)', 'NORMALIZATION'],
  ['in a float32[2,4,5,5];const s float32[4];const b float32[4];y = InstanceNormalization(a, s, b)', 'NORMALIZATION'],
  ['in a float32[2,4,5,5];const s float32[4];const b float32[4];y = GroupNormalization<num_groups=2>(a, s, b)', 'NORMALIZATION'],
  ['in a float32[2,3,N];y = Softmax<axis=1>(a)', 'SOFTMAX'],
  ['in a float32[2,3,4];y = LogSoftmax(a)', 'SOFTMAX UNARY'],
  ['in a float32[2,3,N];const x int64[2] = 0 -1;y = ReduceMean(a, x)', 'REDUCE'],
  ['in a float32[2,3,4];y = ReduceMax<keepdims=0>(a)', 'REDUCE'],
  ['in a float32[2,3,4];const x int64[1] = 1;y = ReduceL2(a, x)', 'ELEMENTWISE REDUCE UNARY'],
  ['in a float32[2,3,4];const x int64[1] = 1;y = ReduceSumSquare<keepdims=0>(a, x)', 'ELEMENTWISE REDUCE'],
  ['in a float32[2,N,4];y = ArgMax<axis=2, keepdims=0>(a)', 'TOPK CAST SHUFFLE'],
  ['in a float32[9];y = ArgMin(a)', 'SHUFFLE TOPK CAST SHUFFLE'],
  ['in a float32[2,9];const k int64[1] = 3;y, z = TopK(a, k);out y, z', 'TOPK CAST'],
  ['in a float32[2,40];const k int64[1] = 20;y, z = TopK<sorted=0>(a, k);out y, z', 'TOPK CAST'],
  ['in a float32[2,3,4];const x int64[2] = 0 2;y = ReduceLogSumExp<keepdims=0>(a, x)', 'REDUCE ACTIVATION ELEMENTWISE UNARY REDUCE UNARY SHUFFLE ELEMENTWISE'],
  ['in a float32[N,M,6];y = Hardmax(a)', 'TOPK SQUEEZE ONE_HOT'],
  ['in b float32[2,6,4];in s float32[2,3,6];const m int64[1] = 3;const i float32[1] = 0.5;const t float32[1] = 0.1;y = NonMaxSuppression<center_point_box=1>(b, s, m, i, t)', 'SHUFFLE CAST SHUFFLE SHUFFLE SHUFFLE NMS'],
  ['in a float32[1,3,10];const w float32[3,2,4];y = ConvTranspose<auto_pad="SAME_LOWER", strides=[2]>(a, w)', 'SHUFFLE DECONVOLUTION SHUFFLE'],
  ['in a float32[1,3,10,10];const w float32[3,2,4,3];y = ConvTranspose<output_shape=[19,20], strides=[2,2]>(a, w)', 'DECONVOLUTION'],
  ['in a float32[N,2,5,5];const s int64[2] = 9 8;y = Resize<mode="linear", axes=[2,3]>(a, none, none, s)', 'SHAPE SLICE CONCATENATION RESIZE'],
  ['in a float32[2,5,5,2];const s float32[2] = 2 2;y = Resize<mode="nearest", coordinate_transformation_mode="asymmetric", nearest_mode="floor", axes=[-3,-2]>(a, none, s)', 'RESIZE'],
  ['in a float32[2,3,4];in b float32[2,4,5];y = Einsum<equation="...ij,...jk->...ik">(a, b)', 'EINSUM'],
  ['in a float32[2,8];const s float32[2,2] = 0.1 0.2 0.3 0.4;const z int8[2,2] = 0;y = DequantizeLinear<axis=1, block_size=4>(QuantizeLinear<axis=1, block_size=4>(a, s, z), s, z)', 'QUANTIZE DEQUANTIZE'],
  ['y = RandomNormal<shape=[40,50]>()', 'FILL'],
  ['in a float32[2,9];const x int64[] = 1;y = CumSum<exclusive=1, reverse=1>(a, x)', 'CUMULATIVE'],
  ['const i int64[4] = 2 -1 -4 3;in v float32[2];const d int64[] = 3;y = OneHot(i, d, v)', 'CAST SHUFFLE CAST ELEMENTWISE ELEMENTWISE SELECT ELEMENTWISE SELECT ONE_HOT'],
  ['in a float32[2,N,12];const s int64[4] = 0 0 3 4;y = Transpose<perm=[0,2,1,3]>(Reshape(a, s))', 'SHUFFLE SHUFFLE'],
  ['in a float32[2,3,4];y = Flatten<axis=2>(a)', 'SHUFFLE'],
  ['in a float32[A,B,4];y = Flatten<axis=2>(a)', 'SHUFFLE'],
  ['in a float32[A,1,B];const x int64[1] = 1;y = Squeeze(a, x)', 'SQUEEZE'],
  ['in a float32[A,4];const x int64[2] = 0 -1;y = Unsqueeze(a, x)', 'SHUFFLE'],
  ['in a float32[A,B,4];y = Shape<start=1, end=-1>(a)', 'SHAPE SLICE'],
  ['in a float32[A,B,4];y = Size(a)', 'SHAPE REDUCE'],
  ['in a float32[9,N];const s int64[1] = 1;const e int64[1] = 7;const x int64[1] = 0;const t int64[1] = 2;y = Slice(a, s, e, x, t)', 'SLICE'],
  ['in a float32[9,4];const s int64[2] = -1 2;const e int64[2] = -9 -100;const x int64[2] = 0 1;const t int64[2] = -2 -1;y = Slice(a, s, e, x, t)', 'SLICE'],
  ['in a float32[2,N];const s int64[1] = -2;const e int64[1] = 9223372036854775807;const x int64[1] = 1;y = Slice(a, s, e, x)', 'SHAPE SLICE ELEMENTWISE ELEMENTWISE ELEMENTWISE ELEMENTWISE ELEMENTWISE SLICE'],
  ['in a float32[2,9];in s int64[1];const e int64[1] = 8;const x int64[1] = 1;y = Slice(a, s, e, x)', 'SLICE ELEMENTWISE ELEMENTWISE ELEMENTWISE ELEMENTWISE ELEMENTWISE ELEMENTWISE ELEMENTWISE ELEMENTWISE ELEMENTWISE ELEMENTWISE SLICE'],
  ['in a float32[2,1,4];const s int64[3] = 1 5 4;y = Expand(a, s)', 'SLICE'],
  ['in a float32[N,4];in b float32[3,N,4];y = Expand(a, Shape(b))', 'SHAPE SHUFFLE SHAPE SLICE SLICE ELEMENTWISE ELEMENTWISE ELEMENTWISE CONCATENATION CONCATENATION SLICE'],
  ['in a float32[2,3];const r int64[2] = 2 3;y = Tile(a, r)', 'SLICE'],
  ['in a float32[2,N];const p int64[4] = 0 2 0 -1;y = Pad(a, p, 7)', 'SHAPE SLICE ELEMENTWISE ELEMENTWISE SLICE'],
  ['in a float32[2,5];const p int64[4] = 0 2 0 3;y = Pad<mode="reflect">(a, p)', 'SLICE'],
  ['in a float32[2,5];const p int64[4] = 1 2 0 3;y = Pad<mode="edge">(a, p)', 'SLICE'],
  ['in a float32[2,7,N];const s int64[3] = 1 4 2;y, z, w = Split<axis=1>(a, s);out y, z, w', 'SLICE SLICE SLICE'],
  ['in a float32[2,7];y, z = Split<axis=1, num_outputs=2>(a);out y, z', 'SLICE SLICE'],
  ['in a float32[2,N];in b float32[2,M];y = Concat<axis=-1>(a, b)', 'CONCATENATION'],
  ['in a float32[N,3];y = Add(ConstantOfShape(Shape(a)), a)', 'SHAPE SLICE CONCATENATION SLICE ELEMENTWISE'],
  ['in a float32[N,8,2,3];y = DepthToSpace<blocksize=2>(a)', 'SHUFFLE SHUFFLE SHUFFLE'],
  ['in a float32[N,8,2,3];y = DepthToSpace<blocksize=2, mode="CRD">(a)', 'SHUFFLE SHUFFLE SHUFFLE'],
  ['in a float32[N,2,4,6];y = SpaceToDepth<blocksize=2>(a)', 'SHUFFLE SHUFFLE SHUFFLE'],
  ['const w float32[9,4];in i int64[2,N];y = Gather(w, i)', 'ELEMENTWISE SHUFFLE ELEMENTWISE SELECT GATHER'],
  ['in a float32[2,N];const i int64[] = 1;y = Gather(a, i)', 'GATHER'],
  ['in a float32[2,5];const i int64[2] = -1 0;y = Gather<axis=1>(a, i)', 'GATHER'],
  ['in a float32[2,5];const i int64[2,2] = 0 1 -1 2;y = GatherElements<axis=1>(a, i)', 'GATHER'],
  ['in a float32[2,5,3];const i int64[2,2] = 0 1 1 -2;y = GatherND(a, i)', 'ELEMENTWISE SHUFFLE ELEMENTWISE SELECT GATHER'],
  ['in a float32[2,5];const i int64[2,1] = 0 1;in u float32[2,1];y = ScatterElements<axis=1>(a, i, u)', 'SCATTER'],
  ['in a float32[4,5];const i int64[2,1] = 0 2;in u float32[2,5];y = ScatterND(a, i, u)', 'SCATTER'],
  ['in i int64[2,N];const v float32[2] = 0 1;const d int64[] = 6;y = OneHot(i, d, v)', 'CAST SHUFFLE CAST ELEMENTWISE ELEMENTWISE SELECT ELEMENTWISE SELECT ONE_HOT'],
  ['in i int64[2,3];const v int32[2] = 0 1;const d float32[] = 6;y = OneHot(i, d, v)', 'CAST SHUFFLE CAST ELEMENTWISE ELEMENTWISE SELECT ELEMENTWISE SELECT ONE_HOT'],
  ['in a bool[3,4];y = NonZero(a)', 'NON_ZERO'],
  ['in a float32[5,3];const l int64[3] = 1 5 2;y = ReverseSequence(a, l)', 'REVERSE_SEQUENCE'],
  ['in a float32[N,3];const z int64[] = 0;const o int64[] = 1;const i int64[] = 0;y = Range(z, Gather(Shape(a), i), o)', 'SHAPE GATHER SHUFFLE ELEMENTWISE FILL'],
  ['in a float32[4,5];const k int64[] = 1;y = Trilu<upper=0>(a, k)', 'FILL FILL SHUFFLE SHUFFLE ELEMENTWISE ELEMENTWISE SELECT'],
  ['in a float32[1,2,4,4];const s float32[4] = 1 1 2 2;y = Resize<mode="linear">(a, none, s)', 'RESIZE'],
  ['in a float32[1,2,4,4];const s int64[4] = 1 2 7 5;y = Resize<mode="nearest", coordinate_transformation_mode="asymmetric", nearest_mode="floor">(a, none, none, s)', 'RESIZE'],
  ['in a float32[1,2,4,4];in g float32[1,3,3,2];y = GridSample(a, g)', 'GRID_SAMPLE'],
  ['in a float32[2,6];const s float32[] = 0.05;const z int8[] = 0;y = DequantizeLinear(QuantizeLinear(a, s, z), s, z)', 'QUANTIZE DEQUANTIZE'],
  ['in a float32[2,6];const s float32[6];const z int8[6] = 0;y = DequantizeLinear<axis=1>(QuantizeLinear<axis=1>(a, s, z), s, z)', 'QUANTIZE DEQUANTIZE'],
]

describe('an operator', () => {
  test.each(cases)('%s: %s', async (text, kinds) => {
    const lines = text.replaceAll(';', '\n')
    const { network, ...rest } = await lowered(snapshotOf(net(/\nout /.test(lines) ? lines : `${lines}\nout y`, 21)))
    expect([kindsOf({ network, ...rest }), rest.plugins]).toEqual([kinds, []])
  })
})

/** Recurrences are loops. */
// prettier-ignore
const recurrences: readonly string[] = [
  'in a float32[5,2,3];const w float32[1,16,3];const r float32[1,16,4];y, z, v = LSTM<hidden_size=4>(a, w, r);out y, z, v',
  'in a float32[N,B,3];const w float32[2,16,3];const r float32[2,16,4];const b float32[2,32];y, z, v = LSTM<hidden_size=4, direction="bidirectional">(a, w, r, b);out y, z, v',
  'in a float32[5,2,3];const w float32[1,16,3];const r float32[1,16,4];const b float32[1,32];in i float32[1,2,4];in j float32[1,2,4];y, z, v = LSTM<hidden_size=4, direction="reverse">(a, w, r, b, none, i, j);out y, z, v',
  'in a float32[5,2,3];const w float32[1,12,3];const r float32[1,12,4];const b float32[1,24];y, z = GRU<hidden_size=4>(a, w, r, b);out y, z',
  'in a float32[5,B,3];const w float32[2,12,3];const r float32[2,12,4];const b float32[2,24];y, z = GRU<hidden_size=4, direction="bidirectional", linear_before_reset=1>(a, w, r, b);out y, z',
  'in a float32[5,2,3];const w float32[2,4,3];const r float32[2,4,4];const b float32[2,8];in i float32[2,2,4];y, z = RNN<hidden_size=4, direction="bidirectional", activations=["Relu","Tanh"]>(a, w, r, b, none, i);out y, z',
]
test.each(recurrences)('a recurrence is a loop for each direction: %s', async (text) => {
  const found = await lowered(snapshotOf(net(text.replaceAll(';', '\n'), 21)))
  const directions = text.includes('bidirectional') ? 2 : 1
  expect([found.plugins, found.network.layersOfKind('TRIP_LIMIT').length]).toEqual([[], directions])
})

// prettier-ignore
const attentions: readonly (readonly [onnx: string, kinds: string])[] = [
  ['in q float32[2,4,3,8];in k float32[2,4,5,8];in v float32[2,4,5,6];y = Attention(q, k, v)', 'ELEMENTWISE ATTENTION_INPUT ATTENTION_OUTPUT'],
  ['in q float32[B,4,3,8];in k float32[B,2,5,8];in v float32[B,2,5,8];y = Attention<scale=0.5>(q, k, v)', 'ELEMENTWISE ATTENTION_INPUT ATTENTION_OUTPUT'],
  ['in q float32[B,N,32];in k float32[B,N,16];in v float32[B,N,16];y = Attention<q_num_heads=4, kv_num_heads=2, is_causal=1>(q, k, v)', 'SHAPE SLICE SLICE CONCATENATION SHUFFLE SHUFFLE SHAPE SLICE SLICE CONCATENATION SHUFFLE SHUFFLE SHAPE SLICE SLICE CONCATENATION SHUFFLE SHUFFLE ELEMENTWISE ATTENTION_INPUT ATTENTION_OUTPUT SHUFFLE CONCATENATION SHUFFLE'],
  ['in x float32[2,3,4,8];const c float32[10,4];const s float32[10,4];const p int64[2,4] = 0 1 2 3 3 2 1 0;y = RotaryEmbedding(x, c, s, p)', 'ROTARY_EMBEDDING'],
  ['in x float32[2,3,4,8];in c float32[2,4,4];in s float32[2,4,4];y = RotaryEmbedding<interleaved=1>(x, c, s)', 'ROTARY_EMBEDDING'],
]
test.each(attentions)('attention of operator set 23 has layers of its own: %s', async (text, kinds) => {
  const found = await lowered(snapshotOf(net(`${text.replaceAll(';', '\n')}\nout y`, 23)))
  expect([kindsOf(found), found.plugins]).toEqual([kinds, []])
})

test('attention with a mask stays a plugin layer: rows that the mask closes as a whole count otherwise', async () => {
  const text = 'in q float32[2,4,3,8]\nin m bool[3,3]\ny = Attention(q, q, q, m)\nout y'
  const found = await lowered(snapshotOf(net(text, 23)))
  expect(found.plugins).toMatchObject([{ reason: 'rows that a mask closes as a whole' }])
})

describe('what has no counterpart', () => {
  test.each([
    ['in a float32[4];y = Mod<fmod=1>(a, 2)', 'Mod', 'a remainder with the sign of the dividend'],
    [
      'in a float32[2,6];const s float32[] = 0.05;const z uint8[] = 128;y = QuantizeLinear(a, s, z)',
      'QuantizeLinear',
      'a zero point other than 0',
    ],
    ['in a float32[2,2,2];y = Det(Identity(a))', 'Det', "TensorRT's layers have no counterpart of Det"],
    ['in a int64[2,3];in b int64[3,2];y = MatMul(a, b)', 'MatMul', 'MATRIX_MULTIPLY takes no int64'],
    [
      'in a float32[5,2,3];const w float32[1,16,3];const r float32[1,16,4];y = LSTM<hidden_size=4, clip=3.0>(a, w, r)',
      'LSTM',
      'gates that are bounded',
    ],
    ['in a float32[4];const n float32[] = NaN;y = Clip(a, n)', 'Clip', 'a bound is no number'],
    ['in a float32[A,1,3];y = Squeeze(a)', 'Squeeze', 'its axes are not given, and a size may be 1'],
  ])('%s is a plugin layer that says so, and runs as what it is', async (text, operator, reason) => {
    const snapshot = snapshotOf(net(`${text.replaceAll(';', '\n')}\nout y`, 21))
    const found = lowerOnnx(snapshot)
    expect(found.plugins.map((p) => [p.operator, p.reason])).toEqual([[operator, reason]])
    const plugin = found.network.getLayerByName(found.plugins[0]!.layer)!
    expect([plugin.kind, plugin.asLayer('PLUGIN_V2').plugin.pluginType]).toEqual(['PLUGIN_V2', operator])
    expect(plugin.record.metadata).toEqual({ 'no counterpart': reason })
    expect(verifyNetwork(found.network)).toEqual([])
    const back = raiseToOnnx(snapshotOf(found.network))
    expect(await verifyNetworks(snapshot, back, await runtime)).toMatchObject({ verdict: 'equal' })
  })
})

test('an operator with more results than it has is a plugin layer, and the rest is lowered', () => {
  const network = net('in x float32[2,3]', 21)
  const [x] = network.getInputs()
  const type = { dtype: 'float32', shape: [2, 3] } as const
  const relu = network.addLayer({ kind: 'Relu', inputs: [x!], outputs: [type, type], name: 'r' })
  const exp = network.addLayer({ kind: 'Exp', inputs: [relu.output(1)!], name: 'e' })
  network.renameTensor(relu.output(1)!, 'second')
  network.markOutput(exp.output()!, 'y')
  const found = lowerOnnx(snapshotOf(network))
  expect(kindsOf(found)).toBe('PLUGIN_V2 UNARY')
  expect(found.plugins).toEqual([
    { layer: 'r', operator: 'Relu', reason: "what TensorRT's layers make of Relu has no second" },
  ])
  expect(verifyNetwork(found.network)).toEqual([])
})

test('a plugin whose first result is not made comes back as it was', async () => {
  const network = net('in x float32[2,1,3]', 21)
  const weights = (rows: number, columns: number) =>
    network.addConstant(ConstantValue.of('float32', [1, rows, columns], new Array<number>(rows * columns).fill(0.1)))
  const lstm = network.addLayer({
    kind: 'LSTM',
    inputs: [network.getInputs()[0]!, weights(16, 3), weights(16, 4)],
    attributes: { hidden_size: 4 },
    outputs: [null, { dtype: 'float32', shape: [1, 1, 4] }],
  })
  network.markOutput(lstm.output(1)!, 'h')
  await lowered(snapshotOf(network))
})

describe('float64 is float32, which its verdict allows for', () => {
  test.each([
    ['in a float64[2,3];in b float64[3];y = Sub(Exp(a), b)'],
    ['in a float64[3,3];y = Add(EyeLike<dtype=11>(a), a)'],
    ['in a float32[2,3];y = Cast<to=11>(Sqrt(a))'],
  ])('%s', async (text) => {
    const snapshot = snapshotOf(net(`${text.replaceAll(';', '\n')}\nout y`, 21))
    const { network, warnings } = lowerOnnx(snapshot)
    expect(warnings.join()).toMatch(/values of float64 are float32/)
    expect(network.getInputs().every((t) => t.dtype === 'float32')).toBe(true)
    expect(await verifyNetworks(snapshot, snapshotOf(network), await runtime)).toMatchObject({
      verdict: 'equal',
      tolerance: 1e-4,
    })
  })
  test('between ONNX networks another type is a difference', async () => {
    const [wide, single] = ['float64', 'float32'].map((t) => snapshotOf(net(`in a ${t}[3]\ny = Exp(a)\nout y`, 21)))
    expect(await verifyNetworks(wide!, single!, await runtime)).not.toMatchObject({ verdict: 'equal' })
  })
})

test('averages are summed as the model’s operator set sums them: a quantization behind them tells the last bit', async () => {
  const [model] = [net('in a float32[1,4,24,20]\ny = AveragePool<kernel_shape=[3,3], strides=[2,2]>(a)\nout y', 13)]
  const snapshot = snapshotOf(model)
  const back = raiseToOnnx(snapshotOf(lowerOnnx(snapshot).network))
  expect(await verifyNetworks(snapshot, back, await runtime, { exact: true })).toMatchObject({ verdict: 'equal' })
})

test('names and scopes are kept: the last layer of an operator and its results have its own', () => {
  const { snapshot } = importOnnx(readFileSync('public/models/gpt2-12.torchscript.onnx'))
  const { network } = lowerOnnx(snapshot)
  const layers = new Map(network.getLayers().map((l) => [l.name, l]))
  for (const { name, scope, kind } of snapshot.layers) {
    if (kind !== 'Identity') expect([name, layers.get(name)?.scope]).toEqual([name, scope])
  }
  expect(network.getInputs().map((t) => t.name)).toEqual(
    ['input_ids', 'attention_mask'].slice(0, network.getInputs().length),
  )
  expect(network.outputs.map((o) => o.name)).toEqual(snapshot.outputs.map((o) => o.name))
})

test('attributes of a plugin keep the types that the file says', () => {
  const own = snapshotOf(net('in a float32[2]\ny = Relu(a)\nout y', 21))
  const attributeTypes = { threshold: 'FLOAT' }
  const layers = own.layers.map((l) => ({ ...l, kind: 'my.Binarizer', attributes: { threshold: 1 }, attributeTypes }))
  const { network: lower } = lowerOnnx({ ...own, layers })
  expect(raiseToOnnx(snapshotOf(lower)).layers).toMatchObject([{ kind: 'my.Binarizer', attributeTypes }])
})

test('an input that the file has a value for is that constant', async () => {
  const snapshot = snapshotOf(net('in a float32[2]\nin w float32[2]\ny = Mul(a, w)\nout y', 21))
  const w = snapshot.tensors.find((t) => t.name === 'w')!
  const defaults = { [w.id]: ConstantValue.of('float32', [2], [3, -5]) }
  const filed = { ...snapshot, properties: { onnx: { defaults } } }
  const { network, warnings } = lowerOnnx(filed)
  expect(network.getInputs().map((t) => t.name)).toEqual(['a'])
  expect(warnings.join()).toMatch(/the input w is the constant that the file has for it/)
  expect(await verifyNetworks(filed, snapshotOf(network), await runtime)).toMatchObject({ verdict: 'equal' })
})

describe('a model comes back with equal numbers', () => {
  test.each([
    ['bert-12.torchscript', 0],
    ['gpt2-12.torchscript', 0],
    ['llama-8.torchscript', 0],
    ['mobilenetv3-small.torchscript', 0],
  ])('%s', async (model, plugins) => {
    const { snapshot } = importOnnx(readFileSync(`public/models/${model}.onnx`))
    expect((await lowered(snapshot)).plugins.length).toBe(plugins)
  })
})

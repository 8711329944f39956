/** Layer kinds that no functional makes, each against an ONNX network of the same inputs, in numbers; and why the others have none. */
import { describe, expect, test } from 'vitest'
import * as f from '../../../src/dialects/tensorrt'
import type { LayerType } from '../../../src/dialects/tensorrt'
import { tensorrtDialect } from '../../../src/dialects/tensorrt'
import { ConstantValue, netGuard, Network, snapshotOf, verifyNetwork } from '../../../src/engine'
import type { Attributes, Tensor } from '../../../src/engine'
import { verifyNetworks } from '../../../src/verify'
import type { Verdict } from '../../../src/verify'
import { nodeRuntime } from '../../../src/verify/node'
import { net } from '../../patterns/notation'

const runtime = nodeRuntime()

type Build = (...inputs: Tensor[]) => Tensor

function built(like: Network, build: Build): Network {
  const network = new Network(tensorrtDialect)
  netGuard(network, () => {
    network.markOutput(build(...like.getInputs().map((t) => f.input(t.name, t.dtype!, t.shape!))), 'y')
  })
  return network
}

async function compared(onnx: string, build: Build): Promise<Verdict> {
  const like = net(`${onnx.replaceAll(';', '\n')}\nout y`, 21)
  const network = built(like, build)
  expect(verifyNetwork(network)).toEqual([])
  return verifyNetworks(snapshotOf(like), snapshotOf(network), await runtime)
}

const layer = (kind: LayerType, inputs: readonly (Tensor | null)[], attributes: Attributes = {}): Tensor =>
  inputs
    .find((t) => t !== null)!
    .network.addLayer({ kind, inputs, attributes, outputCount: 1 })
    .output()!
const held = (dtype: 'int32' | 'int64' | 'float32' | 'bool', shape: number[], values: number[]): Tensor =>
  f.constant(ConstantValue.of(dtype, shape, values))
const attend = (inputs: Tensor[], attributes: Attributes = {}): Tensor =>
  layer('ATTENTION_OUTPUT', [layer('ATTENTION_INPUT', inputs, { attention: 'a', ...attributes })], { attention: 'a' })
const floatsOf = (...values: number[]): ConstantValue => ConstantValue.of('float32', [values.length], values)
const ones = (n: number): number[] => new Array<number>(n).fill(1)

const QKV = 'in q float32[2,4,3,8];in k float32[2,4,5,8];in v float32[2,4,5,6]'
const SCORES = 'MatMul(q, Transpose<perm=[0,1,3,2]>(k))'
/** Pairs of halves, turned by the rows 0 and 2 of tables of cosines and sines. */
const TURNED =
  'h, g = Split<axis=3, num_outputs=2>(x);a = Sub(Mul(h, c), Mul(g, s));b = Add(Mul(h, s), Mul(g, c));y = Concat<axis=3>(a, b)'

/** Weights of three experts, of which the second has p, q and r, the third t, u and v. */
const WEIGHTS = [seeded(3 * 3 * 2, 1), seeded(3 * 3 * 2, 2), seeded(3 * 2 * 3, 3)]
const weightsOf = (expert: number, of: number): string => WEIGHTS[of]!.slice(expert * 6, expert * 6 + 6).join(' ')
const EXPERTS = `in x float32[1,2,3];in s float32[1,2,2];a, b = Split<axis=2, num_outputs=2>(s);${(
  [
    ['p', 1, 0, '3,2'],
    ['q', 1, 1, '3,2'],
    ['r', 1, 2, '2,3'],
    ['t', 2, 0, '3,2'],
    ['u', 2, 1, '3,2'],
    ['v', 2, 2, '2,3'],
  ] as const
)
  .map(([name, expert, of, shape]) => `const ${name} float32[${shape}] = ${weightsOf(expert, of)};`)
  .join('')}`

function seeded(count: number, seed: number): number[] {
  return Array.from({ length: count }, (_, i) => ((i * 37 + seed * 11) % 19) / 8 - 1)
}

/** Both tokens have the same two experts; biases are of the second only. */
function experts(x: Tensor, scores: Tensor, attributes: Attributes, chosen: [number, number], biased = false): Tensor {
  const weights = WEIGHTS.map((w, i) => held('float32', i < 2 ? [3, 3, 2] : [3, 2, 3], w))
  const zeros = (n: number): number[] => new Array<number>(n).fill(0)
  const bias = (...own: number[]): Tensor =>
    held('float32', [3, own.length], [...zeros(own.length), ...own, ...zeros(own.length)])
  const biases = biased ? [bias(1, 2), bias(3, 4), bias(5, 6, 7)] : []
  const of = held('int32', [1, 2, 2], [...chosen, ...chosen])
  return layer('MOE', [x, of, scores, ...weights, ...biases], attributes)
}

// prettier-ignore
const cases: readonly (readonly [name: string, onnx: string, build: Build])[] = [
  ['attention, whose scores nothing scales', `${QKV};y = MatMul(Softmax<axis=-1>(${SCORES}), v)`, (q, k, v) => attend([q!, k!, v!])],
  ['attention with a mask that is added', `${QKV};in m float32[2,1,3,5];y = MatMul(Softmax<axis=-1>(Add(${SCORES}, m)), v)`, (q, k, v, m) => attend([q!, k!, v!, m!])],
  ['attention with a mask of booleans', `${QKV};in m bool[1,1,3,5];const l float32[1] = -1e30;y = MatMul(Softmax<axis=-1>(Where(m, ${SCORES}, l)), v)`, (q, k, v, m) => attend([q!, k!, v!, m!])],
  ['attention that sees what came before', `${QKV};const l float32[1] = -1e30;const m bool[3,5] = 1 0 0 0 0 1 1 0 0 0 1 1 1 0 0;y = MatMul(Softmax<axis=-1>(Where(m, ${SCORES}, l)), v)`, (q, k, v) => attend([q!, k!, v!], { causal: true })],
  ['attention beside a cache, whose last row is the newest', `${QKV};const l float32[1] = -1e30;const m bool[3,5] = 1 1 1 0 0 1 1 1 1 0 1 1 1 1 1;y = MatMul(Softmax<axis=-1>(Where(m, ${SCORES}, l)), v)`, (q, k, v) => attend([q!, k!, v!], { causal_kind: 'LOWER_RIGHT' })],
  ['attention without a normalization', `${QKV};y = MatMul(${SCORES}, v)`, (q, k, v) => attend([q!, k!, v!], { norm_op: 'NONE' })],
  ['attention of heads that share keys', 'in q float32[1,4,3,8];in k float32[1,2,5,8];const i int64[4] = 0 0 1 1;w = Gather<axis=1>(k, i);y = MatMul(Softmax<axis=-1>(MatMul(q, Transpose<perm=[0,1,3,2]>(w))), w)', (q, k) => attend([q!, k!, k!])],
  ['rotary positions of halves', `in x float32[1,2,3,4];in c float32[1,1,3,2];in s float32[1,1,3,2];${TURNED}`, (x, c, s) => layer('ROTARY_EMBEDDING', [x!, f.view(c!, [1, 3, 2]), f.view(s!, [1, 3, 2])])],
  ['rotary positions by ids', `in x float32[1,2,2,4];in o float32[3,2];in n float32[3,2];const i int64[1,1,2] = 2 0;c = Gather(o, i);s = Gather(n, i);${TURNED}`, (x, c, s) => layer('ROTARY_EMBEDDING', [x!, c!, s!, held('int64', [1, 2], [2, 0])])],
  ['rotary positions of neighbours, of the first elements', 'in x float32[1,1,1,6];in c float32[1,1,2];in s float32[1,1,2];const e int64[2] = 0 2;const o int64[2] = 1 3;const r int64[2] = 4 5;const n int64[5] = 1 1 1 2 1;const z int64[4] = 1 1 1 4;const u int64[4] = 1 1 1 2;a = Gather<axis=3>(x, e);b = Gather<axis=3>(x, o);p = Sub(Mul(a, c), Mul(b, s));q = Add(Mul(a, s), Mul(b, c));h = Reshape(Concat<axis=4>(Reshape(p, n), Reshape(q, n)), z);y = Concat<axis=3>(h, Gather<axis=3>(x, r))', (x, c, s) => layer('ROTARY_EMBEDDING', [x!, c!, s!], { interleaved: true, rotary_embedding_dim: 4 })],
  ['a cache that is written to from an index on', 'in c float32[2,1,5,3];in u float32[2,1,2,3];const i int64[4,2] = 0 1 0 2 1 3 1 4;const t int64[2] = 4 3;const s int64[4] = 2 1 5 3;const m int64[3] = 2 5 3;y = Reshape(ScatterND(Reshape(c, m), i, Reshape(u, t)), s)', (c, u) => layer('KV_CACHE_UPDATE', [c!, u!, held('int32', [2], [1, 3])])],
  ['a scale of each channel', 'in x float32[2,3,2,2];const s float32[3,1,1] = 2 -1 0.5;const t float32[3,1,1] = 3 4 5;y = Add(Mul(x, s), t)', (x) => layer('SCALE', [x!], { mode: 'CHANNEL', scale: floatsOf(2, -1, 0.5), shift: floatsOf(3, 4, 5) })],
  ['a scale of each channel of a volume, counted from the back', 'in x float32[2,1,3,2,2];const s float32[3,1,1] = 2 -1 0.5;y = Mul(x, s)', (x) => layer('SCALE', [x!], { mode: 'CHANNEL', scale: floatsOf(2, -1, 0.5) })],
  ['a scale of each element, of flat weights', 'in x float32[2,1,2,2];const s float32[1,2,2] = 2 -1 0.5 3;y = Mul(x, s)', (x) => layer('SCALE', [x!], { mode: 'ELEMENTWISE', scale: floatsOf(2, -1, 0.5, 3) })],
  ['a scale of all', 'in x float32[2,1,2,2];y = Pow(Add(Mul(x, 2), 5), 2)', (x) => layer('SCALE', [x!], { mode: 'UNIFORM', scale: floatsOf(2), shift: floatsOf(5), power: floatsOf(2) })],
  ['softmax of as many elements as each row has', 'in x float32[2,4];const m bool[2,4] = 1 1 0 0 1 1 1 0;const l float32[1] = -1e30;y = Softmax<axis=-1>(Where(m, x, l))', (x) => layer('RAGGED_SOFTMAX', [x!, held('int32', [2, 1], [2, 3])])],
  ['numbers along two dimensions', 'in x float32[2,3];const n float32[2,3] = 1 3 5 11 13 15;y = Add(x, n)', (x) => f.add(x!, layer('FILL', [held('int64', [2], [2, 3]), held('float32', [], [1]), held('float32', [2], [10, 2])], { to_type: 'FLOAT' }))],
  ['a convolution that rounds up', 'in x float32[1,1,6,6];const k float32[1,1,3,3] = 1 1 1 1 1 1 1 1 1;y = Conv<strides=[2,2], pads=[0,1,1,2]>(x, k)', (x) => layer('CONVOLUTION', [x!], { num_output_maps: 1, kernel_size_nd: [3, 3], stride_nd: [2, 2], pre_padding: [0, 1], post_padding: [0, 1], padding_mode: 'EXPLICIT_ROUND_UP', kernel: ConstantValue.of('float32', [1, 1, 3, 3], ones(9)) })],
  ['padding of zeros', 'in x float32[1,2,3,4];const p int64[8] = 0 0 1 2 0 0 0 3;y = Pad(x, p)', (x) => layer('PADDING', [x!], { pre_padding_nd: [1, 2], post_padding_nd: [0, 3] })],
  ['padding that takes rows away, and puts columns in front', 'in x float32[2,2,4,3];const s int64[1] = 1;const e int64[1] = 3;const a int64[1] = 2;const p int64[8] = 0 0 0 2 0 0 0 0;y = Pad(Slice(x, s, e, a), p)', (x) => layer('PADDING', [x!], { pre_padding_nd: [-1, 2], post_padding_nd: [-1, 0] })],
  ['padding that only takes away', 'in x float32[1,1,4,5];const s int64[2] = 1 0;const e int64[2] = 4 3;const a int64[2] = 2 3;y = Slice(x, s, e, a)', (x) => layer('PADDING', [x!], { pre_padding_nd: [-1, 0], post_padding_nd: [0, -2] })],
  ['sizes by factors that are floored', 'in x float32[1,1,3,2];const r int64[4] = 0 0 1 2;const c int64[4] = 0 0 1 1;y = Gather<axis=3>(Gather<axis=2>(x, r), c)', (x) => layer('RESIZE', [x!], { scales: [1, 1, 1.5, 2] })],
  ['a dimension that goes, and one that comes', 'in x float32[2,1,3];y = Transpose<perm=[1,0,2]>(x)', (x) => layer('UNSQUEEZE', [layer('SQUEEZE', [x!, held('int64', [1], [1])]), held('int64', [1], [0])])],
  ['a choice between booleans', 'in c bool[3];in a bool[3];in b bool[3];y = Or(And(c, a), And(Not(c), b))', (c, a, b) => layer('SELECT', [c!, a!, b!])],
  ['RELU of whole numbers', 'in a int64[4];const z int64[1] = 2;const o int64[1] = 0;y = Max(Sub(a, z), o)', (a) => f.relu(f.sub(a!, 2))],
  ['fp8 by one scale and back: nearest of its numbers, at most 448', 'in a float32[2,3];const s float32[] = 0.001;y = Mul(Cast<to=float32>(Cast<to=float8e4m3fn>(Div(a, s))), s)', (a) => { const s = held('float32', [], [0.001]); return f.dequantize(f.quantize(a!, s, 'float8e4m3fn'), s, -1, 'float32') }],
  ['fp8 by a scale for each column', 'in a float32[2,3];const s float32[3] = 0.5 0.25 1;y = Mul(Cast<to=float32>(Cast<to=float8e4m3fn>(Div(a, s))), s)', (a) => { const s = held('float32', [3], [0.5, 0.25, 1]); return f.dequantize(f.quantize(a!, s, 'float8e4m3fn', 1), s, 1, 'float32') }],
  ...(['int8', 'float8e4m3fn'] as const).map((to): (typeof cases)[number] => [`${to} by a scale for each block`, `in a float32[2,4];const s float32[2,4] = 0.5 0.5 0.25 0.25 1 1 2 2;y = Mul(Cast<to=float32>(Cast<to=${to}>(${to === 'int8' ? 'Round(Div(a, s))' : 'Div(a, s)'})), s)`, (a) => { const s = held('float32', [2, 2], [0.5, 0.25, 1, 2]); const q = layer('QUANTIZE', [a!, s], { to_type: to === 'int8' ? 'INT8' : 'FP8', block_shape: [1, 2] }); return layer('DEQUANTIZE', [q, s], { to_type: 'FLOAT', block_shape: [1, 2] }) }]),
  ['two of three experts for each token, with SiLU', EXPERTS + 'g = MatMul(x, p);y = Add(Mul(MatMul(Mul(Mul(g, Sigmoid(g)), MatMul(x, q)), r), a), Mul(MatMul(Mul(Mul(MatMul(x, p), Sigmoid(MatMul(x, p))), MatMul(x, q)), r), b))', (x, s) => experts(x!, s!, { activation_type: 'SILU' }, [1, 1])],
  ['one token by two experts, without an activation', EXPERTS + 'y = Add(Mul(MatMul(Mul(MatMul(x, p), MatMul(x, q)), r), a), Mul(MatMul(Mul(MatMul(x, t), MatMul(x, u)), v), b))', (x, s) => experts(x!, s!, {}, [1, 2])],
  ['experts with biases', EXPERTS + 'const i float32[2] = 1 2;const j float32[2] = 3 4;const k float32[3] = 5 6 7;h = Mul(Add(MatMul(x, p), i), Add(MatMul(x, q), j));c = Add(MatMul(h, r), k);y = Add(Mul(c, a), Mul(c, b))', (x, s) => experts(x!, s!, {}, [1, 1], true)],
  ['a half float quantized by a float32 scale', 'in a float16[2,3];const s float32[] = 0.1;const z int8[] = 0;y = DequantizeLinear(QuantizeLinear(Cast<to=float32>(a), s, z), s, z)', (a) => { const s = held('float32', [], [0.1]); return f.dequantize(f.quantize(a!, s, 'int8'), s, -1, 'float32') }],
]

test.each(cases)('%s', async (_, onnx, build) => {
  expect(await compared(onnx, build)).toMatchObject({ verdict: 'equal' })
})

describe('a conditional', () => {
  const chosen: Build = (c, a) => {
    const conditional = new f.Conditional(c!)
    const inside = conditional.addInput(a!)
    return conditional.addOutput(f.exp(inside), f.mul(inside, 2))
  }
  test('computes both ways, and its condition chooses', async () => {
    const onnx = 'in c bool[];in a float32[N,3];y = Where(c, Exp(a), Mul(a, 2))'
    expect(await compared(onnx, chosen)).toMatchObject({ verdict: 'equal' })
  })
  test('turned around it gives another result', async () => {
    const onnx = 'in c bool[];in a float32[N,3];y = Where(c, Mul(a, 2), Exp(a))'
    expect(await compared(onnx, chosen)).toMatchObject({ verdict: 'different' })
  })
})

test('bfloat16 is computed in float32', async () => {
  const of = (op: 'add' | 'sub'): Network => {
    const network = new Network(tensorrtDialect)
    netGuard(network, () => {
      const x = f.input('x', 'bfloat16', ['n', 4])
      const w = f.constant(ConstantValue.of('bfloat16', [4, 4], ones(16)))
      network.markOutput(f.cast(f[op](f.matmul(x, w), f.cast(f.cast(x, 'float32'), 'bfloat16')), 'float16'), 'y')
    })
    return network
  }
  const [a, b] = [snapshotOf(of('add')), snapshotOf(of('sub'))]
  expect(await verifyNetworks(a, a, await runtime)).toMatchObject({ verdict: 'equal' })
  expect(await verifyNetworks(a, b, await runtime)).toMatchObject({ verdict: 'different' })
})

describe('cannot be run, and says why:', () => {
  // prettier-ignore
  test.each<[kind: LayerType, shape: number[], attributes: Attributes, reason: RegExp]>([
    ['DYNAMIC_QUANTIZE', [2, 16], { axis: 1 }, /ONNX Runtime has neither FP4 nor E8M0/],
    ['DIST_COLLECTIVE', [2, 16], { collective_operation: 'ALL_REDUCE' }, /takes values of other GPUs/],
    ['QUANTIZE', [2, 16], { to_type: 'FP4' }, /QUANTIZE to FP4 has no form in ONNX Runtime, which has no such element type/],
    ['DECONVOLUTION', [1, 1, 4, 4], { num_output_maps: 1, kernel_size_nd: [2, 2], padding_mode: 'SAME_UPPER', kernel: ConstantValue.of('float32', [1, 1, 2, 2], ones(4)) }, /padded by SAME_UPPER has no reference/],
    ['ATTENTION_INPUT', [1, 2, 3, 4], { attention: 'a', normalization_quantize_to_type: 'INT8' }, /quantizes what it multiplies the values by/],
    ['ATTENTION_INPUT', [1, 2, 4], { attention: 'a', query_form: 'PACKED_NHD' }, /takes packed tokens or lengths/],
    ['MOE', [1, 2, 4], { swiglu_param_limit: 7 }, /has a SwiGLU of its own/],
    ['SOFTMAX', [2, 16], { axes: 2, newer: true }, /what newer of SOFTMAX SOFTMAX_0 does is not known/],
  ])('%s', async (kind, shape, attributes, reason) => {
    const network = new Network(tensorrtDialect)
    const x = network.addInput('x', 'float32', shape)
    const few: Readonly<Partial<Record<LayerType, number>>> = { ATTENTION_INPUT: 5, MOE: 6 }
    const inputs = new Array<Tensor>(few[kind] ?? 1).fill(x)
    const made = network.addLayer({ kind, inputs, attributes, outputCount: kind === 'DYNAMIC_QUANTIZE' ? 2 : 1 })
    network.markOutput(made.output()!, 'y')
    const verdict = await verifyNetworks(snapshotOf(network), snapshotOf(network), await runtime)
    expect([verdict.verdict, verdict.reason]).toEqual(['cannot-run', expect.stringMatching(reason)])
  })
})

const ROPE =
  'in x float32[2,3,2,4];in c float32[2,3,2];in s float32[2,3,2];const o int64[1] = 2;d = Unsqueeze(c, o);t = Unsqueeze(s, o)'
const { applyRotaryPosEmb, createSinusoidalPositions } = f.RopeEmbeddingUtils

test('rotary positions by layers, of halves and of neighbours, turn as their definition does', async () => {
  const halves = `${ROPE};h, g = Split<axis=3, num_outputs=2>(x);y = Concat<axis=3>(Sub(Mul(h, d), Mul(g, t)), Add(Mul(h, t), Mul(g, d)))`
  const neox: Build = (x, c, s) => applyRotaryPosEmb(x!, [c!, s!], 'rope_gpt_neox')
  expect(await compared(halves, neox)).toMatchObject({ verdict: 'equal' })
  const neighbours = `${ROPE};const e int64[2] = 0 2;const n int64[2] = 1 3;const z int64[4] = 2 3 2 4;const l int64[1] = 4;h = Gather<axis=3>(x, e);g = Gather<axis=3>(x, n);y = Reshape(Concat<axis=4>(Unsqueeze(Sub(Mul(h, d), Mul(g, t)), l), Unsqueeze(Add(Mul(h, t), Mul(g, d)), l)), z)`
  const gptj: Build = (x, c, s) => applyRotaryPosEmb(x!, [c!, s!])
  expect(await compared(neighbours, gptj)).toMatchObject({ verdict: 'equal' })
  expect(await compared(halves, gptj)).toMatchObject({ verdict: 'different' })
})

test('tables of positions have sines, then cosines', () => {
  const table = createSinusoidalPositions(3, 4)
  expect([
    table.shape,
    table
      .toArray()
      .slice(4, 8)
      .map((v) => v.toFixed(3)),
  ]).toEqual([[1, 3, 4], [Math.sin(1), Math.sin(0.01), Math.cos(1), Math.cos(0.01)].map((v) => v.toFixed(3))])
})

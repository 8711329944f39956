/** The functionals, each against what it has to give: an ONNX network of the same inputs, in numbers. */
import { describe, expect, test } from 'vitest'
import { exportOnnx } from '../../../src/dialects/onnx'
import * as f from '../../../src/dialects/tensorrt'
import { tensorrtDialect } from '../../../src/dialects/tensorrt'
import { ConstantValue, netGuard, Network, snapshotOf, verifyNetwork } from '../../../src/engine'
import type { Shape, Tensor } from '../../../src/engine'
import { verifyNetworks } from '../../../src/verify'
import { nodeRuntime } from '../../../src/verify/node'
import { net } from '../../patterns/notation'

const runtime = nodeRuntime()

/** The network that a functional builds on the inputs of an ONNX network, its results as outputs y, z, w. */
function built(like: Network, build: (...inputs: Tensor[]) => Tensor | readonly Tensor[]): Network {
  const network = new Network(tensorrtDialect)
  netGuard(network, () => {
    const inputs = like.getInputs().map((t) => f.input(t.name, t.dtype!, t.shape!))
    const made = build(...inputs)
    const results = Array.isArray(made) ? (made as readonly Tensor[]) : [made as Tensor]
    results.forEach((t, i) => network.markOutput(t, ['y', 'z', 'w'][i]!))
  })
  return network
}

const ints = (...values: number[]): Tensor => f.constant(ConstantValue.of('int64', [values.length], values))
const weight = (...shape: number[]): Tensor => {
  const size = shape.reduce((a, b) => a * b, 1)
  return f.constant(
    ConstantValue.of(
      'float32',
      shape,
      Float32Array.from({ length: size }, (_, i) => Math.sin(i + 1)),
    ),
  )
}
/** The same numbers, as the text of a constant. */
const written = (name: string, ...shape: number[]): string =>
  `const ${name} float32[${shape.join(',')}] = ${Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => Math.fround(Math.sin(i + 1))).join(' ')}`

// prettier-ignore
const cases: readonly (readonly [name: string, onnx: string, build: (...t: Tensor[]) => Tensor | readonly Tensor[]])[] = [
  ['add of two ranks', 'in a float32[A,B,3];in b float32[B,3];y = Add(a, b)', (a, b) => f.add(a!, b!)],
  ['operators of a tensor', 'in a float32[A,3];y = Div(Mul(Sub(a, 1), 2), 4)', (a) => a!.sub(1).mul(2).div(4)],
  ['floordiv and modulo', 'in a int64[4];const t int64[1] = 3;y = Mod(a, t)', (a) => a!.modulo(3)],
  ['comparisons', 'in a float32[4];in b float32[4];y = And(GreaterOrEqual(a, b), Not(Less(a, b)))', (a, b) => f.opAnd(a!.ge(b!), f.notOp(a!.lt(b!)))],
  ['maximum, minimum, pow', 'in a float32[4];in b float32[4];y = Pow(Max(Abs(a), Min(a, b)), 2)', (a, b) => f.pow(f.maximum(f.abs(a!), f.minimum(a!, b!)), 2)],
  ['intClip', 'in a int64[4];const l int64[] = 1;const h int64[] = 2;y = Clip(a, l, h)', (a) => f.intClip(a!, 1, 2)],
  ['exp, sin, cos, sqrt, log', 'in a float32[4];y = Log(Sqrt(Exp(Add(Sin(a), Cos(a)))))', (a) => f.log(f.sqrt(f.exp(f.add(f.sin(a!), f.cos(a!)))))],
  ['round', 'in a float32[4];y = Round(a)', (a) => f.round(a!)],
  ['silu', 'in a float32[2,4];y = Mul(a, Sigmoid(a))', (a) => f.silu(a!)],
  ['gelu', 'in a float32[2,4];y = Gelu<approximate="tanh">(a)', (a) => f.gelu(a!)],
  ['quickGelu', 'in a float32[2,4];y = Mul(a, Sigmoid(Mul(a, 1.702)))', (a) => f.quickGelu(a!)],
  ['squaredRelu and clip', 'in a float32[2,4];y = Clip(Pow(Relu(a), 2), 0.1, 0.5)', (a) => f.clip(f.squaredRelu(a!), 0.1, 0.5)],
  ['softplus', 'in a float32[2,4];y = Div(Softplus(Mul(a, 2)), 2)', (a) => f.softplus(a!, 2, 20)],
  ['swiglu', 'in a float32[2,N,8];x, g = Split<axis=-1, num_outputs=2>(a);y = Mul(Mul(g, Sigmoid(g)), x)', (a) => f.swiglu(a!)],
  ['geglu', 'in a float32[2,N,8];x, g = Split<axis=-1, num_outputs=2>(a);y = Mul(x, Gelu<approximate="tanh">(g))', (a) => f.geglu(a!)],
  ['gegelu', 'in a float32[2,N,8];const s int64[1] = 0;const o int64[1] = 1;const e int64[1] = 8;const x int64[1] = -1;const t int64[1] = 2;g = Slice(a, s, e, x, t);l = Slice(a, o, e, x, t);h = Clip(g, -1e20, 0.5);k = Clip(l, -0.5, 0.5);y = Mul(Mul(h, Sigmoid(Mul(h, 1.702))), Add(k, 1))', (a) => f.gegelu(a!, 0.5)],
  ['cumsum of the last dimension, by the plugin', 'in a float32[2,3,4];const x int64[] = -1;y = CumSum(a, x)', (a) => f.cumsum(a!, -1)],
  ['cumsum of the last dimension, by a triangle', 'in a float32[2,4];const x int64[] = 1;y = CumSum(a, x)', (a) => f.cumsum(a!, 1, { preferPlugin: false })],
  ['topk by the plugin', 'in a float32[2,3,8];const k int64[1] = 3;y, i = TopK<axis=-1>(a, k);z = Cast<to=int32>(i);out y, z', (a) => f.topk(a!, 3, -1)],
  ['topk of another dimension, the smallest', 'in a float32[6,2];const k int64[1] = 2;y, i = TopK<axis=0, largest=0>(a, k);z = Cast<to=int32>(i);out y, z', (a) => f.topk(a!, 2, 0, { largest: false })],
  ['interpolate to a size', 'in a float32[1,2,3,4];const s int64[4] = 1 2 6 8;y = Resize<mode="nearest", coordinate_transformation_mode="asymmetric", nearest_mode="floor">(a, none, none, s)', (a) => f.interpolate(a!, { size: [6, 8] })],
  ['interpolate by a factor, bilinear', 'in a float32[1,2,3,4];const s float32[4] = 1 1 2 2;y = Resize<mode="linear", coordinate_transformation_mode="half_pixel">(a, none, s)', (a) => f.interpolate(a!, { scaleFactor: 2, mode: 'bilinear' })],
  ['rearrange of a list, with a dimension of 1', 'in a float32[N,6];in b float32[N,6];const z int64[1] = 1;const t int64[1] = 0;y = Unsqueeze(Concat<axis=1>(Unsqueeze(a, z), Unsqueeze(b, z)), t)', (a, b) => f.rearrange([a!, b!], 'l n c -> 1 n l c')],
  ['quantizePerToken by layers', 'in a float32[2,8];const x int64[1] = 1;const h float32[1] = 127;m = ReduceMax(Abs(a), x);y = Cast<to=int8>(Round(Div(Mul(a, h), m)));z = Div(m, h);out y, z', (a) => f.quantizePerToken(a!, { plugin: false })],
  ['quantizeTensor by layers', 'in a float32[2,8];const h float32[1] = 30;y = Cast<to=int8>(Clip(Round(Mul(a, h)), -128, 127))', (a) => f.quantizeTensor(a!, f.constant(ConstantValue.of('float32', [1], [30])), { plugin: false })],
  ['the last tokens of speculative decoding', 'in a float32[2,5,3];const i int64[2,2] = 1 4 0 2;const w int64[2,2,1] = 1 4 0 2;y = GatherND<batch_dims=1>(a, w)', (a) => f.gatherLastTokenLogits(a!, f.constant(ConstantValue.of('int64', [2, 2], [1, 4, 0, 2])), false)],
  ['avgPool2d without a batch', 'in a float32[3,6,6];const z int64[1] = 0;y = Squeeze(AveragePool<kernel_shape=[2,2], strides=[2,2]>(Unsqueeze(a, z)), z)', (a) => f.avgPool2d(a!, [2, 2])],
  ['rearrange', 'in a float32[N,6,4];const s int64[4] = 0 2 3 4;const t int64[3] = 0 3 8;y = Reshape(Transpose<perm=[0,2,1,3]>(Reshape(a, s)), t)', (a) => f.rearrange(a!, 'b (h w) c -> b w (h c)', { h: 2 })],
  ['meshgrid2d', 'in a float32[3];in b float32[2];const u int64[2] = 3 1;const v int64[2] = 1 2;const s int64[2] = 3 2;y = Expand(Reshape(a, u), s);z = Expand(Reshape(b, v), s);out y, z', (a, b) => f.meshgrid2d(a!, b!)],
  ['quantize and dequantize', 'in a float32[3,4];const s float32[] = 0.05;const z int8[] = 0;y = DequantizeLinear(QuantizeLinear(a, s, z), s, z)', (a) => { const s = f.constant(ConstantValue.of('float32', [], [0.05])); return f.dequantize(f.quantize(a!, s, 'int8'), s, -1, 'float32') }],
  ['where with numbers', 'in c bool[N,3];y = Where(c, 1.5, -2.0)', (c) => f.where(c!, 1.5, -2)],
  ['where of ranks', 'in c bool[3];in a float32[N,3];y = Where(c, a, 0)', (c, a) => f.where(c!, a!, 0)],
  ['cast', 'in a float32[3];y = Cast<to=float16>(a)', (a) => f.cast(a!, 'float16')],
  ['view', 'in a float32[2,N,12];const s int64[4] = 0 0 3 4;y = Reshape(a, s)', (a) => a!.view([0, 0, 3, 4])],
  ['view by a tensor', 'in a float32[2,N,12];const s int64[3] = 4 -1 3;y = Reshape(a, s)', (a) => a!.view(ints(4, -1, 3))],
  ['permute and transpose', 'in a float32[2,3,4];y = Transpose<perm=[1,2,0]>(a)', (a) => a!.permute([1, 2, 0]).transpose(0, 1).permute([1, 0, 2])],
  ['flatten', 'in a float32[N,3,4];const s int64[2] = 0 12;y = Reshape(a, s)', (a) => a!.flatten(1)],
  ['unsqueeze and squeeze', 'in a float32[A,B];const x int64[1] = 1;y = Unsqueeze(a, x)', (a) => a!.unsqueeze(-1).unsqueeze(1).squeeze(3)],
  ['expandDims of several', 'in a float32[A,B];const x int64[2] = 0 2;y = Unsqueeze(a, x)', (a) => f.expandDims(a!, [0, 2])],
  ['shape', 'in a float32[A,B,4];y = Shape(a)', (a) => f.shape(a!)],
  ['one size', 'in a float32[A,B,4];const i int64[] = 1;y = Gather(Shape(a), i)', (a) => f.shape(a!, 1)],
  ['concat and stack', 'in a float32[A,4];in b float32[A,4];y = Concat<axis=1>(a, b, a)', (a, b) => f.stack([a!, b!, a!], 1).view(f.concat([f.shape(a!, 0), 12]))],
  ['split', 'in a float32[2,7,N];const s int64[2] = 3 4;y, z = Split<axis=1>(a, s);out y, z', (a) => a!.split([3, 4], 1)],
  ['chunk and unbind', 'in a float32[4,N];y, z = Split<num_outputs=2>(a);out y, z', (a) => f.chunk(a!, 2)],
  ['unbind', 'in a float32[2,N];const i int64[] = 0;const j int64[] = 1;y = Gather(a, i);z = Gather(a, j);out y, z', (a) => a!.unbind()],
  ['slice that goes back', 'in a float32[2,5];const s int64[1] = -1;const e int64[1] = -9;const x int64[1] = 1;const t int64[1] = -1;y = Slice(a, s, e, x, t)', (a) => f.flip(a!, [-1])],
  ['pad', 'in a float32[2,N];const p int64[4] = 0 2 0 1;y = Pad(a, p, 7)', (a) => f.pad(a!, [2, 1], 'constant', 7)],
  ['expand', 'in a float32[2,1,N];in b float32[2,4,N];y = Expand(a, Shape(b))', (a, b) => f.expand(a!, f.shape(b!))],
  ['gather', 'in a float32[2,5];const i int64[2,2] = 0 1 3 2;y = GatherElements<axis=1>(a, i)', (a) => f.gather(a!, -1, f.constant(ConstantValue.of('int64', [2, 2], [0, 1, 3, 2])))],
  ['select', 'in a float32[A,5,B];const i int64[] = 2;y = Gather<axis=1>(a, i)', (a) => a!.select(1, 2)],
  ['indexSelect', 'in a float32[A,5,B];const i int64[3] = 2 0 0;y = Gather<axis=1>(a, i)', (a) => f.indexSelect(a!, 1, ints(2, 0, 0))],
  ['gatherNd', 'in a float32[2,3,4];const i int64[2,1] = 2 0;y = GatherND<batch_dims=1>(a, i)', (a) => f.gatherNd(a!, f.constant(ConstantValue.of('int64', [2, 1], [2, 0])))],
  ['scatter', 'in a float32[2,3];const i int64[2,1] = 2 0;in u float32[2,1];y = ScatterElements<axis=1>(a, i, u)', (a, u) => f.scatter(a!, 1, f.constant(ConstantValue.of('int64', [2, 1], [2, 0])), u!)],
  ['nonzero', 'in a bool[3,4];y = Cast<to=int32>(NonZero(a))', (a) => f.nonzero(a!)],
  ['maskedSelect', 'in a float32[3,4];in m bool[3,4];y = GatherND(a, Transpose<perm=[1,0]>(NonZero(m)))', (a, m) => f.maskedSelect(a!, m!)],
  ['arange', 'in a float32[N];const z int64[] = 1;const o int64[] = 1;const i int64[] = 0;y = Cast<to=float32>(Range(z, Gather(Shape(a), i), o))', (a) => f.arange(f.constant(ConstantValue.scalarOf('int64', 1)), f.shape(a!, 0), 'float32')],
  ['repeat', 'in a float32[2,3];const r int64[2] = 2 3;y = Tile(a, r)', (a) => a!.repeat([2, 3])],
  ['repeatInterleave', 'in a float32[2,3];const i int64[6] = 0 0 1 1 2 2;y = Gather<axis=1>(a, i)', (a) => f.repeatInterleave(a!, 2, 1)],
  ['argmax', 'in a float32[A,5,B];y = Cast<to=int32>(ArgMax<axis=1, keepdims=0>(a))', (a) => f.argmax(a!, 1)],
  ['mean, max', 'in a float32[A,5,B];const x int64[2] = 1 2;y = ReduceMean(a, x);z = ReduceMax<keepdims=0>(a, x);out y, z', (a) => [a!.mean([1, 2], true), a!.max([1, -1])]],
  ['prod, min, sum', 'in a float32[A,5];const x int64[1] = 1;y = ReduceProd(a, x);z = ReduceMin(a, x);w = ReduceSum(a, x);out y, z, w', (a) => [f.prod(a!, 1, true), f.min(a!, 1, true), f.sum(a!, 1, true)]],
  ['softmax, logSoftmax', 'in a float32[A,5];y = Softmax<axis=0>(a);z = LogSoftmax(a);out y, z', (a) => [f.softmax(a!, 0), f.logSoftmax(a!, -1)]],
  ['matmul', 'in a float32[N,3,4];in b float32[5,4];y = MatMul(a, Transpose<perm=[1,0]>(b))', (a, b) => f.matmul(a!, b!, { transb: true })],
  ['matmul of halves sums in float32', 'in a float16[3,4];in b float16[4,5];y = Cast<to=float16>(MatMul(Cast<to=float32>(a), Cast<to=float32>(b)))', (a, b) => f.matmul(a!, b!)],
  ['einsum, outer', 'in a float32[3];in b float32[4];y = Einsum<equation="i,j->ij">(a, b)', (a, b) => f.outer(a!, b!)],
  ['layerNorm', `in a float32[2,N,4];${written('s', 4)};${written('b', 4)};y = LayerNormalization(a, s, b)`, (a) => f.layerNorm(a!, 4, weight(4), weight(4))],
  ['rmsNorm', `in a float32[2,N,4];${written('s', 4)};const x int64[1] = -1;y = Mul(Div(a, Sqrt(Add(ReduceMean(Mul(a, a), x), 0.000001))), s)`, (a) => f.rmsNorm(a!, 4, 1, weight(4))],
  ['groupNorm', `in a float32[2,4,3,3];${written('s', 4)};${written('b', 4)};y = GroupNormalization<num_groups=2>(a, s, b)`, (a) => f.groupNorm(a!, 2, weight(4), weight(4))],
  ['conv2d', `in a float32[N,3,6,6];${written('k', 2, 3, 3, 3)};${written('b', 2)};y = Conv<strides=[2,2], pads=[1,1,1,1]>(a, k, b)`, (a) => f.conv2d(a!, weight(2, 3, 3, 3), { bias: weight(2), stride: [2, 2], padding: [1, 1] })],
  ['conv1d', `in a float32[2,3,8];${written('k', 2, 3, 3)};y = Conv<strides=[2], pads=[1,1]>(a, k)`, (a) => f.conv1d(a!, weight(2, 3, 3, 1), { stride: 2, padding: 1 })],
  ['conv3d of a volume without a batch', `in a float32[3,4,5,6];${written('k', 2, 3, 3, 3, 3)};const z int64[1] = 0;y = Conv<pads=[1,1,1,1,1,1]>(Unsqueeze(a, z), k)`, (a) => f.conv3d(a!, weight(2, 3, 3, 3, 3), { padding: 1 })],
  ['identity', 'in a float32[N,3];y = Identity(a)', (a) => f.identity(a!)],
  ['an assertion that holds changes nothing', 'in a float32[N,3];y = Exp(a)', (a) => { f.assertion(f.constant(ConstantValue.of('bool', [], [1])), 'holds'); return f.exp(a!) }],
  ['maskedScatter', 'in a float32[2,3];const m bool[2,3] = 1 0 1 0 1 0;in s float32[3];y = ScatterND(a, Transpose<perm=[1,0]>(NonZero(m)), s)', (a, s) => f.maskedScatter(a!, f.constant(ConstantValue.of('bool', [2, 3], [1, 0, 1, 0, 1, 0])), s!)],
  ['scatterNd', 'in a float32[4,5];const i int64[2,1] = 0 2;in u float32[2,5];y = ScatterND(a, i, u)', (a, u) => f.scatterNd(a!, f.constant(ConstantValue.of('int64', [2, 1], [0, 2])), u!)],
  ['unsqueeze and squeeze of a scalar', 'in a float32[1,1];const s int64[0];y = Reshape(a, s)', (a) => f.squeeze(a!)],
  ['interpolate, nearest-exact', 'in a float32[1,2,4,4];const s int64[4] = 1 2 6 7;y = Resize<mode="nearest", coordinate_transformation_mode="half_pixel", nearest_mode="round_prefer_floor">(a, none, none, s)', (a) => f.interpolate(a!, { size: [6, 7], mode: 'nearest-exact' })],
  ['interpolate, trilinear', 'in a float32[1,1,3,4,5];const s float32[5] = 1 1 2 2 2;y = Resize<mode="linear", coordinate_transformation_mode="half_pixel">(a, none, s)', (a) => f.interpolate(a!, { scaleFactor: 2, mode: 'trilinear' })],
  ['interpolate, bicubic', 'in a float32[1,2,4,4];const s int64[4] = 1 2 8 8;y = Resize<mode="cubic", coordinate_transformation_mode="half_pixel">(a, none, none, s)', (a) => f.interpolate(a!, { size: 8, mode: 'bicubic' })],
  ['categoricalSample: the first place at which the sum of the shares reaches the number', 'in p float32[2,4];const r float32[2] = 0.3 0.99;const x int64[] = -1;const k int64[1] = -1;s = Abs(p);c = CumSum(Div(s, ReduceSum(s, k)), x);y = Cast<to=int32>(ArgMax<axis=1, keepdims=0>(Cast<to=float32>(GreaterOrEqual(c, Unsqueeze(r, k)))))', (p) => f.categoricalSample(f.abs(p!), f.constant(ConstantValue.of('float32', [2], [0.3, 0.99])))],
  ['generateAlibiBiases', 'in k float32[1,5];const s float32[1,2,1,1] = 0.0625 0.00390625;const z float32[] = 0;const o float32[] = 1;const i int64[] = 1;y = Mul(s, Range(z, Cast<to=float32>(Gather(Shape(k), i)), o))', (k) => f.generateAlibiBiases(f.constant(ConstantValue.of('float32', [1, 2, 1, 1], f.generateAlibiSlopes(2))), f.shape(k!, 1, 'int32'))],
  ['convTranspose2d', `in a float32[1,3,4,4];${written('k', 3, 2, 3, 3)};y = ConvTranspose<strides=[2,2]>(a, k)`, (a) => f.convTranspose2d(a!, weight(3, 2, 3, 3), { stride: [2, 2] })],
  ['avgPool2d', 'in a float32[1,3,6,6];y = AveragePool<kernel_shape=[2,2], strides=[2,2]>(a)', (a) => f.avgPool2d(a!, [2, 2])],
  ['embedding', `${written('w', 9, 4)};in i int64[2,N];y = Gather(w, i)`, (i) => f.embedding(i!, weight(9, 4))],
  ['expandMask', 'in m int32[2,4];const z int32[1] = 0;const s int64[4] = 2 1 1 4;const e int64[4] = 2 1 4 4;const q float32[1] = -Infinity;const o float32[1] = 0;y = Expand(Where(Equal(Reshape(m, s), z), q, o), e)', (m) => f.expandMask(m!)],
  ['gatherLastTokenLogits, padded', 'in h float32[2,5,3];const l int32[2] = 3 5;const i int64[2,2] = 0 2 1 4;y = GatherND(h, i)', (h) => f.gatherLastTokenLogits(h!, f.constant(ConstantValue.of('int32', [2], [3, 5])), false)],
  ['gatherLastTokenLogits, packed', 'in h float32[8,3];const i int64[2] = 2 7;y = Gather(h, i)', (h) => f.gatherLastTokenLogits(h!, f.constant(ConstantValue.of('int32', [2], [3, 8])), true)],
]

/** Plugins with a reference, against the layers that they stand for. */
const plugins: readonly (readonly [
  name: string,
  shape: Shape,
  plugin: (x: Tensor) => Tensor,
  layers: (x: Tensor) => Tensor,
])[] = [
  [
    'gemmPlugin',
    ['n', 4],
    (x) => f.gemmPlugin(x, weight(6, 4), { alpha: 0.5 }),
    (x) => f.matmul(x, weight(6, 4), { transb: true }).mul(0.5),
  ],
  [
    'gemmSwiglu',
    [2, 'n', 4],
    (x) => f.gemmSwiglu(x, weight(6, 4)),
    (x) => f.swiglu(f.matmul(x, weight(6, 4), { transb: true })),
  ],
  [
    'gemmSwiglu with a bias',
    ['n', 4],
    (x) => f.gemmSwiglu(x, weight(6, 4), { bias: weight(6) }),
    (x) => f.swiglu(f.matmul(x, weight(6, 4), { transb: true }).add(weight(6))),
  ],
  [
    'weightOnlyQuantMatmul',
    ['n', 2],
    (x) => f.weightOnlyQuantMatmul(x, bytes(2, 3), weight(3), 1),
    (x) => f.matmul(x, bytes(2, 3).cast('float32').mul(weight(3))),
  ],
]
const bytes = (...shape: number[]): Tensor => {
  const size = shape.reduce((a, b) => a * b, 1)
  return f.constant(
    ConstantValue.of(
      'int8',
      shape,
      Array.from({ length: size }, (_, i) => 7 * i - 20),
    ),
  )
}

describe('a plugin gives what its layers give', () => {
  test.each(plugins)('%s', async (_, shape, plugin, layers) => {
    const networks = [plugin, layers].map((build) => {
      const network = new Network(tensorrtDialect)
      netGuard(network, () => network.markOutput(build(f.input('x', 'float32', shape)), 'y'))
      expect(verifyNetwork(network)).toEqual([])
      return snapshotOf(network)
    })
    const verdict = await verifyNetworks(networks[0]!, networks[1]!, await runtime, { seeds: [1] })
    expect(verdict).toMatchObject({ verdict: 'equal' })
  })

  test('a product of int8 by tokens is near the product itself', async () => {
    const network = new Network(tensorrtDialect)
    netGuard(network, () => {
      const x = f.input('x', 'float32', [2, 3])
      const [tokens, scales] = f.quantizePerToken(x)
      const y = f.smoothQuantGemm(
        tokens!,
        bytes(4, 3),
        scales!,
        f.constant(ConstantValue.of('float32', [1, 4], [1, 1, 1, 1])),
        true,
        true,
      )
      network.markOutput(y, 'y')
    })
    const session = await (await runtime).load(exportOnnx(f.raiseToOnnx(snapshotOf(network))).bytes)
    const found = await session.run(new Map([['x', ConstantValue.of('float32', [2, 3], [1, 2, 3, -1, 0.5, 0.25])]]))
    await session.release()
    const expected = [1, 2, 3, -1, 0.5, 0.25]
    found
      .get('y')!
      .toArray()
      .forEach((v, i) => {
        const [row, column] = [Math.floor(i / 4), i % 4]
        const exact = [0, 1, 2].reduce((s, k) => s + expected[row * 3 + k]! * (7 * (column * 3 + k) - 20), 0)
        expect(Math.abs(v - exact)).toBeLessThan(1)
      })
  })
})

describe('a functional gives what it is for', () => {
  test.each(cases)('%s', async (_, text, build) => {
    const lines = text.replaceAll(';', '\n')
    const onnx = net(/\nout /.test(lines) ? lines : `${lines}\nout y`, 21)
    const network = built(onnx, build)
    expect(verifyNetwork(network)).toEqual([])
    const verdict = await verifyNetworks(snapshotOf(onnx), snapshotOf(network), await runtime, { seeds: [1] })
    expect(verdict).toMatchObject({ verdict: 'equal' })
  })
})

describe('the layers that the original makes, in its order', () => {
  const kinds = (shape: Shape, build: (x: Tensor) => unknown): string => {
    const network = new Network(tensorrtDialect)
    netGuard(network, () => build(f.input('x', 'float32', shape)))
    return network.getLayers().map((l) => l.kind).join(' ') // prettier-ignore
  }
  test.each<[string, Shape, (x: Tensor) => unknown, string]>([
    ['x * 2', [3, 4], (x) => x.mul(2), 'CONSTANT SHAPE CONSTANT GATHER CONSTANT CONCATENATION SHUFFLE ELEMENTWISE'],
    ['shape(x, 0)', [3, 4], (x) => f.shape(x, 0), 'SHAPE CONSTANT GATHER SHUFFLE'],
    ['silu', [3], (x) => f.silu(x), 'ACTIVATION ELEMENTWISE'],
    ['permute', [3, 4], (x) => x.permute([1, 0]), 'SHUFFLE'],
    ['cast to its own type', [3], (x) => x.cast('float32'), ''],
    ['select', [3], (x) => x.select(0, 1), 'CONSTANT GATHER SHUFFLE'],
  ])('%s', (_, shape, build, expected) => expect(kinds(shape, build)).toBe(expected))

  /** By letters: K CONCATENATION, V SHUFFLE, L SLICE, T CAST; `#` is the size of one dimension, S C G V. */
  const LETTERS: Readonly<Record<string, string>> = {
    SHAPE: 'S', CONSTANT: 'C', GATHER: 'G', SHUFFLE: 'V', CONCATENATION: 'K', SLICE: 'L', ELEMENTWISE: 'E', REDUCE: 'R', CAST: 'T',
    FILL: 'F', ACTIVATION: 'A', PLUGIN_V2: 'P', TOPK: 'K', TRIP_LIMIT: 't', ITERATOR: 'i', RECURRENCE: 'r', LOOP_OUTPUT: 'o', SELECT: 's',
  } // prettier-ignore
  const lettersOf = (shape: Shape, build: (x: Tensor) => unknown): string =>
    kinds(shape, build).split(' ').map((k) => LETTERS[k] ?? `<${k}>`).join('').replaceAll('SCGV', '#') // prettier-ignore
  /** What `expand` makes of one dimension for its stride, min(size - 1, 1): the scalar gets a dimension first. */
  const STRIDE = '#CSCKVECE'
  test.each<[string, Shape, (x: Tensor) => unknown, string]>([
    ['split to sizes', [2, 7, 'n'], (x) => x.split([3, 4], 1), 'CCC ### CKVVKL ECKVVKL'],
    ['split in equal parts', [2, 6], (x) => x.split(3, 1), 'CC ## C CKVKL CKVKL'],
    ['pad', [2, 'n'], (x) => f.pad(x, [2, 1], 'constant', 7), 'CV CK C ## G VVKV CC ## C CKVKL CKVKL VCE EV STET C L'],
    [
      'rearrange',
      ['n', 6, 4],
      (x) => f.rearrange(x, 'b (h w) c -> b w (h c)', { h: 2 }),
      '# CKTR #E # CVKR VVVK CVVVK VVV',
    ],
    ['topk of three dimensions', [2, 3, 8], (x) => f.topk(x, 3, -1), '## CVVK CCKV P VV'],
    ['cumsum by a loop', [3, 4], (x) => f.cumsum(x, 0), `# C SCKV VK ${STRIDE}KL # t i r E o`],
    [
      'gegelu',
      [2, 8],
      (x) => f.gegelu(x),
      `## CSCKVE VK LL CC CEVTFT SCGCKV ## VVK ${STRIDE}${STRIDE}KL CSCGCKVEAE E E`,
    ],
    ['a shape within bounds, as int32', [3, 4], (x) => f.shape(x, null, 'int32', [0, 9]), 'S CECE T'],
    ['unbind', [2, 3], (x) => x.unbind(), 'CC ## C CKVKL CKVKL VV'],
    [
      'allgather along the last dimension',
      [2, 3],
      (x) => f.allgather(x, [0, 1], -1),
      'P #CSCKVE CC ## CEKVKL CEKVKL K',
    ],
  ])('%s', (_, shape, build, expected) => expect(lettersOf(shape, build)).toBe(expected.replaceAll(' ', '')))
})

describe('plugins of TensorRT-LLM', () => {
  const made = (build: () => unknown): { network: Network; said: string } => {
    const network = new Network(tensorrtDialect)
    netGuard(network, build)
    expect(verifyNetwork(network)).toEqual([])
    const plugin = network.getLayers().find((l) => l.kind.startsWith('PLUGIN'))!
    const {
      plugin_type,
      plugin_namespace: _n,
      plugin_version: _v,
      num_outputs: _o,
      ...fields
    } = plugin.record.attributes
    const results = plugin.getOutputs().map((t) => `${t.dtype}[${String(t.shape)}]`)
    const operands = plugin.getInputs().map((t) => t.name)
    return {
      network,
      said: `${String(plugin_type as string)}(${operands.join()}) ${JSON.stringify(fields)} ${results.join(' ')}`,
    }
  }
  const x = (name: string, ...shape: Shape): Tensor => f.input(name, 'float16', shape)
  const host = (name: string): Tensor => f.input(name, 'int32', ['n'])

  test('MambaConv1d: with a state, or paged and packed', () => {
    const call = (more: object) => f.mambaConv1d(x('x', 't', 8), x('s', 'n', 3, 8), x('w', 1, 4, 8), x('b', 8), host('r'), host('l'), 8, 4, 'float16', more) // prettier-ignore
    expect(made(() => call({})).said).toBe(
      'MambaConv1d(x,s,w,b,r,l) {"dim":8,"dconv":4,"pre_stride":0,"post_stride":0,"type_id":1,"remove_input_padding":0,"paged_state":0,"apply_silu":1} float16[t,8] float16[n,3,8]',
    )
    const paged = made(() => call({ hostContextLengths: host('h'), slotMapping: host('m'), applySilu: false }))
    expect(paged.said).toBe(
      'MambaConv1d(x,s,w,b,r,l,h,m) {"dim":8,"dconv":4,"pre_stride":0,"post_stride":0,"type_id":1,"remove_input_padding":1,"paged_state":1,"apply_silu":0} float16[t,8]',
    )
  })
  test('SelectiveScan', () => {
    const { said } = made(() =>
      f.selectiveScan(x('x', 't', 8), x('s', 'n', 4, 8), x('d', 't', 8), x('b', 8), x('A', 4, 8), x('BC', 't', 8), x('D', 8), host('r'), host('l'), 8, 4, 2, true, 'float16', { z: x('z', 't', 8) }),
    ) // prettier-ignore
    expect(said).toBe(
      'SelectiveScan(x,s,d,b,A,BC,D,r,l,z) {"dim":8,"dstate":4,"dt_rank":2,"nheads":1,"ngroups":1,"chunk_size":256,"delta_softplus":1,"type_id":1,"remove_input_padding":0,"paged_state":0,"z_enabled":1,"is_mamba2":0} float16[t,8] float16[n,4,8]',
    )
  })
  test('LRU takes its gates as one or as two, not half of them', () => {
    const call = (more: object) =>
      f.rgLru(x('x', 't', 8), x('A', 8), x('s', 'n', 1, 8), host('r'), host('l'), 8, 'float16', more)
    const two = made(() => call({ gateX: x('p', 't', 8), gateA: x('q', 't', 8) }))
    expect(two.said).toBe(
      'LRU(x,A,s,r,l,p,q) {"dim":8,"block_size":0,"type_id":1,"remove_input_padding":0,"paged_state":0,"y_enabled":0,"y_bias_enabled":0,"fuse_gate_enabled":0,"gate_bias_enabled":0} float16[t,8] float16[n,1,8]',
    )
    netGuard(two.network, () => {
      expect(() => call({ gateX: x('u', 't', 8) })).toThrow('gate with a block size, or gateX and gateA')
      expect(() => call({ gate: x('v', 't', 16) })).toThrow('gate with a block size')
    })
  })
  test('GemmAllReduce gives its memory by three addresses, which are network outputs', () => {
    const { network, said } = made(() => {
      f.gemmAllreduce(x('a', 't', 8), x('b', 6, 8), [0, 1], { transb: true })
      f.gemmAllreduce(x('c', 't', 8), x('d', 8, 6), [0, 1])
    })
    expect(said).toBe(
      'GemmAllReduce(a,b) {"type_a":1,"type_b":1,"type_d":1,"transa":0,"transb":1,"group":[0,1],"has_sfa":0,"has_sfb":0,"alpha_is_ptr":0,"alpha":1} float16[t,6] float16[t,6] float16[t,6]',
    )
    expect(network.outputs.map((o) => o.name)).toEqual(
      [0, 1].flatMap((i) => ['uc', 'mc', 'ipc'].map((a) => `gemm_allreduce_${a}_out_${i}`)),
    )
  })
  test('Lora, Dora, CpSplit and CudaStream', () => {
    expect(made(() => f.loraPlugin(x('x', 't', 8), 8, [6, 4], host('r'), [host('a'), host('b')], [host('p'), host('q')], { maxLowRank: 8 })).said).toBe(
      'Lora(x,r,a,b,p,q) {"in_hidden_size":8,"transa":0,"transb":0,"num_lora_modules":2,"type_id":1,"remove_input_padding":0,"max_low_rank":8,"weight_index":0,"out_hidden_size_0":6,"out_hidden_size_1":4} float16[t,6] float16[t,4]',
    ) // prettier-ignore
    expect(made(() => f.doraPlugin(x('x', 't', 8), [8], [host('p')], host('r'), host('h'))).said).toBe(
      'Dora(x,r,p,h) {"type":1,"remove_input_padding":1,"out_hidden_sizes":[8]} float16[t,8]',
    )
    expect(made(() => f.cpSplitPlugin(host('i'), host('r'), host('h'), { cpSize: 2, cpRank: 1 })).said).toBe(
      'CpSplit(i,r,h) {"cp_size":2,"cp_rank":1} int32[] int32[] int32[]',
    )
    expect(made(() => f.cudaStreamSync([x('x', 3), x('y', 4)], 1)).said).toBe(
      'CudaStream(x,y) {"side_stream_id":1,"num_inputs":2,"type_id":1} float16[3]',
    )
  })
  test('AllReduce with a normalization gives the sum of the residual too', () => {
    const fused = { fusionOp: f.AllReduceFusionOp.RESIDUAL_RMS_NORM, residual: null as Tensor | null }
    const { said } = made(() => f.allreduceFused(x('x', 't', 8), [0, 1], { ...fused, residual: x('r', 't', 8), normWeight: x('w', 8) })) // prettier-ignore
    expect(said).toBe(
      'AllReduce(x,r,w) {"group":[0,1],"type_id":1,"strategy":8,"fusion_op":1,"eps":0.000001,"affine":1,"bias":0,"scale":0} float16[t,8] float16[t,8]',
    )
    netGuard(new Network(tensorrtDialect), () =>
      expect(() => f.allreduceFused(x('x', 4), [0], fused)).toThrow('needs a residual'),
    )
  })
  test('a table that ranks share out by rows gives zeros for those of others', () => {
    const { network } = made(() =>
      f.embedding(f.input('i', 'int32', ['n']), x('w', 16, 8), { tpSize: 2, tpGroup: [0, 1], tpRank: 1 }),
    )
    expect(network.getLayers().at(-1)!.output()!.shape).toEqual(['n', 8])
    expect(network.getLayers().at(-1)!.record.attributes['plugin_type']).toBe('AllReduce')
  })
  test('dynamicQuantize makes FP4 with a scale for each block of 16', () => {
    const network = new Network(tensorrtDialect)
    netGuard(network, () => {
      const [y, scales] = f.dynamicQuantize(x('x', 4, 32), f.input('s', 'float32', []))
      expect([y.shape, scales.dtype, scales.shape]).toEqual([[4, 32], 'float8e4m3fn', [4, 2]])
      expect(f.blockDoubleDequantize(y, scales, f.input('t', 'float32', [])).shape).toEqual([4, 32])
    })
    expect(verifyNetwork(network)).toEqual([])
    expect(network.getLayers()[0]!.record.attributes).toMatchObject({ axis: 1, block_size: 16, to_type: 'FP4' })
  })
  test('rand is disabled, as there', () => {
    netGuard(new Network(tensorrtDialect), () => {
      expect(() => f.categoricalSample(f.input('p', 'float32', ['n', 5]))).toThrow('rand() is disabled')
    })
  })
})

test('what has no reference is made with its shapes, and is sound', () => {
  const network = new Network(tensorrtDialect)
  netGuard(network, () => {
    const x = f.input('x', 'float16', ['n', 8])
    const [w, s] = [f.input('w', 'int8', [8, 4]), f.input('s', 'float16', [1, 4])]
    const scale = f.input('scale', 'float32', [1])
    const shapes = [
      f.weightOnlyGroupwiseQuantMatmul(x, null, w, s, null, null, null, 0, 128),
      f.lowLatencyGemm(x, f.input('v', 'float8e4m3fn', [6, 8]), { strictDtype: 'float16' }),
      f.lowLatencyGemmSwiglu(x, f.input('u', 'float16', [6, 8])),
      f.quantizeTensor(x, scale),
      ...f.smoothQuantLayerNorm(x, 8, { scale }),
      ...f.smoothQuantRmsNorm(x, 8, { scale, dynamicActScaling: true }),
      f.cumsum(f.input('z', 'float32', ['n', 3]), 0),
      f.categoricalSample(f.input('p', 'float32', ['n', 5]), f.input('r', 'float32', ['n'])),
    ].map((t) => [t.dtype, t.shape])
    expect(shapes).toEqual([
      ['float16', ['n', 4]], ['float16', ['n', 6]], ['float16', ['n', 3]], ['int8', ['n', 8]], ['int8', ['n', 8]], ['int8', ['n', 8]],
      ['float32', ['n', 1]], ['float32', ['n', 3]], ['int32', ['n']],
    ]) // prettier-ignore
  })
  expect(verifyNetwork(network)).toEqual([])
  expect(f.generateLognScaling(4, 8).map((v) => Number(v.toFixed(3)))).toEqual([1, 1, 1, 1, 1.161, 1.292, 1.404, 1.5])
})

test('sizes that are known by name stay known through shape tensors', () => {
  const network = new Network(tensorrtDialect)
  netGuard(network, () => {
    const x = f.input('x', 'float32', ['batch', 'length', 12])
    expect(x.unsqueeze(1).shape).toEqual(['batch', 1, 'length', 12])
    expect(f.view(x, f.concat([f.shape(x, 0), f.shape(x, 1), 3, 4])).shape).toEqual(['batch', 'length', 3, 4])
    expect(f.repeatInterleave(x, 2, 1).shape).toEqual(['batch', '2*length', 12])
    expect(x.split(4, 2).map((t) => t.shape)).toEqual(new Array(3).fill(['batch', 'length', 4]))
    expect([x.ndim(), x.size(-1), x.isDynamic(), x.isDynamic(2)]).toEqual([3, 12, true, false])
  })
})

test('bad arguments are refused, before anything is made of them', () => {
  netGuard(new Network(tensorrtDialect), () => {
    const x = f.input('x', 'float32', [2, 6])
    const n = f.input('n', 'float32', [2, 'n'])
    expect(() => x.permute([0, 2])).toThrow('there is no dimension 2 of 2')
    expect(() => x.split(4, 1)).toThrow('6 is not split into parts of 4')
    expect(() => n.split(2, 1)).toThrow('size 1 of n has to be known')
    expect(() => f.matmul(x, x)).toThrow('inner sizes 6 and 2 differ')
    expect(() => f.cast(x, 'float64')).toThrow('TensorRT has no element type float64')
    expect(() => f.add(x, f.input('z', 'float32', [4]))).toThrow('do not broadcast')
    expect(() => f.concat([])).toThrow('there is nothing to concatenate')
    expect(() => f.interpolate(f.input('i', 'float32', [1, 2, 3]), {})).toThrow('either a size or a factor')
    expect(() => f.rearrange(x, 'a (b c) -> a b')).toThrow('the same names')
    expect(() => f.rearrange(x, 'a (b c -> a b c')).toThrow('the parentheses')
    expect(() => f.rearrange(x, 'a (b c) -> a b c')).toThrow('sizes of b and c are missing')
    expect(() => f.rearrange(x, 'a (b c) -> a b c', { b: 4 })).toThrow('6 is not taken apart into parts of 4')
    expect(() => f.rearrange(x, 'a b c -> a b c')).toThrow('of 3 dimensions')
  })
})

test('slopes of alibi, also of heads that are no power of two, and of one rank', () => {
  const rounded = (list: number[]): string[] => list.map((v) => v.toFixed(4))
  expect(rounded(f.generateAlibiSlopes(4))).toEqual(['0.2500', '0.0625', '0.0156', '0.0039'])
  expect(rounded(f.generateAlibiSlopes(6))).toEqual(['0.2500', '0.0625', '0.0156', '0.0039', '0.5000', '0.1250'])
  expect(rounded(f.generateAlibiSlopes(8, { tpSize: 2, tpRank: 1 }))).toEqual(['0.0313', '0.0156', '0.0078', '0.0039'])
})

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
        tokens,
        bytes(4, 3),
        scales,
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
  })
})

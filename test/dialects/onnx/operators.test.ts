import { describe, expect, it } from 'vitest'
import { ConstantValue, type Attributes, type DType } from '../../../src/engine'
import { onnxDialect } from '../../../src/dialects/onnx'
import { runOne, type OneLayer } from './support'

/** Numbers that are the same in every run, positive and negative, none of them round. */
function noise(n: number, seed = 1): number[] {
  let s = seed
  return Array.from({ length: n }, () => {
    s = (s * 1664525 + 1013904223) % 2 ** 32
    return (s / 2 ** 32) * 4 - 2
  })
}
const size = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1)
const f = (shape: number[], seed = 1): ConstantValue => ConstantValue.of('float32', shape, noise(size(shape), seed))
const positive = (shape: number[]): ConstantValue =>
  ConstantValue.of(
    'float32',
    shape,
    noise(size(shape)).map((x) => Math.abs(x) + 0.1),
  )
const of = (dtype: DType, shape: number[], values: number[]): ConstantValue => ConstantValue.of(dtype, shape, values)
const ints = (...values: number[]): ConstantValue => ConstantValue.of('int64', [values.length], values)
const int = (x: number): ConstantValue => ConstantValue.scalarOf('int64', x)
const big = (...values: bigint[]): ConstantValue => ConstantValue.ofBigints([values.length], values)

const one = (
  kind: string,
  inputs: (ConstantValue | null)[],
  attributes: Attributes = {},
  opset = 18,
  outputs = 1,
): OneLayer => ({
  kind,
  inputs,
  attributes,
  opset,
  outputs,
})
const title = (l: OneLayer): string =>
  `${l.kind}-${l.opset} ${l.inputs.map((v) => (v ? `${v.dtype}[${v.shape.join(',')}]` : '-')).join(' ')} ${JSON.stringify(l.attributes, (_, x: unknown) => (x instanceof ConstantValue ? x.dtype : x))}`

function inferred(layer: OneLayer) {
  const schema = onnxDialect.schema(layer.kind, layer.opset ?? 18)
  const inputs = layer.inputs.map((v) => v && { dtype: v.dtype, shape: v.shape, value: v })
  const context = {
    kind: layer.kind,
    attributes: layer.attributes ?? {},
    inputs,
    outputCount: layer.outputs ?? 1,
    opset: layer.opset ?? 18,
  }
  return { types: schema!.infer!(context), values: schema!.evaluate?.(context) ?? null }
}

/** Operators that both sides compute with the same few correctly rounded steps, or without rounding. */
const EXACT: OneLayer[] = [
  ...['Add', 'Sub', 'Mul', 'Div', 'Max', 'Min'].flatMap((kind) => [
    one(kind, [f([2, 3]), f([3], 2)]),
    one(kind, [f([2, 1, 3]), f([4, 1], 2)]),
    one(kind, [of('int64', [4], [7, -7, 7, -7]), of('int64', [4], [2, 2, -2, -2])]),
    one(kind, [of('int32', [2, 2], [7, -7, 9, -9]), of('int32', [], [4])]),
  ]),
  one('Add', [big(2n ** 62n, 5n), big(2n ** 60n + 1n, -6n)]),
  one('Mul', [big(3037000500n, -7n), big(3037000499n, 2n ** 55n)]),
  one('Sub', [big(-(2n ** 63n) + 1n), big(1n)]),
  one('Mod', [of('int64', [4], [7, -7, 7, -7]), of('int64', [4], [3, 3, -3, -3])]),
  one('Mod', [f([6]), f([6], 5)], { fmod: 1 }),
  ...['Equal', 'Less', 'Greater', 'LessOrEqual', 'GreaterOrEqual'].flatMap((kind) => [
    one(kind, [of('int64', [2, 2], [1, 2, 3, 4]), of('int64', [2], [1, 4])]),
    one(kind, [of('float32', [3], [1, NaN, 2]), of('float32', [3], [1, NaN, 3])]),
    one(kind, [big(2n ** 60n, 2n ** 60n + 1n), big(2n ** 60n + 1n, 2n ** 60n + 1n)]),
  ]),
  ...['And', 'Or', 'Xor'].map((kind) => one(kind, [of('bool', [4], [0, 0, 1, 1]), of('bool', [4], [0, 1, 0, 1])])),
  one('Not', [of('bool', [2], [0, 1])]),
  one('Where', [of('bool', [2, 1], [1, 0]), f([3]), f([1], 2)]),
  one('Where', [of('bool', [3], [1, 0, 1]), ints(1, 2, 3), int(-9)]),
  one('Neg', [f([5])]),
  one('Neg', [ints(1, 0, -3)]),
  one('Abs', [f([5])]),
  one('Sign', [f([5])]),
  one('Floor', [f([7])]),
  one('Ceil', [f([7])]),
  one('Round', [of('float32', [6], [0.5, 1.5, 2.5, -0.5, -1.5, 2.4])]),
  one('Sqrt', [positive([7])]),
  one('Reciprocal', [f([7])]),
  one('Relu', [f([7])]),
  one('IsNaN', [of('float32', [3], [1, NaN, Infinity])]),
  one('Cast', [f([6])], { to: 7 }),
  one('Cast', [f([6])], { to: 10 }),
  one('Cast', [f([6])], { to: 9 }),
  one('Cast', [ints(1, -2, 300)], { to: 1 }),
  one('Cast', [ints(1, -2, 300)], { to: 3 }),
  one('Cast', [of('bool', [2], [0, 1])], { to: 7 }),
  one('Clip', [f([6]), of('float32', [], [-0.5]), of('float32', [], [0.5])]),
  one('Clip', [f([6]), null, of('float32', [], [0.5])]),
  one('Clip', [f([6]), of('float32', [], [1]), of('float32', [], [-1])]),
  one('Shape', [f([2, 3, 4])]),
  one('Shape', [f([2, 3, 4])], { start: -2, end: 10 }),
  one('Size', [f([2, 3, 4])]),
  one('Reshape', [f([2, 3, 4]), ints(0, -1, 2)]),
  one('Reshape', [f([2, 3, 4]), ints(4, 6)]),
  one('Flatten', [f([2, 3, 4])], { axis: -1 }),
  one('Squeeze', [f([1, 3, 1]), ints(0)]),
  one('Squeeze', [f([1, 3, 1])]),
  one('Squeeze', [f([1, 3, 1]), ints()]),
  one('Squeeze', [f([1, 3, 1])], { axes: [-1] }, 11),
  one('Unsqueeze', [f([3, 2]), ints(0, -1)]),
  one('Unsqueeze', [f([3, 2])], { axes: [1] }, 11),
  one('Expand', [f([3, 1]), ints(2, 1, 4)]),
  one('Tile', [f([2, 3]), ints(2, 2)]),
  one('Transpose', [f([2, 3, 4])], { perm: [2, 0, 1] }),
  one('Transpose', [f([2, 3])]),
  one('Concat', [f([2, 3]), f([2, 1], 2)], { axis: -1 }),
  one('Concat', [ints(1), ints(2, 3)], { axis: 0 }),
  one('Slice', [f([4, 5]), ints(1, -3), ints(100, -1), ints(0, 1)]),
  one('Slice', [f([4, 5]), ints(3), ints(-100), ints(0), ints(-2)]),
  one('Slice', [f([4, 5]), ints(1), ints(3)]),
  one('Slice', [f([4, 5])], { starts: [1], ends: [2 ** 63], axes: [1] }, 9),
  one('Split', [f([5, 2]), ints(2, 3)], {}, 18, 2),
  one('Split', [f([5, 2])], { num_outputs: 2 }, 18, 2),
  one('Split', [f([6, 2])], { axis: 0 }, 13, 3),
  one('Split', [f([5, 2])], { split: [1, 4] }, 11, 2),
  one('Gather', [f([4, 3]), of('int64', [2, 2], [0, -1, 2, 1])]),
  one('Gather', [f([4, 3]), int(1)], { axis: 1 }),
  one('GatherElements', [f([3, 3]), of('int64', [2, 3], [0, -1, 2, 1, 0, 0])], { axis: 0 }),
  one('GatherND', [f([2, 3, 4]), of('int64', [2, 2], [0, 1, -1, 2])]),
  one('ScatterND', [f([4, 2]), of('int64', [2, 1], [3, 0]), f([2, 2], 9)]),
  one('Trilu', [f([2, 3, 4]), int(1)]),
  one('Trilu', [f([3, 3])], { upper: 0 }),
  one('ConstantOfShape', [ints(2, 3)], { value: of('int64', [1], [7]) }),
  one('ConstantOfShape', [ints(2)]),
  one('Range', [int(2), int(11), int(3)]),
  one('Range', [int(5), int(0), int(-2)]),
  one('Identity', [f([2, 2])]),
  one('CumSum', [ints(1, 2, 3, 4), int(0)]),
  one('CumSum', [ints(1, 2, 3, 4), int(0)], { exclusive: 1, reverse: 1 }),
  one('ReduceSum', [of('int64', [2, 3], [1, 2, 3, 4, 5, 6]), ints(1)]),
  one('ReduceSum', [of('int64', [2, 3], [1, 2, 3, 4, 5, 6])], { keepdims: 0 }),
  one('ReduceProd', [of('int64', [2, 3], [1, 2, 3, 4, 5, 6])], { axes: [0], keepdims: 0 }, 13),
  one('ReduceMax', [f([2, 3, 4]), ints(0, 2)]),
  one('ReduceMin', [f([2, 3, 4]), ints(-1)], { keepdims: 0 }),
]

/** Rounded differently on the two sides, or in another order. */
const CLOSE: OneLayer[] = [
  ...['Exp', 'Sin', 'Cos', 'Tan', 'Tanh', 'Sigmoid'].map((kind) => one(kind, [f([9])])),
  one('Log', [positive([9])]),
  one('Pow', [positive([4]), f([4], 3)]),
  one('Pow', [f([4]), of('float32', [], [2])]),
  one('ReduceMean', [f([2, 3, 4]), ints(1)]),
  one('ReduceSum', [f([2, 3, 4]), ints(1)]),
  one('ReduceL2', [f([2, 3]), ints(-1)]),
  one('ReduceSumSquare', [f([2, 3]), ints(-1)]),
  one('MatMul', [f([2, 3, 4]), f([4, 5], 2)]),
  one('MatMul', [f([4]), f([2, 4, 3], 2)]),
  one('MatMul', [f([2, 1, 3, 4]), f([5, 4, 2], 2)]),
]

/** Not evaluated here; their types are. */
const TYPED: OneLayer[] = [
  one('Gemm', [f([3, 2]), f([4, 3], 2), f([4], 3)], { transA: 1, transB: 1 }),
  one('Einsum', [f([2, 3, 4]), f([2, 4, 5], 2)], { equation: 'bij,bjk->bki' }),
  one('Conv', [f([1, 2, 8, 9]), f([4, 2, 3, 3], 2), f([4], 3)], { pads: [1, 0, 1, 2], strides: [2, 1] }),
  one('Conv', [f([1, 2, 8]), f([4, 1, 3], 2)], { group: 2, dilations: [2] }),
  one('Conv', [f([1, 2, 7, 7]), f([3, 2, 3, 3], 2)], { auto_pad: 'SAME_UPPER', strides: [2, 2] }),
  one('ConvTranspose', [f([1, 2, 4, 4]), f([2, 3, 3, 3], 2)], {
    strides: [2, 2],
    pads: [1, 1, 1, 1],
    output_padding: [1, 1],
  }),
  one('MaxPool', [f([1, 2, 7, 8])], { kernel_shape: [3, 3], strides: [2, 2], ceil_mode: 1, pads: [1, 1, 1, 1] }, 18, 2),
  one('MaxPool', [f([1, 1, 5, 5])], { kernel_shape: [2, 2], strides: [3, 3], ceil_mode: 1 }),
  one('AveragePool', [f([1, 2, 7, 8])], { kernel_shape: [2, 3] }),
  one('GlobalAveragePool', [f([1, 2, 7, 8])]),
  one('Softmax', [f([2, 3])]),
  one('LogSoftmax', [f([2, 3])], { axis: 0 }, 11),
  one('LayerNormalization', [f([2, 3, 4]), f([4], 2), f([4], 3)], {}, 17, 3),
  one('BatchNormalization', [f([2, 3, 4]), f([3]), f([3], 2), f([3], 3), positive([3])]),
  one('InstanceNormalization', [f([2, 3, 4]), f([3]), f([3], 2)]),
  one('GroupNormalization', [f([2, 4, 3]), f([4]), f([4], 2)], { num_groups: 2 }, 21),
  one('LpNormalization', [f([2, 3])]),
  one('RMSNormalization', [f([2, 3, 4]), f([4], 2)], {}, 23),
  one('SimplifiedLayerNormalization', [f([2, 3, 4]), f([4], 2)], { stash_type: 1 }, 17),
  one('RotaryEmbedding', [f([1, 2, 3, 8]), f([1, 3, 4]), f([1, 3, 4], 2)], {}, 23),
  one('Attention', [f([1, 2, 3, 8]), f([1, 2, 5, 8], 2), f([1, 2, 5, 6], 3)], {}, 23),
  one('Attention', [f([1, 3, 16]), f([1, 5, 16], 2), f([1, 5, 16], 3)], { q_num_heads: 2, kv_num_heads: 2 }, 23),
  one(
    'Attention',
    [f([1, 4, 3, 8]), f([1, 2, 1, 8], 2), f([1, 2, 1, 8], 3), null, f([1, 2, 4, 8]), f([1, 2, 4, 8])],
    {},
    23,
    3,
  ),
  one('Gelu', [f([5])], { approximate: 'tanh' }, 20),
  one('PRelu', [f([2, 3]), f([3], 2)]),
  one('ArgMax', [f([2, 3])], { axis: 1, keepdims: 0 }),
  one('TopK', [f([2, 5]), ints(3)], {}, 18, 2),
  one('Pad', [f([2, 3]), ints(1, 0, 0, 2)]),
  one('Pad', [f([2, 3]), ints(1, 2), null, ints(1)]),
  one('Resize', [f([1, 1, 4, 5]), null, of('float32', [4], [1, 1, 2, 1.5])]),
  one('Resize', [f([1, 1, 4, 5]), null, null, ints(1, 1, 3, 7)]),
  one('Upsample', [f([1, 1, 2, 2]), of('float32', [4], [1, 1, 2, 3])], {}, 9),
  one('DepthToSpace', [f([1, 8, 2, 3])], { blocksize: 2 }),
  one('SpaceToDepth', [f([1, 2, 4, 6])], { blocksize: 2 }),
  one('OneHot', [ints(0, 2), int(3), of('float32', [2], [0, 1])], { axis: 0 }),
  one('ScatterElements', [f([3, 3]), of('int64', [1, 2], [0, 2]), f([1, 2])]),
  one('GridSample', [f([1, 2, 4, 4]), f([1, 3, 5, 2])]),
  one('ReverseSequence', [f([4, 2]), ints(2, 3)]),
  one('EyeLike', [f([3, 3])]),
  one('QuantizeLinear', [f([4]), of('float32', [], [0.1]), of('int8', [], [3])]),
  one('DequantizeLinear', [of('int8', [4], [1, 2, 3, 4]), of('float32', [], [0.1]), of('int8', [], [3])]),
  one('DynamicQuantizeLinear', [f([4])], {}, 18, 3),
  one('MatMulInteger', [of('uint8', [2, 2], [1, 2, 3, 4]), of('int8', [2, 3], [1, 2, 3, 4, 5, 6])]),
  one('LSTM', [f([3, 2, 4]), f([1, 20, 4]), f([1, 20, 5])], { hidden_size: 5 }, 18, 3),
  one('GRU', [f([3, 2, 4]), f([2, 15, 4]), f([2, 15, 5])], { hidden_size: 5, direction: 'bidirectional' }, 18, 2),
  one('BitShift', [of('uint8', [2], [1, 2]), of('uint8', [1], [1])], { direction: 'LEFT' }),
  one('Dropout', [f([3])], {}, 18, 2),
  one('com.microsoft.Gelu', [f([5])]),
  one('com.microsoft.BiasGelu', [f([2, 5]), f([5], 2)]),
  one('com.microsoft.FastGelu', [f([2, 5]), f([5], 2)]),
  one('com.microsoft.QuickGelu', [f([5])]),
  one('com.microsoft.SkipLayerNormalization', [f([1, 3, 8]), f([1, 3, 8], 2), f([8], 3)]),
  one('com.microsoft.SkipSimplifiedLayerNormalization', [f([1, 3, 8]), f([1, 3, 8], 2), f([8], 3)]),
  one('com.microsoft.FusedMatMul', [f([2, 4, 3]), f([5, 4], 2)], { transA: 1, transB: 1, alpha: 0.5 }),
  one('com.microsoft.FusedMatMul', [f([3, 2, 4]), f([2, 4, 5], 2)], { transBatchA: 1 }),
  one('com.microsoft.FusedGemm', [f([2, 3]), f([3, 4], 2), f([4], 3)], { activation: 'Relu' }),
  one('com.microsoft.FusedConv', [f([1, 2, 5, 5]), f([3, 2, 3, 3], 2), f([3])], { activation: 'Relu' }),
  one('com.microsoft.MultiHeadAttention', [f([1, 3, 16]), f([1, 5, 16], 2), f([1, 5, 16], 3)], { num_heads: 2 }),
  one('com.microsoft.Attention', [f([1, 3, 8]), f([8, 24], 2), f([24], 3)], { num_heads: 2 }),
  one(
    'com.microsoft.GroupQueryAttention',
    [f([1, 3, 32]), f([1, 3, 16], 2), f([1, 3, 16], 3), null, null, of('int32', [1], [2]), of('int32', [1], [3])],
    { num_heads: 4, kv_num_heads: 2 },
    18,
    3,
  ),
  one('com.microsoft.RotaryEmbedding', [f([1, 2, 3, 8]), of('int64', [1, 3], [0, 1, 2]), f([8, 4]), f([8, 4], 2)]),
  one(
    'com.microsoft.EmbedLayerNormalization',
    [
      of('int32', [1, 3], [0, 1, 2]),
      of('int32', [1, 3], [0, 0, 1]),
      f([9, 4]),
      f([5, 4], 2),
      f([2, 4], 3),
      f([4]),
      f([4], 2),
      of('int32', [1, 3], [1, 1, 1]),
    ],
    {},
    18,
    2,
  ),
  one('com.microsoft.DynamicQuantizeMatMul', [
    f([2, 3]),
    of('int8', [3, 4], [...Array(12).keys()]),
    of('float32', [], [0.1]),
  ]),
  one('com.microsoft.MatMulIntegerToFloat', [
    of('uint8', [2, 3], [1, 2, 3, 4, 5, 6]),
    of('uint8', [3, 2], [1, 2, 3, 4, 5, 6]),
    of('float32', [], [0.1]),
    of('float32', [], [0.2]),
  ]),
  one('com.microsoft.MatMulNBits', [f([2, 32]), of('uint8', [4, 1, 16], Array(64).fill(7) as number[]), f([4])], {
    K: 32,
    N: 4,
    bits: 4,
    block_size: 32,
  }),
]

const typesOf = (types: ReturnType<typeof inferred>['types']) => types.map((t) => t && [t.dtype, t.shape])

async function expectTypes(layer: OneLayer) {
  const results = await runOne(layer)
  const list = Object.keys(results)
    .sort()
    .map((k) => results[k]!)
  const { types, values } = inferred(layer)
  expect(typesOf(types).slice(0, list.length)).toEqual(list.map((r) => [r.dtype, r.shape]))
  return { list, values }
}

describe('an operator gives the types that ONNX Runtime gives', () => {
  it.each(TYPED.map((l) => [title(l), l] as const))('%s', async (_, layer) => {
    await expectTypes(layer)
  })
})

describe('an operator on constants gives the very bytes that ONNX Runtime gives', () => {
  it.each(EXACT.map((l) => [title(l), l] as const))('%s', async (_, layer) => {
    const { list, values } = await expectTypes(layer)
    expect(values?.map((v) => [v.dtype, v.shape, [...v.bytes!]])).toEqual(
      list.map((r) => [r.dtype, r.shape, [...r.bytes]]),
    )
  })
})

describe('an operator on constants gives what ONNX Runtime gives, up to rounding', () => {
  it.each(CLOSE.map((l) => [title(l), l] as const))('%s', async (_, layer) => {
    const { list, values } = await expectTypes(layer)
    expect(values).not.toBeNull()
    values!.forEach((v, k) => {
      Array.from(v.numbers()).forEach((x, i) => expect(x).toBeCloseTo(list[k]!.numbers[i]!, 5))
    })
  })
})

/** The layer with every default of its schema written out. */
function spelledOut(layer: OneLayer): OneLayer {
  const { attributes } = onnxDialect.schema(layer.kind, layer.opset ?? 18)!
  const defaults = Object.entries(attributes).flatMap(([k, a]) =>
    a.default === undefined ? [] : [[k, a.default] as const],
  )
  return { ...layer, attributes: { ...Object.fromEntries(defaults), ...layer.attributes } }
}

describe('the defaults of a schema are those of ONNX Runtime', () => {
  const all = [...EXACT, ...CLOSE, ...TYPED].filter((l) => l.kind !== 'Split')
  const changed = all.filter((l) => JSON.stringify(spelledOut(l).attributes) !== JSON.stringify(l.attributes))
  it.each(changed.map((l) => [title(l), l] as const))('%s', async (_, layer) => {
    expect(await runOne(spelledOut(layer))).toEqual(await runOne(layer))
  })
})

describe('an operator is left to the runtime', () => {
  const cases: [string, OneLayer][] = [
    ['integer division by zero', one('Div', [ints(1), ints(0)])],
    ['a float outside of the integer type', one('Cast', [of('float32', [1], [1e30])], { to: 6 })],
    ['a result too large to hold', one('ConstantOfShape', [ints(2 ** 13, 2 ** 12)])],
    ['an index out of range', one('Gather', [f([3]), ints(3)])],
    ['an operator that is random', one('RandomUniformLike', [f([3])])],
  ]
  it.each(cases)('%s', (_, layer) => expect(inferred(layer).values).toBeNull())
})

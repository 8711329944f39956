/** Patterns on TensorRT's layers: each matches, its near twins do not, and numbers stay. */
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { importOnnx } from '../../src/dialects/onnx'
import * as f from '../../src/dialects/tensorrt'
import { lowerOnnx, tensorrtDialect } from '../../src/dialects/tensorrt'
import { AnalysisPatternManager, ConstantValue, netGuard, Network, snapshotOf, verifyNetwork } from '../../src/engine'
import type { Attributes, DType, PatternAnalyzer, PatternEntry, Shape, Tensor } from '../../src/engine'
import {
  activationBytes,
  cacheBytes,
  managerOf,
  pluginsByType,
  precisions,
  tensorrtLibrary,
  withoutScope,
} from '../../src/patterns'
import { verifyNetworks } from '../../src/verify'
import { nodeRuntime } from '../../src/verify/node'
import { Loop } from '../dialects/tensorrt/loop'
import { random } from '../engine/support'
import { expectNoMatch, expectRewrite } from './expect-rewrite'
import { RandomNetwork } from './random-network'

const entry = (label: string): PatternEntry =>
  managerOf(
    tensorrtLibrary.filter((e) => e.label === label),
    'ort',
  ).patterns.get(label)!
const isExact = (label: string): boolean => tensorrtLibrary.find((e) => e.label === label)!.exactness === 'exact'

interface Tools {
  readonly input: (name: string, shape: Shape, dtype?: DType) => Tensor
  readonly add: (kind: string, inputs: readonly Tensor[], attributes?: Attributes) => Tensor
  readonly constant: (...values: number[]) => Tensor
  readonly weights: (...shape: number[]) => Tensor
}

const half = (t: Tools, value: number, shape = [1]): Tensor =>
  t.add('CONSTANT', [], { weights: ConstantValue.of('float16', shape, [value]) })

/** A network whose outputs are what is built. */
function built(build: (t: Tools) => Tensor | readonly Tensor[]): Network {
  const network = new Network(tensorrtDialect)
  const add: Tools['add'] = (kind, inputs, attributes = {}) =>
    network.addLayer({ kind, inputs, attributes, ...(kind === 'CONDITION' && { outputs: [] }) }).output()!
  const held = (shape: readonly number[], values: ArrayLike<number>): Tensor =>
    add('CONSTANT', [], { weights: ConstantValue.of('float32', shape, values) })
  const made = netGuard(network, () =>
    build({
      add,
      input: (name, shape, dtype = 'float32') => network.addInput(name, dtype, shape),
      constant: (...values) => held([values.length], values),
      weights: (...shape) => {
        const size = shape.reduce((a, b) => a * b, 1)
        return held(
          shape,
          Float32Array.from({ length: size }, (_, i) => Math.sin(i + 1)),
        )
      },
    }),
  )
  const outputs = Array.isArray(made) ? (made as readonly Tensor[]) : [made as Tensor]
  outputs.forEach((t, i) => network.markOutput(t, `y${i}`))
  return network
}

const shuffle = (t: Tools, x: Tensor, a: Attributes): Tensor => t.add('SHUFFLE', [x], a)

/** (x − mean) / √(variance + ε) · scale + bias */
function layerNorm(
  t: Tools,
  change: { axes?: number; keep?: boolean; scale?: readonly number[]; seen?: boolean; square?: 'PROD' | 'POW' } = {},
) {
  const { axes = 4, keep = true, scale = [1, 1, 8], square = 'POW' } = change
  const x = t.input('x', ['n', 3, 8])
  const mean = (v: Tensor): Tensor => t.add('REDUCE', [v], { op: 'AVG', axes, ...(keep && { keep_dims: true }) })
  const wide = (v: Tensor): Tensor => (keep ? v : f.unsqueeze(v, 2))
  const scalar = (value: number): Tensor => shuffle(t, t.constant(value), { reshape_dims: [1, 1, 1] })
  const d = t.add('ELEMENTWISE', [x, wide(mean(x))], { op: 'SUB' })
  const squares = t.add('ELEMENTWISE', [d, square === 'POW' ? scalar(2) : d], { op: square })
  const variance = t.add('ELEMENTWISE', [wide(mean(squares)), scalar(1e-5)], { op: 'SUM' })
  const y = t.add('ELEMENTWISE', [d, t.add('UNARY', [variance], { op: 'SQRT' })], { op: 'DIV' })
  const scaled = t.add('ELEMENTWISE', [y, t.weights(...scale)], { op: 'PROD' })
  const out = t.add('ELEMENTWISE', [scaled, t.weights(1, 1, 8)], { op: 'SUM' })
  return change.seen ? [out, d] : out
}

/** Projections of one value by weights of so many rows. */
const projected = (t: Tools, x: Tensor, rows: readonly number[], op1 = 'TRANSPOSE'): Tensor[] =>
  rows.map((n) => {
    const lead = new Array<number>(x.rank! - 2).fill(1)
    return t.add('MATRIX_MULTIPLY', [x, t.weights(...lead, ...(op1 === 'TRANSPOSE' ? [n, 4] : [4, n]))], {
      op0: 'NONE',
      op1,
    })
  })
const exponents = (t: Tools, values: readonly Tensor[]): Tensor[] =>
  values.map((v) => t.add('UNARY', [v], { op: 'ABS' }))

/** silu(x · Waᵀ) · (x · Wbᵀ) */
function gated(
  t: Tools,
  change: { rows?: readonly [number, number]; type?: string; seen?: boolean; of?: 'up'; half?: boolean } = {},
) {
  const { rows = [6, 6], type = 'SIGMOID' } = change
  const x = t.input('x', ['n', 4], change.half ? 'float16' : 'float32')
  const [a, b] = change.half
    ? rows.map((n) => f.matmul(x, f.constant(ConstantValue.of('float16', [n, 4], new Float32Array(4 * n).map((_, i) => Math.sin(i + n)))), { transb: true })) // prettier-ignore
    : projected(t, x, rows)
  const gate = t.add('ELEMENTWISE', [a!, t.add('ACTIVATION', [change.of ? b! : a!], { type })], { op: 'PROD' })
  const y = t.add('ELEMENTWISE', [gate, b!], { op: 'PROD' })
  return change.seen ? [y, a!] : y
}

// prettier-ignore
const matching: readonly (readonly [label: string, what: string, build: (t: Tools) => Tensor | readonly Tensor[], after: string])[] = [
  ['Shuffle of a shuffle', 'two reshapes', (t) => shuffle(t, shuffle(t, t.input('x', ['n', 12]), { reshape_dims: [-1, 3, 4] }), { reshape_dims: [-1, 6, 2] }), '1 SHUFFLE'],
  ['Shuffle of a shuffle', 'two transpositions', (t) => shuffle(t, shuffle(t, t.input('x', [2, 3, 4]), { first_transpose: [1, 2, 0] }), { second_transpose: [1, 0, 2] }), '1 SHUFFLE'],
  ['Shuffle of a shuffle', 'a reshape, then a transposition', (t) => shuffle(t, shuffle(t, t.input('x', [2, 12]), { reshape_dims: [0, 3, 4] }), { first_transpose: [0, 2, 1] }), '1 SHUFFLE'],
  ['Shuffle of a shuffle', 'a transposition, then a reshape that copies', (t) => shuffle(t, shuffle(t, t.input('x', ['n', 3, 4]), { first_transpose: [1, 0, 2] }), { reshape_dims: [0, -1] }), '1 SHUFFLE'],
  ['Shuffle that changes nothing', 'a reshape to its own shape', (t) => t.add('UNARY', [shuffle(t, t.input('x', ['n', 3, 4]), { reshape_dims: [-1, 3, 4] })], { op: 'EXP' }), '1 UNARY'],
  ['Identity or cast that changes nothing', 'an identity', (t) => t.add('UNARY', [t.add('IDENTITY', [t.input('x', ['n'])])], { op: 'EXP' }), '1 UNARY'],
  ['Identity or cast that changes nothing', 'a cast', (t) => t.add('UNARY', [t.add('CAST', [t.input('x', ['n'])], { to_type: 'FLOAT' })], { op: 'EXP' }), '1 UNARY'],
  ['Cast of a cast', 'through a wider type', (t) => t.add('CAST', [t.add('CAST', [t.input('x', ['n'], 'float16')], { to_type: 'FLOAT' })], { to_type: 'INT32' }), '1 CAST'],
  ['Transpose into a matrix multiply', 'of the left side', (t) => t.add('MATRIX_MULTIPLY', [shuffle(t, t.input('a', ['n', 4, 3]), { first_transpose: [0, 2, 1] }), t.input('b', ['n', 4, 5])]), '1 MATRIX_MULTIPLY'],
  ['Transpose into a matrix multiply', 'of the right side, twice', (t) => t.add('MATRIX_MULTIPLY', [t.input('a', [3, 4]), shuffle(t, t.input('b', [4, 5]), { second_transpose: [1, 0] })], { op1: 'TRANSPOSE' }), '1 MATRIX_MULTIPLY'],
  ['Transpose into a matrix multiply', 'of a matrix that gets a batch of 1', (t) => t.add('MATRIX_MULTIPLY', [t.input('a', ['n', 3, 4]), shuffle(t, t.input('b', [5, 4]), { first_transpose: [1, 0], reshape_dims: [1, 4, 5] })]), '1 MATRIX_MULTIPLY, 1 SHUFFLE'],
  ['Elementwise of constants', 'a sum, of which the root is taken', (t) => t.add('ELEMENTWISE', [t.input('x', ['n']), t.add('UNARY', [t.add('ELEMENTWISE', [t.constant(2), t.constant(7)], { op: 'SUM' })], { op: 'SQRT' })], { op: 'PROD' }), '1 CONSTANT, 1 ELEMENTWISE'],
  ['Constant under another shape', 'a vector as a row', (t) => t.add('ELEMENTWISE', [t.input('x', ['n', 3]), shuffle(t, t.constant(1, 2, 3), { reshape_dims: [1, 3] })], { op: 'SUM' }), '1 CONSTANT, 1 ELEMENTWISE'],
  ['Elementwise that changes nothing', 'a product with 1, either way', (t) => t.add('UNARY', [t.add('ELEMENTWISE', [t.constant(1), t.input('x', ['n'])], { op: 'PROD' })], { op: 'ABS' }), '1 UNARY'],
  ['Elementwise that changes nothing', 'a difference with 0', (t) => t.add('UNARY', [t.add('ELEMENTWISE', [t.input('x', ['n']), t.constant(0)], { op: 'SUB' })], { op: 'ABS' }), '1 UNARY'],
  ['Layer normalization from layers', 'by powers', (t) => layerNorm(t), '2 CONSTANT, 1 NORMALIZATION'],
  ['Projections in one product', 'of rows of a matrix', (t) => exponents(t, projected(t, t.input('x', [3, 4]), [2, 3, 4])), '1 CONSTANT, 1 MATRIX_MULTIPLY, 3 SLICE, 3 UNARY'],
  ['Projections in one product', 'of a batch', (t) => exponents(t, projected(t, t.input('x', [2, 3, 4]), [8, 4, 4, 2])), '1 CONSTANT, 1 MATRIX_MULTIPLY, 4 SLICE, 4 UNARY'],
  ['Projections in one product', 'of open sizes', (t) => exponents(t, projected(t, t.input('x', ['n', 'm', 4]), [2, 3, 4])), '4 CONSTANT, 3 ELEMENTWISE, 1 MATRIX_MULTIPLY, 1 SHAPE, 3 SLICE, 3 UNARY'],
  ['Gate and up into GemmSwiglu', 'in float32', (t) => gated(t), '2 CONSTANT, 1 PLUGIN_V2'],
  ['Gate and up into GemmSwiglu', 'in half floats, between casts', (t) => gated(t, { half: true }), '2 CONSTANT, 1 PLUGIN_V2'],
  ['Sizes that are known', 'that are worked out', (t) => { const x = t.input('x', [6, 4]); return t.add('UNARY', [t.add('SHUFFLE', [x, f.add(f.shape(x), f.constant(ConstantValue.of('int64', [2], [2, -1])))])], { op: 'EXP' }) }, '1 CONSTANT, 1 SHUFFLE, 1 UNARY'],
  ['Sizes that are known', 'that are an output', (t) => f.cast(f.shape(t.input('x', [6, 4])), 'int32'), '1 CONSTANT'],
  ['Reshape by known sizes', 'that are numbers', (t) => { const x = t.input('x', [6, 4]); return underSizes(t, x, [f.shape(x, 1), f.shape(x, 0)]) }, '1 SHUFFLE, 1 UNARY'],
  ['Reshape by known sizes', 'two of which are copied', (t) => { const x = t.input('x', ['n', 'm', 8]); return underSizes(t, x, [f.shape(x, 0), f.shape(x, 1), 2, 4]) }, '1 SHUFFLE, 1 UNARY'],
  ['Reshape by known sizes', 'of which one follows from the others', (t) => { const x = t.input('x', ['n', 6]); return underSizes(t, x, [2, f.shape(x, 0), 3]) }, '1 SHUFFLE, 1 UNARY'],
  ['Reshape by known sizes', 'before a transposition', (t) => { const x = t.input('x', ['n', 8]); return underSizes(t, x, [f.shape(x, 0), 2, 4], { second_transpose: [0, 2, 1] }) }, '1 SHUFFLE, 1 UNARY'],
  ['Reshape by known sizes', 'where zeros are sizes', (t) => { const x = t.input('x', ['n', 8]); return underSizes(t, x, [f.shape(x, 0), 1, 8], { zero_is_placeholder: false }) }, '1 SHUFFLE, 1 UNARY'],
  ['Part of nothing', 'beside one that has elements', (t) => f.concat([t.input('x', ['n', 6]), t.input('e', ['n', 0])], 1), ''],
  ['Part of nothing', 'among two that have', (t) => f.concat([t.input('x', ['n', 6]), t.input('e', ['n', 0]), t.input('z', ['n', 2])], 1), '1 CONCATENATION'],
  ['Slice of everything', 'by sizes of the same names', (t) => { const x = t.input('x', ['n', 6]); return t.add('UNARY', [f.slice(x, [0, 0], f.concat([f.shape(x, 0), 6]))], { op: 'EXP' }) }, '1 UNARY'],
  ['Slice by known sizes', 'of known starts', (t) => t.add('UNARY', [f.slice(t.input('x', ['n', 6]), f.concat([0, 2]), f.concat([1, 3]))], { op: 'EXP' }), '1 SLICE, 1 UNARY'],
  ['Slice by known sizes', 'whose sizes stay open', (t) => { const x = t.input('x', ['n', 6]); return t.add('UNARY', [f.slice(x, f.concat([0, 2]), f.concat([f.shape(x, 0), 3]))], { op: 'EXP' }) }, '2 CONSTANT, 1 CONCATENATION, 1 GATHER, 1 SHAPE, 2 SHUFFLE, 1 SLICE, 1 UNARY'],
  ['RMS normalization from layers', 'in float32', (t) => f.rmsNorm(t.input('x', ['n', 3, 8]), 8, 1, t.weights(8), 1e-5), '1 CONSTANT, 1 PLUGIN_V2'],
  ['RMS normalization from layers', 'in half floats, between casts', (t) => f.rmsNorm(t.input('x', ['n', 8], 'float16'), 8, 1, f.constant(ConstantValue.of('float16', [8], [1, 2, 0.5, -1, 1, 1, 1, 3])), 1e-3), '1 CONSTANT, 1 PLUGIN_V2'],
  ['RMS normalization from layers', 'by the inverse of the root', (t) => { const x = t.input('x', ['n', 8]); const root = f.sqrt(f.add(f.mean(f.pow(x, 2), [1], true), 1e-5)); return f.mul(f.mul(f.div(1, root), x), t.weights(1, 8)) }, '1 CONSTANT, 1 PLUGIN_V2'],
  ['RMS normalization from layers', 'by its reciprocal', (t) => { const x = t.input('x', ['n', 8]); const root = f.sqrt(f.add(f.mean(f.mul(x, x), [1], true), 1e-5)); return f.mul(t.weights(1, 8), f.mul(x, t.add('UNARY', [root], { op: 'RECIP' }))) }, '1 CONSTANT, 1 PLUGIN_V2'],
  ['Attention of an encoder into BertAttention', 'under a mask of zeros', (t) => attention(t, { mask: 'zeros' }), '1 CAST, 1 CONCATENATION, 1 PLUGIN_V2, 1 SHAPE, 3 SLICE'],
  ['Scale into a matrix multiply', 'by a factor', (t) => f.mul(t.add('MATRIX_MULTIPLY', [t.input('x', ['n', 4]), t.weights(4, 6)]), t.weights(1, 1)), '1 CONSTANT, 1 MATRIX_MULTIPLY'],
  ['Scale into a matrix multiply', 'by a divisor, of the left side', (t) => t.add('ELEMENTWISE', [t.add('MATRIX_MULTIPLY', [t.weights(4, 6), t.input('x', [6, 'n'])]), f.constant(ConstantValue.of('float32', [1, 1], [-8]))], { op: 'DIV' }), '1 CONSTANT, 1 MATRIX_MULTIPLY'],
  ['Quantize of what was dequantized', 'by one scale', (t) => dequantized(t, quantized(t, dequantized(t, quantized(t, t.input('x', ['n']), 0.05), 0.05), 0.05), 0.05), '2 CONSTANT, 1 DEQUANTIZE, 1 QUANTIZE'],
  ['Dequantize behind a shuffle', 'a transposition', (t) => t.add('UNARY', [shuffle(t, dequantized(t, quantized(t, t.input('x', ['n', 4]), 0.05), 0.05), { first_transpose: [1, 0] })], { op: 'EXP' }), '2 CONSTANT, 1 DEQUANTIZE, 1 QUANTIZE, 1 SHUFFLE, 1 UNARY'],
  ['Quantize before a shuffle', 'a reshape', (t) => dequantized(t, quantized(t, shuffle(t, t.input('x', ['n', 4]), { reshape_dims: [0, 2, 2] }), 0.02), 0.02), '2 CONSTANT, 1 DEQUANTIZE, 1 QUANTIZE, 1 SHUFFLE'],
  ['Attention of an encoder into BertAttention', 'keys transposed by the product', (t) => attention(t), '1 CAST, 1 CONCATENATION, 1 PLUGIN_V2, 1 SHAPE, 3 SLICE'],
  ['Attention of an encoder into BertAttention', 'keys transposed by the SHUFFLE', (t) => attention(t, { turned: true }), '1 CAST, 1 CONCATENATION, 1 PLUGIN_V2, 1 SHAPE, 3 SLICE'],
  ['Layer normalization from layers', 'by products', (t) => layerNorm(t, { square: 'PROD' }), '2 CONSTANT, 1 NORMALIZATION'],
  ['Duplicate layer', 'a size, asked for twice', (t) => { const x = t.input('x', ['n', 4]); return f.add(sizeOf(t, x, 0), sizeOf(t, x, 0)) }, '1 CONSTANT, 1 ELEMENTWISE, 1 GATHER, 1 SHAPE'],
  ['Duplicate layer', 'one of which is an output', (t) => { const x = t.input('x', ['n', 4]); const [a, b] = twice(t, x, ['EXP', 'EXP']); return [t.add('UNARY', [a!], { op: 'ABS' }), b!] }, '2 UNARY'],
  ['Duplicate layer', 'of operands in either order', (t) => { const [a, b] = ['a', 'b'].map((n) => t.input(n, ['n'])); return t.add('ELEMENTWISE', [t.add('ELEMENTWISE', [a!, b!], { op: 'SUM' }), t.add('ELEMENTWISE', [b!, a!], { op: 'SUM' })], { op: 'DIV' }) }, '2 ELEMENTWISE'],
  ['Duplicate layer', 'of several results', (t) => { const x = t.input('x', ['n', 8]); const [a, b] = [1, 2].map(() => x.network.addLayer({ kind: 'TOPK', inputs: [x], attributes: { op: 'MAX', k: 3, axes: 2 }, outputCount: 2 })); return [t.add('UNARY', [a!.result()], { op: 'EXP' }), t.add('CAST', [b!.output(1)!], { to_type: 'FLOAT' })] }, '1 CAST, 1 TOPK, 1 UNARY'],
]

/** One size of a value, by layers of its own. */
const sizeOf = (t: Tools, x: Tensor, i: number): Tensor =>
  t.add('GATHER', [t.add('SHAPE', [x]), f.constant(ConstantValue.of('int32', [1], [i]))], { axis: 0, mode: 'ELEMENT' })
const twice = (t: Tools, x: Tensor, ops: readonly string[]): Tensor[] => ops.map((op) => t.add('UNARY', [x], { op }))

/** x ← x·x + x·x in three turns */
function squaredInLoop(t: Tools): Tensor {
  const loop = new Loop('squares')
  loop.limit('COUNT', t.add('CONSTANT', [], { weights: ConstantValue.of('int32', [], [3]) }))
  const carried = loop.carry(t.input('x', [2, 3]))
  const square = (): Tensor => f.mul(carried.value, carried.value)
  carried.next(f.add(square(), square()))
  return loop.last(carried.value)
}

/** int8 by a scale, and back. */
const scaleOf = (t: Tools, value: number): Tensor =>
  t.add('CONSTANT', [], { weights: ConstantValue.of('float32', [], [value]) })
const quantized = (t: Tools, x: Tensor, scale: number): Tensor =>
  t.add('QUANTIZE', [x, scaleOf(t, scale)], { to_type: 'INT8' })
const dequantized = (t: Tools, q: Tensor, scale: number): Tensor =>
  t.add('DEQUANTIZE', [q, scaleOf(t, scale)], { to_type: 'FLOAT' })

/** Attention of an encoder from layers, on q, k and v of one shape. */
function attention(
  t: Tools,
  change: { mask?: 'given' | 'zeros'; axes?: number; kv?: Shape; seen?: boolean; turned?: boolean } = {},
) {
  const { axes = 8, kv = ['n', 'm', 8] } = change
  const [q, k, v] = ['q', 'k', 'v'].map((name) => t.input(name, name === 'q' ? ['n', 'm', 8] : kv))
  const heads = (x: Tensor, perm = [0, 2, 1, 3]): Tensor =>
    shuffle(t, x, { reshape_dims: [0, 0, 2, 4], second_transpose: perm })
  const product = t.add('MATRIX_MULTIPLY', [heads(q!), heads(k!, change.turned ? [0, 2, 3, 1] : undefined)], {
    op0: 'NONE',
    op1: change.turned ? 'NONE' : 'TRANSPOSE',
  })
  const half = shuffle(t, t.constant(0.5), { reshape_dims: [1, 1, 1, 1] })
  const scores = t.add('ELEMENTWISE', [product, half], { op: 'PROD' })
  const mask = (): Tensor =>
    change.mask === 'given'
      ? t.input('mask', ['n', 1, 1, 'm'])
      : f.constant(ConstantValue.of('float32', [1, 1, 1, 1], [0]))
  const masked = change.mask ? t.add('ELEMENTWISE', [scores, mask()], { op: 'SUM' }) : scores
  const weighted = t.add('MATRIX_MULTIPLY', [t.add('SOFTMAX', [masked], { axes }), heads(v!)], {
    op0: 'NONE',
    op1: 'NONE',
  })
  const y = shuffle(t, weighted, { first_transpose: [0, 2, 1, 3], reshape_dims: [0, 0, 8] })
  return change.seen ? [y, product] : y
}

/** EXP of `x` under sizes that are put together. */
const underSizes = (t: Tools, x: Tensor, parts: readonly (number | Tensor)[], change: Attributes = {}): Tensor =>
  t.add('UNARY', [t.add('SHUFFLE', [x, f.concat(parts)], change)], { op: 'EXP' })

// prettier-ignore
const twins: readonly (readonly [label: string, what: string, build: (t: Tools) => Tensor | readonly Tensor[]])[] = [
  ['Shuffle of a shuffle', 'whose second reshape copies a size', (t) => shuffle(t, shuffle(t, t.input('x', [4, 6]), { reshape_dims: [6, 4] }), { reshape_dims: [0, 2, 2] })],
  ['Shuffle of a shuffle', 'with a transposition between the reshapes', (t) => shuffle(t, shuffle(t, t.input('x', [4, 6]), { reshape_dims: [6, 4], second_transpose: [1, 0] }), { reshape_dims: [3, 8] })],
  ['Shuffle of a shuffle', 'whose middle is an output', (t) => { const m = shuffle(t, t.input('x', [4, 6]), { reshape_dims: [24] }); return [m, shuffle(t, m, { reshape_dims: [2, 12] })] }],
  ['Shuffle that changes nothing', 'that swaps equal sizes', (t) => shuffle(t, t.input('x', [4, 4]), { first_transpose: [1, 0] })],
  ['Shuffle that changes nothing', 'that may move what is open', (t) => shuffle(t, t.input('x', [null, null]), { reshape_dims: [-1, 3] })],
  ['Shuffle that changes nothing', 'of nothing, whose open size could be any', (t) => shuffle(t, t.input('x', ['n', 0]), { reshape_dims: [-1, 0], zero_is_placeholder: false })],
  ['Cast of a cast', 'through a narrower type', (t) => t.add('CAST', [t.add('CAST', [t.input('x', ['n'])], { to_type: 'HALF' })], { to_type: 'FLOAT' })],
  ['Cast of a cast', 'through a type without fractions', (t) => t.add('CAST', [t.add('CAST', [t.input('x', ['n'])], { to_type: 'INT32' })], { to_type: 'FLOAT' })],
  ['Transpose into a matrix multiply', 'of other dimensions', (t) => t.add('MATRIX_MULTIPLY', [shuffle(t, t.input('a', [3, 3, 3]), { first_transpose: [1, 0, 2] }), t.input('b', [3, 3, 5])])],
  ['Transpose into a matrix multiply', 'that reshapes too', (t) => t.add('MATRIX_MULTIPLY', [shuffle(t, t.input('a', [4, 4]), { first_transpose: [1, 0], reshape_dims: [2, 8] }), t.input('b', [8, 5])])],
  ['Transpose into a matrix multiply', 'that makes another matrix of it', (t) => t.add('MATRIX_MULTIPLY', [t.input('a', ['n', 3, 10]), shuffle(t, t.input('b', [5, 4]), { first_transpose: [1, 0], reshape_dims: [1, 10, 2] })])],
  ['Transpose into a matrix multiply', 'that nothing uses', (t) => { const a = t.input('a', [4, 4]); t.add('MATRIX_MULTIPLY', [shuffle(t, a, { first_transpose: [1, 0] }), a]); return t.add('UNARY', [a], { op: 'ABS' }) }],
  ['Elementwise of constants', 'one of which is none', (t) => t.add('ELEMENTWISE', [t.input('x', [1]), t.constant(7)], { op: 'SUM' })],
  ['Elementwise of constants', 'a quotient that overflows', (t) => t.add('ELEMENTWISE', [half(t, 2), half(t, 1e-5)], { op: 'DIV' })],
  ['Elementwise that changes nothing', '1 / x', (t) => t.add('ELEMENTWISE', [t.constant(1), t.input('x', ['n'])], { op: 'DIV' })],
  ['Elementwise that changes nothing', 'x + 0, which changes −0', (t) => t.add('ELEMENTWISE', [t.input('x', ['n']), t.constant(0)], { op: 'SUM' })],
  ['Elementwise that changes nothing', 'x − (−0), which changes −0', (t) => t.add('ELEMENTWISE', [t.input('x', ['n']), t.constant(-0)], { op: 'SUB' })],
  ['Elementwise that changes nothing', 'ones that widen', (t) => t.add('ELEMENTWISE', [t.input('x', [1]), t.constant(1, 1, 1)], { op: 'PROD' })],
  ['Projections in one product', 'of which there are two', (t) => exponents(t, projected(t, t.input('x', [3, 4]), [2, 3]))],
  ['Projections in one product', 'of matrices that are not transposed', (t) => exponents(t, projected(t, t.input('x', [3, 4]), [2, 3, 4], 'NONE'))],
  ['Projections in one product', 'one of which is an output', (t) => { const [a, b, c] = projected(t, t.input('x', [3, 4]), [2, 3, 4]); return [a!, ...exponents(t, [b!, c!])] }],
  ['Projections in one product', 'by weights that are computed', (t) => exponents(t, [1, 2, 3].map((i) => t.add('MATRIX_MULTIPLY', [t.input(`x${i}`, [3, 4]), t.input(`w${i}`, [2, 4])], { op1: 'TRANSPOSE' })))],
  ['Gate and up into GemmSwiglu', 'of other sizes, broadcast', (t) => gated(t, { rows: [1, 6] })],
  ['Gate and up into GemmSwiglu', 'with another activation', (t) => gated(t, { type: 'TANH' })],
  ['Gate and up into GemmSwiglu', 'whose gate is an output', (t) => gated(t, { seen: true })],
  ['Gate and up into GemmSwiglu', 'whose activation is of the other product', (t) => gated(t, { of: 'up' })],
  ['Sizes that are known', 'one of which is not', (t) => f.shape(t.input('x', ['n', 4]))],
  ['Sizes that are known', 'whose quotient rounds otherwise', (t) => t.add('ELEMENTWISE', [5, -2].map((n) => f.constant(ConstantValue.of('int32', [1], [n]))), { op: 'DIV' })],
  ['Reshape by known sizes', 'that are copied to another place', (t) => { const x = t.input('x', ['n', 'm']); return underSizes(t, x, [f.shape(x, 1), f.shape(x, 0)]) }],
  ['Reshape by known sizes', 'of an empty value, where what is open could be any', (t) => { const x = t.input('x', ['n', 'm']); return underSizes(t, x, [f.shape(x, 0), t.input('k', [1], 'int32')]) }],
  ['Reshape by known sizes', 'behind a transposition', (t) => { const x = t.input('x', ['n', 'm']); return underSizes(t, x, [f.shape(x, 0), f.shape(x, 1)], { first_transpose: [1, 0] }) }],
  ['Part of nothing', 'of a size that may be one', (t) => f.concat([t.input('x', ['n', 6]), t.input('e', ['n', 'm'])], 1)],
  ['Part of nothing', 'where all are', (t) => f.concat([t.input('x', ['n', 0]), t.input('e', ['n', 0])], 1)],
  ['Slice of everything', 'but the last', (t) => f.slice(t.input('x', ['n', 6]), [0, 0], f.concat([f.shape(t.input('z', ['n', 6]), 0), 5]))],
  ['Slice of everything', 'of another size that has no number', (t) => { const z = t.input('z', ['m', 6]); return f.slice(t.input('x', ['n', 6]), [0, 0], f.concat([f.shape(z, 0), 6])) }],
  ['Slice of everything', 'backwards', (t) => f.flip(t.input('x', [3, 6]), [0])],
  ['Slice of everything', 'of which all but one are unknown', (t) => t.add('SLICE', [t.input('x', [null, 6])], { start: [0, 0], shape: [3, 6], stride: [1, 1] })],
  ['Slice by known sizes', 'that are inputs', (t) => f.slice(t.input('x', ['n', 6]), t.input('s', [2], 'int32'), t.input('z', [2], 'int32'))],
  ['RMS normalization from layers', 'over two dimensions', (t) => f.rmsNorm(t.input('x', ['n', 3, 8]), [3, 8], 1, t.weights(3, 8), 1e-5)],
  ['RMS normalization from layers', 'with a weight for each row', (t) => f.rmsNorm(t.input('x', ['n', 8, 8]), 8, 1, t.weights(8, 1), 1e-5)],
  ['RMS normalization from layers', 'by a weight that is computed', (t) => f.rmsNorm(t.input('x', ['n', 8]), 8, 1, t.input('w', [8]), 1e-5)],
  ['RMS normalization from layers', 'whose value is squared as another', (t) => { const x = t.input('x', ['n', 8]); const m = f.mean(f.pow(t.input('z', ['n', 8]), 2), [1], true); return f.mul(f.div(x, f.sqrt(f.add(m, 1e-5))), t.weights(8)) }],
  ['RMS normalization from layers', 'without a weight', (t) => f.rmsNorm(t.input('x', ['n', 8]), 8, 1, null, 1e-5)],
  ['Scale into a matrix multiply', 'of weights that are not known', (t) => f.mul(t.add('MATRIX_MULTIPLY', [t.input('x', ['n', 4]), t.input('w', [4, 6])]), t.weights(1, 1))],
  ['Scale into a matrix multiply', 'that is 0, which takes NaN away', (t) => t.add('ELEMENTWISE', [t.add('MATRIX_MULTIPLY', [t.input('x', ['n', 4]), t.weights(4, 6)]), f.constant(ConstantValue.of('float32', [1, 1], [0]))], { op: 'PROD' })],
  ['Scale into a matrix multiply', 'by which weights vanish', (t) => t.add('ELEMENTWISE', [t.add('MATRIX_MULTIPLY', [t.input('x', ['n', 4]), t.weights(4, 6)]), f.constant(ConstantValue.of('float32', [1, 1], [1e-38]))], { op: 'PROD' })],
  ['Scale into a matrix multiply', 'by which weights overflow', (t) => t.add('ELEMENTWISE', [t.add('MATRIX_MULTIPLY', [t.input('x', ['n', 4]), t.weights(4, 6)]), f.constant(ConstantValue.of('float32', [1, 1], [1e-39]))], { op: 'DIV' })],
  ['Scale into a matrix multiply', 'that decides what overflows', (t) => t.add('ELEMENTWISE', [t.add('MATRIX_MULTIPLY', [t.input('x', ['n', 4]), t.weights(4, 6)]), f.constant(ConstantValue.of('float32', [1, 1], [1e-30]))], { op: 'DIV' })],
  ['Scale into a matrix multiply', 'that decides what overflows in halves', (t) => t.add('ELEMENTWISE', [t.add('MATRIX_MULTIPLY', [t.input('x', ['n', 1], 'float16'), half(t, 1, [1, 1])]), half(t, 1000, [1, 1])], { op: 'PROD' })],
  ['Scale into a matrix multiply', 'one for each column', (t) => t.add('ELEMENTWISE', [t.add('MATRIX_MULTIPLY', [t.input('x', ['n', 4]), t.weights(4, 6)]), t.weights(1, 6)], { op: 'PROD' })],
  ['Scale into a matrix multiply', 'whose product is an output', (t) => { const p = t.add('MATRIX_MULTIPLY', [t.input('x', ['n', 4]), t.weights(4, 6)]); return [p, f.mul(p, t.weights(1, 1))] }],
  ['Scale into a matrix multiply', 'that it divides', (t) => t.add('ELEMENTWISE', [t.weights(1, 1), t.add('MATRIX_MULTIPLY', [t.input('x', ['n', 4]), t.weights(4, 6)])], { op: 'DIV' })],
  ['Quantize of what was dequantized', 'by another scale', (t) => dequantized(t, quantized(t, dequantized(t, quantized(t, t.input('x', ['n']), 0.05), 0.05), 0.06), 0.06)],
  ['Quantize of what was dequantized', 'by a scale that is an input', (t) => { const s = t.input('s', []); const q = t.add('QUANTIZE', [t.input('x', ['n']), s]); return t.add('DEQUANTIZE', [t.add('QUANTIZE', [t.add('DEQUANTIZE', [q, s]), s]), s]) }],
  ['Quantize of what was dequantized', 'by a scale so small that it rounds away', (t) => dequantized(t, quantized(t, dequantized(t, quantized(t, t.input('x', ['n']), 1e-42), 1e-42), 1e-42), 1e-42)],
  ['Dequantize behind a shuffle', 'whose value is used besides', (t) => { const d = dequantized(t, quantized(t, t.input('x', [4, 4]), 0.05), 0.05); return [t.add('UNARY', [d], { op: 'EXP' }), shuffle(t, d, { first_transpose: [1, 0] })] }],
  ['Dequantize behind a shuffle', 'with a scale for each row', (t) => shuffle(t, t.add('DEQUANTIZE', [t.add('QUANTIZE', [t.input('x', [4, 3]), t.constant(0.1, 0.2, 0.3, 0.4)], { axis: 0 }), t.constant(0.1, 0.2, 0.3, 0.4)], { axis: 0 }), { first_transpose: [1, 0] })],
  ['Quantize before a shuffle', 'whose value is an output', (t) => { const s = shuffle(t, t.input('x', ['n', 4]), { reshape_dims: [0, 2, 2] }); return [s, dequantized(t, quantized(t, s, 0.02), 0.02)] }],
  ['Attention of an encoder into BertAttention', 'under a mask', (t) => attention(t, { mask: 'given' })],
  ['Attention of an encoder into BertAttention', 'over other dimensions', (t) => attention(t, { axes: 4 })],
  ['Attention of an encoder into BertAttention', 'to another sequence', (t) => attention(t, { kv: ['n', 'k', 8] })],
  ['Attention of an encoder into BertAttention', 'whose scores are an output', (t) => attention(t, { seen: true })],
  ['Layer normalization from layers', 'over other axes', (t) => layerNorm(t, { axes: 2 })],
  ['Layer normalization from layers', 'with a scale for each row', (t) => layerNorm(t, { scale: [1, 3, 8] })],
  ['Layer normalization from layers', 'whose difference is an output', (t) => layerNorm(t, { seen: true })],
  ['Duplicate layer', 'of another operation', (t) => f.add(...pair(twice(t, t.input('x', ['n']), ['EXP', 'ABS'])))],
  ['Duplicate layer', 'of another value', (t) => f.add(f.exp(t.input('x', ['n'])), f.exp(t.input('z', ['n'])))],
  ['Duplicate layer', 'at another index', (t) => { const s = t.add('SHAPE', [t.input('x', ['n', 'm'])]); return f.add(...pair([0, 1].map((i) => t.add('GATHER', [s, f.constant(ConstantValue.of('int32', [1], [i]))], { axis: 0, mode: 'ELEMENT' })))) }],
  ['Duplicate layer', 'by an index of another type', (t) => { const s = t.add('SHAPE', [t.input('x', ['n', 'm'])]); return f.add(...pair((['int32', 'int64'] as const).map((type) => t.add('GATHER', [s, f.constant(ConstantValue.of(type, [1], [1]))], { axis: 0, mode: 'ELEMENT' })))) }],
  ['Duplicate layer', 'whose operands may not be swapped', (t) => { const [a, b] = ['a', 'b'].map((n) => t.input(n, ['n'])); return f.add(f.sub(a!, b!), f.sub(b!, a!)) }],
  ['Duplicate layer', 'both of which are outputs', (t) => twice(t, t.input('x', ['n']), ['EXP', 'EXP'])],
  ['Duplicate layer', 'by weights of equal numbers, which may be refitted', (t) => { const x = t.input('x', ['n', 4]); return f.add(...pair([0, 1].map(() => t.add('MATRIX_MULTIPLY', [x, t.weights(4, 6)])))) }],
  ['Duplicate layer', 'that is random', (t) => { const x = t.input('s', [1], 'int64'); return f.sub(...pair([0, 1].map(() => t.add('FILL', [x], { operation: 'RANDOM_UNIFORM' })))) }],
  ['Duplicate layer', 'that is a plugin', (t) => { const x = t.input('x', ['n', 4]); return t.add('ELEMENTWISE', [0, 1].map(() => t.add('PLUGIN_V2', [x], { plugin_type: 'Counter', plugin_version: '1', num_outputs: 1 })), { op: 'SUM' }) }],
  ['Duplicate layer', 'that talks between devices', (t) => { const x = t.input('x', ['n', 4]); return t.add('ELEMENTWISE', [0, 1].map(() => t.add('DIST_COLLECTIVE', [x], { collective_operation: 'ALL_REDUCE', reduce_operation: 'SUM' })), { op: 'SUM' }) }],
  ['Duplicate layer', 'that writes into a cache', (t) => { const [c, u, i] = [t.input('c', ['n', 2, 8, 4]), t.input('u', ['n', 2, 1, 4]), t.input('i', ['n'], 'int32')]; return t.add('ELEMENTWISE', [0, 1].map(() => t.add('KV_CACHE_UPDATE', [c, u, i])), { op: 'SUM' }) }],
  ['Duplicate layer', 'one in each branch of a conditional', (t) => { const x = t.input('x', ['n']); const c = t.input('c', [], 'bool'); t.add('CONDITION', [c], { conditional: 'i' }); const [a, b] = twice(t, t.add('CONDITIONAL_INPUT', [x], { conditional: 'i' }), ['EXP', 'EXP']); return t.add('CONDITIONAL_OUTPUT', [f.relu(a!), b!], { conditional: 'i' }) }],
  ['Duplicate layer', 'of values that a loop carries', (t) => { const x = t.input('x', [2]); const loop = new Loop('two'); loop.limit('COUNT', t.add('CONSTANT', [], { weights: ConstantValue.of('int32', [], [3]) })); const [a, b] = [loop.carry(x), loop.carry(x)]; a.next(f.exp(a.value)); b.next(f.abs(b.value)); return f.add(loop.last(a.value), loop.last(b.value)) }],
]
const pair = ([a, b]: readonly Tensor[]): [Tensor, Tensor] => [a!, b!]

/** A loop over its own value, without a LOOP_OUTPUT, beside a layer that has nothing to do with it. */
function idleLoop(
  t: Tools,
  more: { readonly gives?: boolean; readonly seen?: boolean; readonly asserts?: boolean } = {},
): Tensor[] {
  const x = t.input('x', [2, 3])
  const loop = new Loop('idle')
  loop.limit('COUNT', t.add('CONSTANT', [], { weights: ConstantValue.of('int32', [], [3]) }))
  const carried = loop.carry(x)
  const next = f.mul(carried.value, carried.value)
  carried.next(next)
  if (more.asserts) f.assertion(f.gt(next, next), 'more')
  return [f.relu(x), ...(more.gives ? [loop.last(carried.value)] : []), ...(more.seen ? [next] : [])]
}

describe('matches', () => {
  test.each(matching)('%s: %s', async (label, _, build, after) => {
    await expectRewrite(entry(label), built(build), after, { exact: isExact(label) })
  })
})

test('a loop that gives nothing goes as a whole', async () => {
  const rewritten = await expectRewrite(
    entry('Loop that gives nothing'),
    built(idleLoop),
    'y0 = ACTIVATION<type="RELU">(x)',
    {
      exact: true,
    },
  )
  expect(rewritten.countOfKind('RECURRENCE')).toBe(0)
})

test('a conditional that gives nothing goes as a whole', () =>
  expectRewrite(
    entry('Loop that gives nothing'),
    built((t) => {
      t.add('CONDITION', [t.input('c', [], 'bool')], { conditional: 'idle' })
      return f.relu(t.input('x', [2]))
    }),
    'y0 = ACTIVATION<type="RELU">(x)',
    { exact: true },
  ))

test.each([
  ['gives a value', { gives: true }],
  ['has a value that is an output', { seen: true }],
  ['asserts something', { asserts: true }],
] as const)('a loop that %s stays', (_, more) => {
  expectNoMatch(
    entry('Loop that gives nothing'),
    built((t) => idleLoop(t, more)),
  )
})

describe('does not match', () => {
  test.each(twins)('%s: %s', (label, _, build) => expectNoMatch(entry(label), built(build)))
})

test('the library asks no value of a plain Llama twice for its sizes, with equal numbers', async () => {
  const network = f.GALLERY_NETWORKS['llama-4-plain']()
  const before = snapshotOf(network)
  managerOf(
    tensorrtLibrary.filter((e) => !e.optIn),
    'ort',
  ).rewrite(network)
  const asked = network.layersOfKind('SHAPE').map((l) => l.input(0)!.name)
  expect(asked.length).toBeGreaterThan(0)
  expect(new Set(asked).size).toBe(asked.length)
  const verdict = await verifyNetworks(before, snapshotOf(network), await nodeRuntime(), { seeds: [1] })
  expect(verdict.verdict).toBe('equal')
})

test('what is done twice in the turns of a loop is done once, with equal numbers', async () => {
  const network = built(squaredInLoop)
  const before = snapshotOf(network)
  const manager = managerOf(
    tensorrtLibrary.filter((e) => e.label === 'Duplicate layer'),
    'ort',
  )
  expect(manager.rewrite(network).byLabel.get('Duplicate layer')).toBe(1)
  expect(verifyNetwork(network)).toEqual([])
  expect(await verifyNetworks(before, snapshotOf(network), await nodeRuntime())).toMatchObject({ verdict: 'equal' })
})

test.each([12, 87, 99, 252, 301, 302, 303])(
  'a random network is lowered, and rewritten by the library, with equal numbers (seed %i)',
  async (seed) => {
    const onnx = snapshotOf(new RandomNetwork(random(seed)).grow(20, 5))
    const { network } = lowerOnnx(onnx)
    expect(verifyNetwork(network)).toEqual([])
    const lowered = snapshotOf(network)
    const library = tensorrtLibrary.filter((e) => e.exactness !== 'approximation')
    managerOf(library, 'ort').rewrite(network)
    expect(verifyNetwork(network)).toEqual([])
    const ort = await nodeRuntime()
    const verdicts = [
      await verifyNetworks(onnx, lowered, ort, { seeds: [1] }),
      await verifyNetworks(lowered, snapshotOf(network), ort, { seeds: [1] }),
    ]
    expect(verdicts.map((v) => v.verdict)).toEqual(['equal', 'equal'])
  },
)

test('a lowered ViT has attention in the plugin of an encoder, with equal numbers', async () => {
  const { network } = lowerOnnx(importOnnx(readFileSync('public/models/vit-12.dynamo.onnx')).snapshot)
  const before = snapshotOf(network)
  const library = tensorrtLibrary.filter((e) => !e.optIn || e.label === 'Attention of an encoder into BertAttention')
  managerOf(library, 'ort').rewrite(network)
  expect(network.countOfKind('PLUGIN_V2')).toBe(12)
  expect(verifyNetwork(network)).toEqual([])
  const verdict = await verifyNetworks(before, snapshotOf(network), await nodeRuntime(), { seeds: [1] })
  expect(verdict).toMatchObject({ verdict: 'equal' })
})

test('the library leaves a lowered BERT with equal numbers, and its normalizations in one layer each', async () => {
  const { snapshot } = importOnnx(readFileSync('public/models/bert-12-opset14.torchscript.onnx'))
  const { network } = lowerOnnx(snapshot)
  const before = snapshotOf(network)
  const library = tensorrtLibrary.filter((e) => !e.optIn)
  const { byLabel } = managerOf(library, 'ort').rewrite(network)
  expect(byLabel.get('Layer normalization from layers')).toBe(25)
  expect(network.countOfKind('NORMALIZATION')).toBe(25)
  expect(network.numLayers).toBeLessThan(before.layers.length / 1.5)
  expect(verifyNetwork(network)).toEqual([])
  const verdict = await verifyNetworks(before, snapshotOf(network), await nodeRuntime(), { seeds: [1] })
  expect(verdict).toMatchObject({ verdict: 'equal' })
})

describe('analyzers', () => {
  const told = (make: () => PatternAnalyzer, network: Network) => {
    const analyzer = make()
    new AnalysisPatternManager().add('a', analyzer).analyze(network)
    return new Map([...analyzer.results()!].map(([layer, value]) => [layer.name, value]))
  }
  const sizes = { numLayers: 2, hiddenSize: 8, numHeads: 2, vocabSize: 16, maxPositions: 8 } as const

  test('plugins are numbered by type', () => {
    const network = built((t) => {
      const x = t.input('x', [2, 4])
      const [a, b] = [f.allreduce(x, [0]), f.allgather(x, [0])]
      return [a, b, f.allreduce(a, [0])]
    })
    expect([...told(pluginsByType, network).values()]).toEqual([1, 2, 1])
  })

  test('a precision is that of what is computed, and not of what is moved', () => {
    const network = built((t) => f.cast(f.exp(t.input('x', [2, 4], 'float16')).view([4, 2]), 'float32').add(1))
    expect([...told(precisions, network).values()]).toEqual([16, 32])
  })

  test('activations and caches have bytes where their sizes are known', () => {
    const network = f.gptAttentionNetwork({ batch: 2, length: 4, maxLength: 8, hidden: 16, heads: 2 })
    expect([...told(cacheBytes, network).values()]).toEqual([2 * 2 * 2 * 8 * 8 * 2])
    const activations = told(activationBytes, network)
    expect(activations.get(network.layersOfKind('MATRIX_MULTIPLY')[0]!.name)).toBe(2 * 4 * 48 * 2)
    expect([...activations.keys()].some((name) => network.getLayerByName(name)!.kind === 'CONSTANT')).toBe(false)
  })

  test('what no module made is found where modules made the rest', () => {
    const network = new f.GPTForCausalLM(sizes).build('gpt')
    const made = network.addLayer({ kind: 'IDENTITY', inputs: [network.getInputs()[0]!], scope: '' })
    expect(told(withoutScope, network).has(made.name)).toBe(true)
    expect(
      told(
        withoutScope,
        built((t) => f.exp(t.input('x', [2]))),
      ).size,
    ).toBe(0)
  })
})

/** A network with one result that is said to be of another shape than it has. */
function saidOtherwise(build: (t: Tools) => Tensor, shape: Shape): Network {
  const network = built(build)
  const shuffle = network.layersOfKind('SHUFFLE').at(-1)!
  network.setTensorType(shuffle.result(), 'float32', shape)
  return network
}

test.each<[label: string, build: (t: Tools) => Tensor, shape: Shape]>([
  [
    'Reshape by known sizes',
    (t) => {
      const x = t.input('x', ['n', 8])
      return underSizes(t, x, [f.shape(x, 0), 2, 4])
    },
    ['n', 2, 5],
  ],
  [
    'Reshape by known sizes',
    (t) => {
      const x = t.input('x', ['n', 8])
      return underSizes(t, x, [f.shape(x, 0), 2, 4])
    },
    ['n', 8],
  ],
  [
    'Reshape by known sizes',
    (t) => {
      const x = t.input('x', [6, 4])
      return underSizes(t, x, [f.shape(x, 0), 5])
    },
    [6, 5],
  ],
  [
    'Sizes that are known',
    (t) => {
      const x = t.input('x', [6, 4])
      return underSizes(t, x, [f.shape(x, 0), 5])
    },
    [6, 5],
  ],
  [
    'Shuffle of a shuffle',
    (t) => shuffle(t, shuffle(t, t.input('x', [4, 6]), { reshape_dims: [24] }), { reshape_dims: [2, 12] }),
    [2, 11],
  ],
  [
    'Shuffle of a shuffle',
    (t) => shuffle(t, shuffle(t, t.input('x', [4, 6]), { first_transpose: [1, 0] }), { first_transpose: [1, 20] }),
    [4, 6],
  ],
])('in a damaged network %s does not match', (label, build, shape) => {
  // prettier-ignore
  expectNoMatch(entry(label), saidOtherwise(build, shape))
})

test('on a damaged network, whose constants are not of their shape, the library throws nothing', () => {
  const network = built(({ add, input }) => {
    const weights = ConstantValue.of('float32', [6], [1, 2, 3, 4, 5, 6])
    const odd = add('CONSTANT', [], { weights, shape: [2, 2] })
    const view = add('SHUFFLE', [odd], { reshape_dims: [4] })
    return add('ELEMENTWISE', [view, add('ELEMENTWISE', [input('x', [4])], { op: 'SUM' })], { op: 'PROD' })
  })
  const manager = managerOf(
    tensorrtLibrary.filter((e) => !e.optIn),
    'ort',
  )
  expect([...manager.rewriting(network)].filter((e) => e.type === 'failed')).toEqual([])
})

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

/** A network whose outputs are what is built. */
function built(build: (t: Tools) => Tensor | readonly Tensor[]): Network {
  const network = new Network(tensorrtDialect)
  const add: Tools['add'] = (kind, inputs, attributes = {}) => network.addLayer({ kind, inputs, attributes }).output()!
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
  ['Gate and up into GemmSwiglu', 'in float32', (t) => gated(t), '1 CONSTANT, 1 PLUGIN_V2'],
  ['Gate and up into GemmSwiglu', 'in half floats, between casts', (t) => gated(t, { half: true }), '1 CONSTANT, 1 PLUGIN_V2'],
  ['Layer normalization from layers', 'by products', (t) => layerNorm(t, { square: 'PROD' }), '2 CONSTANT, 1 NORMALIZATION'],
]

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
  ['Elementwise that changes nothing', '1 / x', (t) => t.add('ELEMENTWISE', [t.constant(1), t.input('x', ['n'])], { op: 'DIV' })],
  ['Elementwise that changes nothing', 'x + 0, which changes −0', (t) => t.add('ELEMENTWISE', [t.input('x', ['n']), t.constant(0)], { op: 'SUM' })],
  ['Elementwise that changes nothing', 'ones that widen', (t) => t.add('ELEMENTWISE', [t.input('x', [1]), t.constant(1, 1, 1)], { op: 'PROD' })],
  ['Projections in one product', 'of which there are two', (t) => exponents(t, projected(t, t.input('x', [3, 4]), [2, 3]))],
  ['Projections in one product', 'of matrices that are not transposed', (t) => exponents(t, projected(t, t.input('x', [3, 4]), [2, 3, 4], 'NONE'))],
  ['Projections in one product', 'one of which is an output', (t) => { const [a, b, c] = projected(t, t.input('x', [3, 4]), [2, 3, 4]); return [a!, ...exponents(t, [b!, c!])] }],
  ['Projections in one product', 'by weights that are computed', (t) => exponents(t, [1, 2, 3].map((i) => t.add('MATRIX_MULTIPLY', [t.input(`x${i}`, [3, 4]), t.input(`w${i}`, [2, 4])], { op1: 'TRANSPOSE' })))],
  ['Gate and up into GemmSwiglu', 'of other sizes, broadcast', (t) => gated(t, { rows: [1, 6] })],
  ['Gate and up into GemmSwiglu', 'with another activation', (t) => gated(t, { type: 'TANH' })],
  ['Gate and up into GemmSwiglu', 'whose gate is an output', (t) => gated(t, { seen: true })],
  ['Gate and up into GemmSwiglu', 'whose activation is of the other product', (t) => gated(t, { of: 'up' })],
  ['Layer normalization from layers', 'over other axes', (t) => layerNorm(t, { axes: 2 })],
  ['Layer normalization from layers', 'with a scale for each row', (t) => layerNorm(t, { scale: [1, 3, 8] })],
  ['Layer normalization from layers', 'whose difference is an output', (t) => layerNorm(t, { seen: true })],
]

describe('matches', () => {
  test.each(matching)('%s: %s', async (label, _, build, after) => {
    await expectRewrite(entry(label), built(build), after, { exact: isExact(label) })
  })
})

describe('does not match', () => {
  test.each(twins)('%s: %s', (label, _, build) => expectNoMatch(entry(label), built(build)))
})

test.each([12, 87, 99, 252, 301, 302, 303])(
  'a random network is lowered, and rewritten by the library, with equal numbers (seed %i)',
  async (seed) => {
    const onnx = snapshotOf(new RandomNetwork(random(seed)).grow(20, 5))
    const { network } = lowerOnnx(onnx)
    expect(verifyNetwork(network)).toEqual([])
    const lowered = snapshotOf(network)
    managerOf(tensorrtLibrary, 'ort').rewrite(network)
    expect(verifyNetwork(network)).toEqual([])
    const ort = await nodeRuntime()
    const verdicts = [
      await verifyNetworks(onnx, lowered, ort, { seeds: [1] }),
      await verifyNetworks(lowered, snapshotOf(network), ort, { seeds: [1] }),
    ]
    expect(verdicts.map((v) => v.verdict)).toEqual(['equal', 'equal'])
  },
)

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

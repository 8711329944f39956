/** Costs of TensorRT's layers, counted by hand. */
import { expect, test } from 'vitest'
import { CostBook, plainCost } from '../../src/cost'
import { tensorrtDialect } from '../../src/dialects/tensorrt'
import { ConstantValue, Network } from '../../src/engine'
import type { Attributes, Shape, Tensor } from '../../src/engine'

const zeros = (...shape: number[]): ConstantValue =>
  ConstantValue.of('float32', shape, new Float32Array(shape.reduce((a, b) => a * b, 1)))

function costOf(shape: Shape, build: (add: Add, x: Tensor, network: Network) => void) {
  const network = new Network(tensorrtDialect)
  const x = network.addInput('x', 'float32', shape)
  build((kind, inputs, attributes = {}) => network.addLayer({ kind, inputs, attributes }).output()!, x, network)
  return plainCost(new CostBook(network).total)
}
type Add = (kind: string, inputs: readonly Tensor[], attributes?: Attributes) => Tensor

test('weights are weights behind a SHUFFLE too', () => {
  const direct = costOf([2, 8], (add, x) => add('MATRIX_MULTIPLY', [x, add('CONSTANT', [], { weights: zeros(8, 4) })]))
  const shuffled = costOf([2, 8], (add, x) => {
    const flat = add('CONSTANT', [], { weights: zeros(32) })
    add('MATRIX_MULTIPLY', [x, add('SHUFFLE', [flat], { reshape_dims: [8, 4] })])
  })
  expect(shuffled).toEqual(direct)
  expect(direct).toMatchObject({ launches: 1, flops: 2 * 2 * 8 * 4, weights: 4 * 32, activations: 4 * (16 + 8) })
})

test('a SHUFFLE that transposes moves bytes, one that reshapes none', () => {
  const cost = (attributes: Attributes) => costOf([2, 3], (add, x) => add('SHUFFLE', [x], attributes))
  expect(cost({ reshape_dims: [6] })).toMatchObject({ launches: 0, bytes: 0 })
  expect(cost({ first_transpose: [0, 1] })).toMatchObject({ launches: 0, bytes: 0 })
  expect(cost({ second_transpose: [1, 0] })).toMatchObject({ launches: 1, bytes: 48 })
})

test.each<[string, Shape, Attributes, number]>([
  [
    'CONVOLUTION',
    [1, 8, 16, 16],
    { num_output_maps: 12, kernel_size_nd: [3, 3], num_groups: 2, kernel: zeros(12, 4, 3, 3), bias: zeros(12) },
    12 * 14 * 14 * (2 * 36 + 1),
  ],
  [
    'DECONVOLUTION',
    [1, 8, 4, 4],
    { num_output_maps: 3, kernel_size_nd: [2, 2], stride_nd: [2, 2], kernel: zeros(8, 3, 2, 2) },
    2 * 8 * 16 * 12,
  ],
  ['POOLING', [1, 4, 8, 8], { type: 'MAX', window_size_nd: [2, 2], stride_nd: [2, 2] }, 64 * 4],
  ['ACTIVATION', [5], { type: 'GELU_ERF' }, 25],
  ['SOFTMAX', [5], { axes: 1 }, 25],
  ['REDUCE', [5, 2], { op: 'SUM', axes: 1 }, 10],
])('%s on [%s] with %j takes %i FLOPs', (kind, shape, attributes, flops) => {
  expect(costOf(shape, (add, x) => add(kind, [x], attributes)).flops).toBe(flops)
})

test('what becomes a weight by a step is counted as one', () => {
  const network = new Network(tensorrtDialect)
  const x = network.addInput('x', 'float32', [8])
  const add: Add = (kind, inputs, attributes = {}) => network.addLayer({ kind, inputs, attributes }).output()!
  const cast = add('CAST', [x], { to_type: 'FLOAT' })
  const shuffle = add('SHUFFLE', [cast], { reshape_dims: [1, 8] })
  add('UNARY', [shuffle], { op: 'EXP' })
  const book = new CostBook(network)
  const step = network.transact({ label: 'constant' }, () => {
    network.setInput(cast.parent!, 0, add('CONSTANT', [], { weights: zeros(8) }))
  })!
  book.follow(step.edits)
  expect(book.total).toEqual(new CostBook(network).total)
})

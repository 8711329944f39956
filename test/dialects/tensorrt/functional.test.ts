/** What functionals give: shapes with sizes that are known, symbolic and unknown. */
import { beforeEach, describe, expect, test } from 'vitest'
import { netGuard, Network, verifyNetwork } from '../../../src/engine'
import type { Shape, Tensor } from '../../../src/engine'
import { add, input, matmul, tensorrtDialect, unary, view } from '../../../src/dialects/tensorrt'

let network: Network
beforeEach(() => {
  network = new Network(tensorrtDialect)
})

/** The shape of what is made of an input of each of these shapes. */
function shapeOf([first, second]: readonly Shape[], make: (x: Tensor, y: Tensor) => Tensor): Shape | null {
  return netGuard(network, () => {
    const x = input('x', 'float32', first!)
    const y = make(x, second ? input('y', 'float32', second) : x)
    network.markOutput(y)
    verifyNetwork(network)
    return y.shape
  })
}

describe('view', () => {
  test.each<[Shape, number[], Shape]>([
    [
      [2, 3, 4],
      [-1, 4],
      [6, 4],
    ],
    [
      [2, 3, 4],
      [0, -1],
      [2, 12],
    ],
    [
      ['batch', 8],
      [-1, 4],
      ['2*batch', 4],
    ],
    [
      ['batch', 8],
      [0, 2, 4],
      ['batch', 2, 4],
    ],
  ])('of %j as %j is %j', (of, as, is) => expect(shapeOf([of], (x) => view(x, as))).toEqual(is))

  test.each<[Shape, number[]]>([
    [
      [2, 3],
      [-1, 4],
    ],
    [
      [2, 3],
      [-1, -1],
    ],
    [[2, 3], [5]],
    [
      [2, 3],
      [-2, 3],
    ],
  ])('of %j as %j is refused', (of, as) => expect(() => shapeOf([of], (x) => view(x, as))).toThrow(/cannot view/))
})

test('a sum of ranks that differ keeps symbolic sizes', () => {
  expect(
    shapeOf(
      [
        ['batch', 'seq', 8],
        ['seq', 8],
      ],
      add,
    ),
  ).toEqual(['batch', 'seq', 8])
  expect(
    shapeOf(
      [
        ['a', 'b', 'c'],
        ['b', 'c'],
      ],
      add,
    ),
  ).toEqual(['a', 'b', 'c'])
})

test('a product has the larger batch of both', () => {
  expect(
    shapeOf(
      [
        [1, 4, 8],
        [5, 8, 3],
      ],
      matmul,
    ),
  ).toEqual([5, 4, 3])
  expect(() =>
    shapeOf(
      [
        [2, 4, 8],
        [5, 8, 3],
      ],
      matmul,
    ),
  ).toThrow(/do not broadcast/)
})

test('what is made of a tensor has a name of its own', () => {
  const names = netGuard(network, () => {
    const a = input('a', 'float32', [2])
    return [a, unary('EXP', a)].map((t) => t.name)
  })
  expect(new Set(names).size).toBe(2)
})

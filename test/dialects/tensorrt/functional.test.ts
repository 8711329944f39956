/** What functionals give: shapes with sizes that are known, symbolic and unknown. */
import { beforeEach, describe, expect, test } from 'vitest'
import {
  fingerprint,
  LockedError,
  netGuard,
  Network,
  replayTrace,
  snapshotOf,
  traceOf,
  undoTransaction,
  verifyNetwork,
} from '../../../src/engine'
import type { Shape, Tensor } from '../../../src/engine'
import {
  add,
  Conditional,
  cumsum,
  importModel,
  input,
  matmul,
  tensorrtDialect,
  unary,
  view,
  writeNetwork,
  writePython,
} from '../../../src/dialects/tensorrt'

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

test('loops and conditionals have names of their own in their network, the same in every network that is made so', () => {
  const made = (): Network => {
    const fresh = new Network(tensorrtDialect)
    netGuard(fresh, () => {
      const x = input('x', 'float32', [2, 3])
      const yes = input('yes', 'bool', [])
      for (const t of [cumsum(x, 0), cumsum(x, 0)]) fresh.markOutput(t)
      for (let i = 0; i < 2; i++) {
        const choice = new Conditional(yes)
        fresh.markOutput(choice.addOutput(choice.addInput(x), x))
      }
    })
    return fresh
  }
  const names = (n: Network, kind: string, attribute: string) => n.layersOfKind(kind).map((l) => l.attribute(attribute))
  const first = made()
  expect(names(first, 'TRIP_LIMIT', 'loop')).toEqual(['cumsum_0', 'cumsum_1'])
  expect(names(first, 'CONDITION', 'conditional')).toEqual(['conditional_0', 'conditional_1'])
  expect(snapshotOf(made())).toEqual(snapshotOf(first))
})

describe('ranges of dimensions', () => {
  const ranges = { batch: [[1, 2, 8], 1], length: [[1, 16, 64], 4], width: [8, 8] } as const

  test('name the sizes that are not known, and are the optimization profiles of files and scripts', () => {
    const x = netGuard(network, () => input('x', 'float32', [-1, -1, 8], ranges))
    expect(x.shape).toEqual(['batch', 'length', 8])
    netGuard(network, () => input('y', 'int32', [-1], { batch: ranges.batch }).markOutput('out'))
    netGuard(network, () => x.markOutput('z', 'float16'))
    expect([network.outputs.map((o) => o.name), network.getLayers().map((l) => l.kind)]).toEqual([
      ['out', 'z'],
      ['CAST'],
    ])
    const profiles = [
      { x: [[1, 1, 8], [2, 16, 8], [8, 64, 8]], y: [[1], [2], [8]] },
      { x: [[1, 4, 8], [1, 4, 8], [1, 4, 8]], y: [[1], [1], [1]] },
    ] // prettier-ignore
    const { text } = writeNetwork(snapshotOf(network), 'w')
    const { snapshot } = importModel(new TextEncoder().encode(text))
    expect(snapshot.properties['tensorrt']).toMatchObject({ profiles })
    expect(writePython(snapshot, 'w').text).toContain(`PROFILES = ${JSON.stringify(profiles)}`)
  })

  test('come and go with the input that brings them (E1, E2, E9), and are read whole where a trace brings them (E12)', () => {
    const before = snapshotOf(network)
    const base = fingerprint(network)
    const make = () => void netGuard(network, () => input('x', 'float32', [-1, -1, 8], ranges))
    network.transactor.lock()
    expect(make).toThrow(LockedError)
    network.transactor.unlock()
    expect(snapshotOf(network)).toEqual(before)
    const transaction = network.transact({ label: 'an input' }, make)!
    const after = snapshotOf(network)
    expect(after.properties).toHaveProperty('tensorrt.profiles.1')
    const json = JSON.parse(JSON.stringify(traceOf(network, base, [transaction]))) as {
      transactions: { edits: { type: string; to: unknown }[] }[]
    }
    undoTransaction(network.transactor, transaction)
    expect(snapshotOf(network)).toEqual(before)
    const damaged = structuredClone(json)
    for (const edit of damaged.transactions[0]!.edits) if (edit.type === 'setProperty') edit.to = { profiles: [3] }
    expect(() => replayTrace(network, damaged)).toThrow(/optimization profiles are no ranges by input/)
    expect(snapshotOf(network)).toEqual(before)
    replayTrace(network, json)
    expect(snapshotOf(network)).toEqual(after)
  })

  test.each<[string, () => unknown, RegExp]>([
    ['one too few', () => input('x', 'float32', [-1, 8], { batch: [2] }), /x has 2 dimensions, each with a range/],
    ['profiles of one, and two', () => input('x', 'float32', [-1, 8], { batch: [2, 3], width: [8] }), /of the same profiles/],
    ['another size', () => input('x', 'float32', [-1, 8], { batch: [2], width: [9] }), /dimension width of x is 8, and not 9,9,9/],
    ['the wrong way round', () => input('x', 'float32', [-1], { batch: [[4, 2, 8]] }), /smallest, usual, largest, and not 4, 2, 8/],
    ['one name, two ranges', () => [input('x', 'float32', [-1], { n: [[1, 2, 8]] }), input('y', 'float32', [-1], { n: [[1, 2, 9]] })], /dimension n has the range 1,2,8 elsewhere/],
  ])('are refused: %s', (_, build, why) => expect(() => netGuard(network, build)).toThrow(why)) // prettier-ignore
})

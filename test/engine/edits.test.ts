import { describe, expect, test } from 'vitest'
import {
  applyEdit,
  applyTransaction,
  ConstantValue,
  genericDialect,
  History,
  invertEdit,
  Network,
  snapshotOf,
  verifyNetwork,
  WrongBaseError,
} from '../../src/engine'
import type { Edit, Transaction } from '../../src/engine'
import { changed, placesIn } from './mutate'
import { F32 } from './support'

/** x -> A -> B -> out, y beside; D dangles, C is unused; `c` and `spare` are constants. */
function small(): Network {
  const network = new Network(genericDialect)
  const x = network.addInput('x', 'float32', [4])
  network.addInput('y', 'float32', [4])
  const c = network.addConstant(ConstantValue.of('float32', [4], [1, 2, 3, 4]), 'c')
  const a = network.addLayer({ kind: 'A', inputs: [x, c], outputs: F32, name: 'a', attributes: { axis: 1 } }).output()!
  const flayer = { kind: 'f', rawInputs: { x: { tensor: x.id } }, rawOutputs: null }
  const b = network.addLayer({ kind: 'B', inputs: [a, a], outputs: F32, name: 'b', flayer }).output()!
  network.addLayer({ kind: 'D', inputs: [a], outputs: F32, name: 'd' })
  network.addLayer({ kind: 'C', inputs: [x], outputs: F32, name: 'c' })
  network.addConstant(ConstantValue.scalarOf('float32', 5), 'spare')
  network.markOutput(b, 'out')
  network.markOutput(a, 'aux')
  return network
}

const layer = (network: Network, name: string) => network.getLayerByName(name)!
const tensorOf = (network: Network, name: string) => layer(network, name).output()!

/** One edit of each type, and more where a field has several uses; each fits the network. */
const EDITS: Readonly<Record<string, (network: Network) => Edit>> = {
  addLayer: (n) => {
    const { nextLayerId: id, nextTensorId } = n.counters
    const inputs = [tensorOf(n, 'a').id, -1]
    const record = {
      id,
      kind: 'E',
      name: 'e',
      scope: 's',
      inputs,
      outputs: [nextTensorId],
      attributes: {},
      origin: ['a'],
    }
    const outputs = [{ id: nextTensorId, name: 'e_out', dtype: 'float32', shape: [4], producer: id }] as const
    const usesAfter = [{ layer: layer(n, 'b').id, index: 1 }, null]
    return {
      type: 'addLayer',
      layer: { ...record, removed: false, flayer: null },
      outputs,
      after: layer(n, 'a').id,
      usesAfter,
    }
  },
  removeLayer: (n) => {
    const { record } = layer(n, 'd')
    const outputs = [tensorOf(n, 'd').record]
    const usesAfter = [{ layer: layer(n, 'b').id, index: 1 }]
    return { type: 'removeLayer', layer: record, outputs, after: layer(n, 'b').id, usesAfter }
  },
  addTensor: ({ counters: { nextTensorId: id } }) => {
    const value = ConstantValue.of('int8', [2], [1, 2])
    return { type: 'addTensor', tensor: { id, name: 'k', dtype: 'int8', shape: [2], producer: -1, value } }
  },
  removeTensor: (n) => ({ type: 'removeTensor', tensor: n.getTensors().find((t) => t.name === 'spare')!.record }),
  setInput: (n) => {
    const from = tensorOf(n, 'a').id
    const to = n.getInputs()[0]!.id
    const toAfter = { layer: layer(n, 'a').id, index: 0 }
    const { id } = layer(n, 'b')
    return { type: 'setInput', layer: id, index: 1, from, to, fromAfter: { layer: id, index: 0 }, toAfter }
  },
  'setNetworkInput, out': (n) => ({ type: 'setNetworkInput', index: 1, from: n.getInputs()[1]!.id, to: null }),
  'setNetworkInput, in': (n) => {
    const to = n.getTensors().find((t) => t.name === 'spare')!.id
    return { type: 'setNetworkInput', index: 2, from: null, to }
  },
  'setNetworkOutput, in': (n) => ({
    type: 'setNetworkOutput',
    index: 2,
    name: 'd',
    from: null,
    to: tensorOf(n, 'd').id,
  }),
  'setNetworkOutput, out': (n) => {
    return { type: 'setNetworkOutput', index: 1, name: 'aux', from: tensorOf(n, 'a').id, to: null }
  },
  'setNetworkOutput, another': (n) => {
    const [from, to] = [tensorOf(n, 'b').id, tensorOf(n, 'd').id]
    return { type: 'setNetworkOutput', index: 0, name: 'out', from, to }
  },
  setAttribute: (n) => ({ type: 'setAttribute', layer: layer(n, 'a').id, name: 'axis', from: 1, to: 2 }),
  setRemoved: (n) => ({ type: 'setRemoved', layer: layer(n, 'd').id, from: false, to: true }),
  setFLayer: (n) => ({ type: 'setFLayer', layer: layer(n, 'b').id, from: layer(n, 'b').record.flayer, to: null }),
  setTensorType: (n) => {
    const to = { dtype: 'float32', shape: ['N'] } as const
    return { type: 'setTensorType', tensor: tensorOf(n, 'a').id, from: { dtype: 'float32', shape: [4] }, to }
  },
  'rename, layer': (n) => ({ type: 'rename', target: 'layer', id: layer(n, 'a').id, from: 'a', to: 'z' }),
  'rename, tensor': (n) => ({ type: 'rename', target: 'tensor', id: tensorOf(n, 'a').id, from: 'a_output', to: 'z' }),
  setProperty: () => ({ type: 'setProperty', name: 'ranges', from: null, to: { batch: [[1, 2, 4]] } }),
}

const WRONG: readonly unknown[] = [
  undefined,
  null,
  true,
  -1,
  -7,
  0,
  1,
  2,
  3,
  5,
  99,
  1.5,
  NaN,
  4e9,
  2 ** 40,
  '',
  'a',
  'out',
  '__proto__',
  [],
  [0],
  {},
  { layer: 0, index: 0 },
]

describe.each(Object.keys(EDITS))('E12: %s', (type) => {
  test('as it is, it applies and inverts', () => {
    const network = small()
    const before = snapshotOf(network)
    const edit = EDITS[type]!(network)
    applyEdit(network, edit)
    expect(snapshotOf(network)).not.toEqual(before)
    applyEdit(network, invertEdit(edit))
    network.store.setCounters(before)
    expect(snapshotOf(network)).toEqual(before)
  })

  test('with any field wrong it is refused and nothing changes, or it is another sound edit that inverts', () => {
    let refused = 0
    for (const path of placesIn(EDITS[type]!(small()))) {
      for (const wrong of WRONG) {
        const network = small()
        const { version } = network
        const before = snapshotOf(network)
        const edit = changed(EDITS[type]!(network), path, wrong) as Edit
        const what = `${path.join('.')} = ${String(JSON.stringify(wrong))}`
        try {
          applyEdit(network, edit)
        } catch (error) {
          refused++
          expect(error, what).toBeInstanceOf(WrongBaseError)
          expect(network.version, what).toBe(version)
          expect(snapshotOf(network), what).toEqual(before)
          continue
        }
        expect(
          verifyNetwork(network).filter((p) => !/nothing makes/.test(p.message)),
          what,
        ).toEqual([])
        applyEdit(network, invertEdit(edit))
        network.store.setCounters(before)
        expect(snapshotOf(network), what).toEqual(before)
      }
    }
    expect(refused).toBeGreaterThan(WRONG.length)
  })
})

describe('E12: what is refused, and why', () => {
  const id = (n: Network, name: string) => layer(n, name).id
  const out = (n: Network, name: string) => tensorOf(n, name).id
  const cases: readonly (readonly [what: string, edit: (n: Network) => unknown, why: RegExp])[] = [
    [
      'a type that there is not',
      () => ({ type: 'nonsense' }),
      /type: expected "addLayer" or .*, found the text "nonsense"/,
    ],
    [
      'an attribute that differs',
      (n) => ({ type: 'setAttribute', layer: id(n, 'a'), name: 'axis', from: 99, to: 2 }),
      /from: expected 1, found 99/,
    ],
    [
      'an attribute named like a method',
      (n) => ({ type: 'setAttribute', layer: id(n, 'a'), name: 'toString', from: 1, to: 2 }),
      /from: expected null, found 1/,
    ],
    [
      'a property that differs',
      () => ({ type: 'setProperty', name: 'toString', from: [1], to: null }),
      /from: expected null, found/,
    ],
    [
      'a property that is no plain value',
      () => ({ type: 'setProperty', name: 'ranges', from: null, to: [() => 1] }),
      /to\[0\]: expected/,
    ],
    [
      'a shape that differs',
      (n) => ({
        type: 'setTensorType',
        tensor: out(n, 'a'),
        from: { dtype: 'float32', shape: [5] },
        to: { dtype: 'float32', shape: [4] },
      }),
      /from\.shape: expected \[4\], found \[5\]/,
    ],
    [
      'an FLayer that differs',
      (n) => ({ type: 'setFLayer', layer: id(n, 'a'), from: { kind: 'g', rawInputs: {}, rawOutputs: null }, to: null }),
      /from: expected null, found/,
    ],
    [
      'an input that is no tensor',
      () => ({ type: 'setNetworkInput', index: 0, from: null, to: 77 }),
      /to: there is no tensor with id 77/,
    ],
    [
      'an input that is one already',
      (n) => ({ type: 'setNetworkInput', index: 0, from: null, to: n.getInputs()[0]!.id }),
      /no input yet, found "x"/,
    ],
    [
      'an input that is used',
      (n) => ({ type: 'setNetworkInput', index: 0, from: n.getInputs()[0]!.id, to: null }),
      /x is still used, and is no input any more/,
    ],
    [
      'a removed mark on a layer that is used',
      (n) => ({ type: 'setRemoved', layer: id(n, 'a'), from: false, to: true }),
      /a is marked as removed, yet a_output is still used/,
    ],
    [
      'a mark that is there',
      (n) => ({ type: 'setRemoved', layer: id(n, 'd'), from: true, to: false }),
      /from: expected false, found true/,
    ],
    [
      'a name that is taken',
      (n) => ({ type: 'rename', target: 'layer', id: id(n, 'a'), from: 'a', to: 'b' }),
      /to: a layer is called "b" already/,
    ],
    [
      'an output name that is taken',
      (n) => ({ type: 'setNetworkOutput', index: 0, name: 'aux', from: null, to: out(n, 'd') }),
      /name: an output is called "aux" already/,
    ],
    [
      'an output beyond the last',
      (n) => ({ type: 'setNetworkOutput', index: 9, name: 'new', from: null, to: out(n, 'd') }),
      /index: expected an index up to 2, found 9/,
    ],
    [
      'an operand beyond the last',
      (n) => ({ type: 'setInput', layer: id(n, 'd'), index: 3, from: 0, to: 0, fromAfter: null, toAfter: null }),
      /index: expected an operand of d, which has 1, found 3/,
    ],
    [
      'a constant of another type than it says',
      () => ({
        type: 'addTensor',
        tensor: {
          id: 20,
          name: 'k',
          dtype: 'int8',
          shape: [],
          producer: -1,
          value: ConstantValue.scalarOf('float32', 1),
        },
      }),
      /dtype: expected "float32", found "int8"/,
    ],
  ]
  test.each(cases)('%s', (_, make, why) => {
    const network = small()
    const before = snapshotOf(network)
    const edit = make(network) as Edit
    expect(() => applyEdit(network, edit)).toThrow(why)
    expect(() => network.edit(edit)).toThrow(WrongBaseError)
    expect(snapshotOf(network)).toEqual(before)
  })

  test('ids that are taken, and such as no network has', () => {
    for (const [path, ids] of [
      [
        ['layer', 'id'],
        [0, 4e9, 2 ** 53, 5000],
      ],
      [
        ['outputs', 0, 'id'],
        [0, 4e9],
      ],
    ] as const) {
      for (const wrong of ids) {
        const network = small()
        const edit = changed(EDITS['addLayer']!(network), path, wrong) as Edit
        expect(() => applyEdit(network, edit)).toThrow(WrongBaseError)
      }
    }
  })
})

describe('E12: a transaction that does not fit', () => {
  const recorded = (network: Network): Transaction =>
    network.transact({ label: 't' }, () => {
      network.setAttribute(layer(network, 'a'), 'axis', 3)
      network.renameLayer(layer(network, 'd'), 'renamed_7000')
      network.addLayer({ kind: 'F', inputs: [tensorOf(network, 'a')], outputs: F32 })
    })!

  const damaged: readonly (readonly [what: string, change: (t: Transaction) => unknown, at: string])[] = [
    ['in its last edit', (t) => changed(t, ['edits', 2, 'layer', 'inputs', 0], 99), 'edits[2].layer.inputs[0]'],
    ['in its first', (t) => changed(t, ['edits', 0, 'from'], 99), 'edits[0].from'],
    ['where it begins', (t) => changed(t, ['before', 'nextLayerId'], 2), 'before.nextLayerId'],
    ['in ids that it gives back', (t) => changed(t, ['after', 'nextLayerId'], 1), 'after.nextLayerId'],
    ['in ids that nobody took', (t) => changed(t, ['after', 'nextTensorId'], 4e9), 'after.nextTensorId'],
    ['without edits', (t) => changed(t, ['edits'], undefined), 'edits'],
    ['in an annotation', (t) => changed(t, ['annotations'], { label: 't', root: 4e9 }), '.annotations.root'],
  ]
  test.each(damaged)('%s is rolled back whole, the version too', (_, change, at) => {
    const t = change(recorded(small())) as Transaction
    const network = small()
    const before = snapshotOf(network)
    const { version, store } = network
    const { suffixBase } = store
    const failure = failureOf(() => applyTransaction(network, t))
    expect(failure.at).toBe(at.replace(/^\./, ''))
    expect(snapshotOf(network)).toEqual(before)
    expect([network.version, store.suffixBase]).toEqual([version, suffixBase])
  })

  test('leaves the history as it was: undo and redo work on', () => {
    const network = small()
    const before = snapshotOf(network)
    const history = new History(network)
    const t = recorded(small())
    history.do({ label: 'another' }, () => network.setAttribute(layer(network, 'a'), 'axis', 9))
    expect(() => history.grow(7, t)).toThrow(WrongBaseError)
    expect(() => history.grow(4e9, t)).toThrow(RangeError)
    expect(history.undo()).not.toBeNull()
    expect(snapshotOf(network)).toEqual(before)
    expect(history.grow(7, t).id).toBe(7)
  })
})

test('a change that the network refuses leaves its history usable', () => {
  const network = small()
  const history = new History(network)
  const gone = layer(network, 'd')
  history.do({ label: 'remove' }, () => network.removeLayer(gone))
  expect(() => network.removeLayer(layer(network, 'a'))).toThrow(/is still used/)
  expect(() => network.setAttribute(gone, 'axis', 1)).toThrow(/no layer with id/)
  expect(() => network.markOutput(gone.output() ?? network.addLayer({ kind: 'X', inputs: [] }).output()!)).not.toThrow()
})

function failureOf(act: () => void): WrongBaseError {
  try {
    act()
  } catch (error) {
    if (error instanceof WrongBaseError) return error
    throw error
  }
  throw new Error('it was not refused')
}

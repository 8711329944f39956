/** What runs gave is kept as long as there is room, and compared; values are followed through the steps that replace them. */
import { expect, test } from 'vitest'
import { ConstantValue, History } from '../../../src/engine'
import type { TensorId } from '../../../src/engine'
import { readTensorFile } from '../../../src/dialects/onnx'
import { feedsOf, givenInputs } from '../../../src/editor/run-worker/inputs'
import { networkAt, pairsBetween } from '../../../src/editor/engine-worker/other-points'
import { Workspace } from '../../../src/editor/engine-worker/workspace'
import type { ConstantData } from '../../../src/editor/protocol/constant-data'
import { RunStore } from '../../../src/editor/values-worker/run-store'
import { snapshotOf } from '../../../src/engine'
import { heatOfDifferences } from '../../../src/editor'
import { emptyScene } from '../../../src/layout'
import type { SceneNode } from '../../../src/layout'
import { net } from '../../patterns/notation'

const data = (...values: number[]): ConstantData => {
  const { dtype, shape, data, strings } = ConstantValue.of('float32', [values.length], values)
  return { dtype, shape, data: data as Uint8Array, strings, external: null }
}
const always = () => Promise.resolve(true)

test('two runs are compared value by value, up to rounding', async () => {
  const store = new RunStore()
  for (const [run, second] of [
    [1, 2],
    [2, 2.5],
  ] as const) {
    store.keep(run, 10, data(1, 2))
    store.keep(run, 11, data(1, second))
  }
  store.keep(2, 12, data(1))
  const found = await store.differences(1, 2, [[10, 10], [11, 11], [10, 12], [99, 10]], always) // prettier-ignore
  expect(found).toMatchObject([
    { before: 10, after: 10, equal: true, maxAbsolute: 0 },
    { before: 11, after: 11, equal: false, maxAbsolute: 0.5, kind: 'numbers' },
    { before: 10, after: 12, equal: false, kind: 'type' },
  ])
  expect(await store.differences(1, 2, [[10, 10]], () => Promise.resolve(false))).toBeNull()
})

test('differences tint the layers that gave the values, on a scale of their own', () => {
  const network = net('in x float32[4]\na = Relu(x)\nb = Exp(a)\nc = Neg(b)\nout c')
  const layers = network.getLayers()
  const nodes = layers.map((l) => ({ key: `L${l.id}` }) as SceneNode)
  const scene = { ...emptyScene, nodes, anchors: Int32Array.from(layers, (l) => l.id) }
  const found = [0, 1e-7, Infinity].map((maxAbsolute, i) => [layers[i]!.output()!.id, { maxAbsolute }] as const)
  const { marks, unknown } = heatOfDifferences(scene, network, new Map(found))
  const told = layers.map((l) => marks.get(`L${l.id}`)!)
  expect(told.map((m) => m.text)).toEqual(['0', '1e-7', '?'])
  expect([told[0]!.level, told[1]!.level > 0, unknown]).toEqual([0, true, 1])
})

test('there is no more kept than there is room for; a run that is let go of makes room', () => {
  const store = new RunStore(16)
  expect(store.keep(1, 1, data(1, 2, 3))).toBe(true)
  expect(store.keep(1, 2, data(1, 2))).toBe(false)
  expect(store.keep(1, 1, data(1, 2, 3, 4))).toBe(true)
  store.keepOnly([])
  expect(store.get(1, 1)).toBeNull()
  expect(store.keep(2, 2, data(1, 2))).toBe(true)
})

test('a value is followed to what has taken its place, forwards and backwards, and the history stays as it was', () => {
  const network = net('in x float32[4]\na = Mul(x, 2.0)\nb = Add(a, 0.0)\nc = Relu(b)\nout c')
  const home = Workspace.ofSnapshot(snapshotOf(network))
  const [mul, add] = home.network.getLayers()
  const [a, b] = [mul!.output()!.id, add!.output()!.id]
  const step = home.history.do({ label: 'Sum with zero' }, () => {
    home.network.replaceAllUsesWith(add!.output()!, mul!.output()!)
    add!.markAsRemoved()
  })!
  const pairs = (from: number, to: number, ids: TensorId[]) => pairsBetween(home, from, to, ids)
  expect(pairs(0, step.id, [a, b])).toEqual([
    [a, a],
    [b, a],
  ])
  expect(pairs(step.id, step.id, [a])).toEqual([[a, a]])
  const before = networkAt(home, 0)
  expect(home.history.cursor).toBe(step.id)
  expect(JSON.stringify(before.layers)).not.toContain('"removed":true')
  expect(() => networkAt(home, 77)).toThrow('not there any more')
  expect(home.history).toBeInstanceOf(History)
})

test('files give inputs their values and their sizes; what does not fit says what it holds', async () => {
  const snapshot = snapshotOf(net('in x float32[n]\nin y float32[n]\nz = Add(x, y)\nout z'))
  const proto = [8, 3, 16, 1, 66, 1, 120, 74, 12, ...new Uint8Array(new Float32Array([1, 2, 3]).buffer)]
  const file = (name: string, bytes: readonly number[]) => new File([Uint8Array.from(bytes)], name)
  const given = await givenInputs(snapshot, new Map([['x', file('input_0.pb', proto)]]))
  expect(given.get('x')!.toArray()).toEqual([1, 2, 3])
  const feeds = feedsOf([snapshot], given, { seed: 1, sizes: { n: 9 } }, 'distinct')
  expect(feeds.get('y')!.shape).toEqual([3])
  const wrong = file('wrong.pb', [...proto.slice(0, 2), 16, 7, ...proto.slice(4)])
  await expect(givenInputs(snapshot, new Map([['x', wrong]]))).rejects.toThrow(/wrong\.pb cannot be given to x/)
  await expect(givenInputs(snapshot, new Map([['x', file('text.npy', [104, 105])]]))).rejects.toThrow(/text\.npy/)
  expect(() => readTensorFile(Uint8Array.of(255, 255, 255))).toThrow(/Not readable as a tensor/)
})

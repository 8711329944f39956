/** A network run piece by piece gives every value in it, the same as run in one. */
import { expect, test } from 'vitest'
import { exportOnnx } from '../../src/dialects/onnx'
import { ConstantValue, snapshotOf } from '../../src/engine'
import type { Network } from '../../src/engine'
import { runInPieces, verifyInPieces, verifyNetworks } from '../../src/verify'
import type { PieceEvent, Runtime } from '../../src/verify'
import { nodeRuntime } from '../../src/verify/node'
import { net } from '../patterns/notation'

const ort = await nodeRuntime()

async function run(network: Network, feeds: Record<string, ConstantValue>, runtime: Runtime = ort) {
  const events: PieceEvent[] = []
  for await (const event of runInPieces(snapshotOf(network), new Map(Object.entries(feeds)), runtime))
    events.push(event)
  const values = new Map(events.flatMap((e) => (e.type === 'values' ? [...e.values] : [])))
  return { events, values }
}

const floats = (...values: number[]) => ConstantValue.of('float32', [values.length], values)

test('every value of every layer is told, with the sizes that it has', async () => {
  const network = net('in x float32[n]\na = Relu(x)\nb = Add(a, 1.5)\ns = Shape(b)\nout b, s')
  const { values, events } = await run(network, { x: floats(-1, 2, 3) })
  const of = (i: number) => values.get(network.getLayers()[i]!.output()!.id)!
  expect(of(0).toArray()).toEqual([0, 2, 3])
  expect(of(1).toArray()).toEqual([1.5, 3.5, 4.5])
  expect(of(2).bigints()).toEqual([3n])
  expect(events.at(-1)).toMatchObject({ done: 3, total: 3 })
})

test('a long chain is run in several pieces, and ends where the whole ends', async () => {
  const lines = Array.from({ length: 150 }, (_, i) => `v${i} = Add(${i === 0 ? 'x' : `v${i - 1}`}, 1.0)`)
  const network = net(['in x float32[2]', ...lines, 'out v149'].join('\n'))
  const { values, events } = await run(network, { x: floats(0, 10) })
  expect(events.length).toBeGreaterThan(2)
  expect(values.get(network.getOutputs()[0]!.id)!.toArray()).toEqual([150, 160])
  const session = await ort.load(exportOnnx(snapshotOf(network)).bytes)
  const whole = await session.run(new Map([['x', floats(0, 10)]]))
  expect([...whole.values()][0]!.toArray()).toEqual([150, 160])
})

test('a layer that cannot be run stops what depends on it, and nothing else; it says why', async () => {
  const network = net('in x float32[2]\na = Relu(x)\nb = nobody.Knows(a)\nc = Exp(b)\nd = Neg(a)\nout c, d')
  const { values, events } = await run(network, { x: floats(1, 2) })
  const [a, b, c, d] = network.getLayers()
  const failed = events.find((e) => e.type === 'failed')!
  expect(failed).toMatchObject({ layer: { id: b!.id }, reason: expect.stringMatching(/Knows/) as string })
  expect(events.flatMap((e) => (e.type === 'blocked' ? [e.layer.id] : []))).toEqual([c!.id])
  expect([...values.keys()]).toEqual([a!.output()!.id, d!.output()!.id])
  expect(events.at(-1)!.done).toBe(4)
})

test('an input that is not given stops what depends on it', async () => {
  const network = net('in x float32[2]\nin y float32[2]\na = Relu(x)\nb = Add(a, y)\nout b')
  const { values, events } = await run(network, { x: floats(1, 2) })
  expect(values.size).toBe(1)
  expect(events.some((e) => e.type === 'blocked')).toBe(true)
})

test('values are held no longer than something needs them', async () => {
  const lines = Array.from({ length: 200 }, (_, i) => `v${i} = Relu(${i === 0 ? 'x' : `v${i - 1}`})`)
  const network = net(['in x float32[2]', ...lines, 'out v199'].join('\n'))
  let most = 0
  const watched: Runtime = {
    load: async (model) => {
      const session = await ort.load(model)
      return {
        run: (feeds) => ((most = Math.max(most, feeds.size)), session.run(feeds)),
        release: () => session.release(),
      }
    },
  }
  await run(network, { x: floats(1, 2) }, watched)
  expect(most).toBe(1)
})

test('sequences are made and used within one piece', async () => {
  const before = Array.from({ length: 31 }, (_, i) => `v${i} = Add(${i === 0 ? 'x' : `v${i - 1}`}, 1.0)`)
  const text = [
    'in x float32[2]',
    'const at int64[] = 1',
    ...before,
    's = SequenceConstruct(x, v30)',
    'a = Relu(v30)',
    'b = SequenceAt(s, at)',
    'c = Add(a, b)',
    'out c',
  ].join('\n')
  const network = net(text)
  const { values, events } = await run(network, { x: floats(0, 1) })
  expect(events.filter((e) => e.type !== 'values')).toEqual([])
  expect(values.get(network.getOutputs()[0]!.id)!.toArray()).toEqual([62, 64])
})

test('where a sequence cannot be used, its maker is named, and what follows is blocked', async () => {
  const network = net('in x float32[2]\ns = SequenceConstruct(x)\na = nobody.Takes(s)\nb = Relu(x)\nout a, b')
  const { values, events } = await run(network, { x: floats(-1, 1) })
  expect(events.filter((e) => e.type === 'failed')).toHaveLength(1)
  expect(values.get(network.getOutputs()[1]!.id)!.toArray()).toEqual([0, 1])
})

test.each([
  ['equal', 'b = Mul(a, 2.0)'],
  ['different', 'b = Mul(a, 3.0)'],
] as const)('two networks are compared piece by piece as they are in one: %s', async (expected, line) => {
  const lines = Array.from({ length: 70 }, (_, i) => `v${i} = Add(${i === 0 ? 'b' : `v${i - 1}`}, 1.0)`)
  const text = (second: string) => ['in x float32[2,n]', 'a = Relu(x)', second, ...lines, 'out v69, a'].join('\n')
  const [before, after] = [snapshotOf(net(text('b = Add(a, a)'))), snapshotOf(net(text(line)))]
  expect(await verifyInPieces(before, after, ort)).toMatchObject({ verdict: expected })
  expect(await verifyNetworks(before, after, ort)).toMatchObject({ verdict: expected })
})

test('piece by piece special values are compared too: a quotient of itself and 1 differ on them', async () => {
  const of = (y: string) => snapshotOf(net(`in x float32[2,8]\n${y}\nout y`))
  const [before, after] = [of('y = Div(x, x)'), of('s = Sub(x, x)\ny = Add(s, 1)')]
  const found = await verifyInPieces(before, after, ort)
  expect(found).toMatchObject({ verdict: 'equal', covers: ['ordinary'], differsOn: ['special'] })
  expect(found).toEqual(await verifyNetworks(before, after, ort, { seeds: [2] }))
})

test('what cannot be run in one piece cannot be compared, and says which layer it is', async () => {
  const network = snapshotOf(net('in x float32[2]\na = Relu(x)\nb = nobody.Knows(a)\nout b'))
  expect(await verifyInPieces(network, network, ort)).toMatchObject({
    verdict: 'cannot-run',
    reason: expect.stringMatching(/original network cannot be run: .*Knows/) as string,
  })
})

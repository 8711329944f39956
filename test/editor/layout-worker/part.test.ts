/** Some layers shown by themselves: what the others give and take stands at their ends. */
import { expect, test } from 'vitest'
import { LayoutSession } from '../../../src/editor/layout-worker/layout-session'
import { partOf } from '../../../src/editor/layout-worker/part-source'
import { unpackScene } from '../../../src/editor/protocol/scene-codec'
import { scopesAround } from '../../../src/editor'
import { snapshotOf } from '../../../src/engine'
import { sourceOfSnapshot } from '../../../src/layout'
import { arranger } from '../../layout/support'
import { net } from '../../patterns/notation'

//  x → a → b → d → e      c beside a
const network = net('in x float32[4]\na = Relu(x)\nb = Exp(a)\nc = Neg(a)\nd = Add(b, 1.0)\ne = Relu(d)\nout e, c')
const snapshot = snapshotOf(network)
const [a, b, c, d, e] = network.getLayers() as [L, L, L, L, L]
type L = ReturnType<typeof network.getLayers>[number]
const out = (layer: L) => layer.output()!.id

test('what comes from outside are its inputs, what is used outside its outputs, constants stay inside', () => {
  const part = partOf(sourceOfSnapshot(snapshot), new Set([b.id, d.id]))
  expect(part.layers.map((l) => l.id)).toEqual([b.id, d.id])
  expect(part.inputs).toEqual([out(a)])
  expect(part.outputs.map((o) => o.tensor)).toEqual([out(d)])
  expect(part.tensor(out(a))!.producer).toBe(-1)
})

test('outputs of the network keep their names, and come first', () => {
  const part = partOf(sourceOfSnapshot(snapshot), new Set([a.id, c.id, e.id]))
  expect(part.outputs.map((o) => o.name).slice(0, 2)).toEqual(['e', 'c'])
  expect(part.outputs.map((o) => o.tensor)).toEqual([out(e), out(c), out(a)])
})

test('the picture holds these layers only, and all of them again afterwards', async () => {
  const session = new LayoutSession(snapshot, arranger())
  const keys = async (drawn: ReturnType<LayoutSession['draw']>) =>
    unpackScene((await drawn).scene)
      .nodes.map((n) => n.key)
      .sort()
  const all = await keys(session.draw())
  expect(await keys(session.only([b.id, d.id]))).toEqual([`I${out(a)}`, `L${b.id}`, `L${d.id}`, 'O0'].sort())
  expect(await keys(session.only(null))).toEqual(all)
  await session.only([b.id])
  expect(await keys(session.follow([]))).toEqual(all)
})

test('the outline knows what to unfold for a row to be seen', () => {
  const scoped = net('in x float32[4]\na = Relu(x)\nout a')
  const layer = scoped.addLayer({ kind: 'Exp', inputs: [scoped.getInputs()[0]!], scope: 'm/encoder' })
  expect(scopesAround(scoped, `L${layer.id}`)).toEqual(['m/encoder/*', 'm/encoder', 'm', ''])
  expect(scopesAround(scoped, 'G:m/encoder')).toEqual(['m', ''])
  expect(scopesAround(scoped, 'T1')).toEqual([])
})

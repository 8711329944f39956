/** Where layers stand after a step: gaps that stay, gaps that close, and a picture laid out afresh and brought back. */
import { expect, test } from 'vitest'
import { Workspace } from '../../../src/editor/engine-worker/workspace'
import { LayoutSession } from '../../../src/editor/layout-worker/layout-session'
import { packed, unpackedSnapshot } from '../../../src/editor/protocol/codec'
import type { Drawn } from '../../../src/editor/protocol/layout-calls'
import { unpackScene } from '../../../src/editor/protocol/scene-codec'
import { snapshotOf } from '../../../src/engine'
import { arranger } from '../../layout/support'
import { net } from '../../patterns/notation'

const GELU = `in x float32[4,8]
h = Relu(x)
g = Mul(Mul(h, Add(Erf(Div(h, 1.4142135)), 1)), 0.5)
y = Tanh(Abs(g))
out y`

const places = (drawn: Drawn) => new Map(unpackScene(drawn.scene).nodes.map((n) => [n.key, [n.x, n.y]]))
const height = (drawn: Drawn) => unpackScene(drawn.scene).height

async function fused() {
  const home = new Workspace(net(GELU))
  home.offer('ort', [])
  const layout = new LayoutSession(unpackedSnapshot(packed(snapshotOf(home.network))), arranger())
  const before = await layout.draw()
  const [match] = [...home.matches('Gelu (erf)')]
  const { steps } = home.apply('Gelu (erf)', match!.root)
  return { home, layout, before, steps }
}

test('with gaps left open nothing that a step did not touch moves', async () => {
  const { layout, before, steps } = await fused()
  const [was, is] = [places(before), places(await layout.follow(steps, false))]
  const untouched = [...is].filter(([key]) => was.has(key))
  expect(untouched.length).toBeGreaterThan(3)
  for (const [key, place] of untouched) expect([key, place]).toEqual([key, was.get(key)])
})

test('closing them later leads where closing them at once would have led', async () => {
  const [open, closed] = [await fused(), await fused()]
  const left = await open.layout.follow(open.steps, false)
  const late = await open.layout.closeGaps()
  const once = await closed.layout.follow(closed.steps, true)
  expect(places(late)).toEqual(places(once))
  expect(height(late)).toBeLessThan(height(left))
})

test('tidying is taken back to the very picture before it', async () => {
  const { layout, steps } = await fused()
  const gaps = await layout.follow(steps, false)
  const tidied = await layout.tidy()
  expect(places(tidied)).not.toEqual(places(gaps))
  expect(places(await layout.untidy())).toEqual(places(gaps))
})

test('tidying that was taken back leaves the gaps as they were, to be closed', async () => {
  const { layout, steps } = await fused()
  const once = await (await fused()).layout.follow(steps, true)
  await layout.follow(steps, false)
  await layout.tidy()
  await layout.untidy()
  expect(places(await layout.closeGaps())).toEqual(places(once))
})

test.each([true, false])(
  'undo after tidying was taken back leads to where it began (gaps close: %s)',
  async (close) => {
    const { home, layout, before, steps } = await fused()
    await layout.follow(steps, close)
    await layout.tidy()
    await layout.untidy()
    expect(places(await layout.follow(home.seek(0).steps, close))).toEqual(places(before))
  },
)

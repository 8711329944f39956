import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { importOnnx } from '../../../src/dialects/onnx'
import { hitBy, shortName, toggled } from '../../../src/editor/view/breakpoints'
import type { Breakpoint } from '../../../src/editor/view/breakpoints'
import { Workspace } from '../../../src/editor/engine-worker/workspace'
import type { StepInfo } from '../../../src/editor/protocol/timeline'
import { Scheduler } from '../../../src/editor/engine-worker/scheduler'
import { snapshotOf, verifyNetwork } from '../../../src/engine'
import { upgradeForTarget } from '../../../src/patterns'

function bert(): Workspace {
  const { snapshot } = importOnnx(new Uint8Array(readFileSync('public/models/bert-12.torchscript.onnx')))
  return Workspace.ofSnapshot(upgradeForTarget(snapshot, 'onnx').snapshot, snapshot)
}

describe('a step', () => {
  const home = bert()
  home.apply('Gelu (erf)', [...home.matches('Gelu (erf)')][3]!.root)
  const step = home.here().timeline.steps[0] as StepInfo
  const inside = step.layers.find((l) => l !== step.root)!
  const cases: readonly (readonly [Breakpoint, boolean])[] = [
    [{ type: 'pattern', label: 'Gelu (erf)' }, true],
    [{ type: 'pattern', label: 'Gelu (tanh)' }, false],
    [{ type: 'layer', layer: inside, name: '' }, true],
    [{ type: 'layer', layer: 1, name: '' }, false],
    [{ type: 'scope', path: 'm/encoder/layer.3' }, true],
    [{ type: 'scope', path: 'm/encoder/layer.30' }, false],
    [{ type: 'verdict' }, false],
  ]
  test.each(cases)('at layer.3 runs into %j: %j', (breakpoint, hit) =>
    expect(hitBy(step, [breakpoint], false)).toEqual(hit ? breakpoint : null),
  )
  test('with a failed verdict runs into a breakpoint on those', () =>
    expect(hitBy(step, [{ type: 'verdict' }], true)).toEqual({ type: 'verdict' }))
})

test.each([
  ['/m/encoder/layer.2/intermediate/act_fn/Mul_1', 'layer.2/…/Mul_1'],
  ['/model/layers.11/mlp/up/MatMul', 'layers.11/…/MatMul'],
  ['/m/embeddings/word/Gather', '…/word/Gather'],
  ['/head/MatMul', '/head/MatMul'],
])('%s is told from its likes in the other blocks: %s', (name, short) => expect(shortName(name)).toBe(short))

test('a breakpoint that is set twice is gone', () => {
  const on = toggled([], { type: 'layer', layer: 3, name: 'a' })
  expect(on).toHaveLength(1)
  expect(toggled(on, { type: 'layer', layer: 3, name: 'renamed since' })).toEqual([])
})

test('a run that is stopped leaves a sound network where it began, and what was done so far ahead', async () => {
  const home = bert()
  const before = snapshotOf(home.network)
  let now = 0
  const turns = new Scheduler(
    () => (now += 20),
    () => Promise.resolve(),
  )
  let rewrites = 0
  const plan = home.planning({ wanted: [{ label: 'Gelu (erf)', benefit: 1 }], whole: false })
  await turns.work(
    plan,
    () => rewrites++,
    () => rewrites >= 5,
  )
  const { timeline } = home.here()
  expect(timeline.steps).toHaveLength(5)
  expect(timeline.cursor).toBe(0)
  expect(snapshotOf(home.network)).toEqual(before)
  home.seek(timeline.steps.at(-1)!.node)
  expect(verifyNetwork(home.network)).toEqual([])
  expect([...home.matches('Gelu (erf)')]).toHaveLength(7)
})

test('a run in a module leaves the others alone', () => {
  const home = bert()
  const wanted = [{ label: 'Gelu (erf)', benefit: 1 }]
  const { steps } = home.plan({ wanted, whole: false, scope: 'm/encoder/layer.1' }).timeline
  expect(steps.map((s) => s.scope)).toEqual(['m/encoder/layer.1/intermediate/intermediate_act_fn'])
})

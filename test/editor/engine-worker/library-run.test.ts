import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { importOnnx } from '../../../src/dialects/onnx'
import { isLibraryRun } from '../../../src/editor/engine-worker/library-run'
import { Workspace } from '../../../src/editor/engine-worker/workspace'
import type { Act } from '../../../src/editor/protocol/moves'
import { upgradeForTarget } from '../../../src/patterns'

const { snapshot } = importOnnx(new Uint8Array(readFileSync('public/models/mobilenetv3-small.torchscript.onnx')))
const home = Workspace.ofSnapshot(upgradeForTarget(snapshot, 'onnx').snapshot, snapshot)
home.offer('ort', [])
const wanted = home.catalogue.filter((o) => o.type === 'rewriter' && !o.optIn)
home.plan({ wanted: wanted.map(({ label, benefit }) => ({ label, benefit })), whole: true })
const acts = home.timeline().steps.map(({ label, root }) => ({ label, root }))

function answer(of: readonly Act[]): boolean {
  const asking = isLibraryRun(home, 'ort', of)
  for (;;) {
    const next = asking.next()
    if (next.done) return next.value
  }
}

test('what the library did is known for a run of the library, its first steps too', () => {
  expect(acts.length).toBeGreaterThan(20)
  expect(answer(acts)).toBe(true)
  expect(answer(acts.slice(0, 7))).toBe(true)
})

test('steps in another order, others between, or of the other target are not', () => {
  expect(answer([acts[1]!, acts[0]!, ...acts.slice(2)])).toBe(false)
  expect(answer([...acts, acts[0]!])).toBe(false)
  expect(answer(acts.slice(1))).toBe(false)
})

import { readFileSync } from 'node:fs'
import { beforeEach, describe, expect, test } from 'vitest'
import { importOnnx } from '../../../src/dialects/onnx'
import { StepEvidence } from '../../../src/editor/engine-worker/step-evidence'
import { Workspace } from '../../../src/editor/engine-worker/workspace'
import { snapshotOf, toPlain } from '../../../src/engine'
import { upgradeForTarget } from '../../../src/patterns'
import { cutStep } from '../../../src/verify'

describe('evidence that is cut out when it is asked for', () => {
  let work: Workspace
  const state = () => JSON.stringify([toPlain(snapshotOf(work.network), { bytes: 'base64' }), work.timeline()])

  beforeEach(() => {
    const { snapshot } = importOnnx(new Uint8Array(readFileSync('public/models/bert-12.torchscript.onnx')))
    work = Workspace.ofSnapshot(upgradeForTarget(snapshot, 'onnx').snapshot, snapshot)
    work.plan({ wanted: work.catalogue.filter((o) => o.type === 'rewriter' && !o.optIn), whole: true })
  })

  test('is what the step gave when it was made, from wherever it is asked for', () => {
    const steps = work.history.line().filter((n, i) => n.transaction && i % 16 === 0)
    const expected = steps.map(({ id, transaction }) => {
      work.history.seek(id)
      return transaction?.annotations.pattern === undefined ? null : cutStep(work.network, transaction)
    })
    for (const from of [0, steps.at(-1)!.id, steps[4]!.id]) {
      work.history.seek(from)
      const before = state()
      const evidence = new StepEvidence(work.history)
      // Backwards, so that hardly anything is there already.
      const found = steps.toReversed().map(({ id }) => evidence.of(id))
      expect(found.toReversed()).toEqual(expected)
      expect(state()).toBe(before)
    }
  })

  test('leaves redo and the branches as they were', () => {
    const [first] = work.history.line().slice(1)
    work.seek(0)
    const [other] = [...work.matches('Gelu (erf)')]
    work.apply('Gelu (erf)', other!.root)
    const before = state()
    for (const { id } of work.history.nodes()) work.evidence.of(id)
    expect(state()).toBe(before)
    expect(work.history.line().map((n) => n.id)).not.toContain(first!.id)
  })

  test('of a step that was deleted there is none', () => {
    const last = work.history.line().at(-1)!.id
    work.tree.drop(last, 'the last one')
    expect(work.evidence.of(last)).toBeNull()
  })
})

import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { readSession } from '../../../src/editor/file/session-file'
import { restoreSteps } from '../../../src/editor/engine-worker/session-steps'
import { Workspace } from '../../../src/editor/engine-worker/workspace'
import { snapshotOf } from '../../../src/engine'
import { CASE_NETWORKS, caseFile } from '../../engine/case-networks'

test('E12: a session with one wrong digit is refused at once, with its place and reason, and leaves the network as it came', async () => {
  const { head, steps } = await readSession(new Blob([readFileSync(caseFile('hang.graft'))]))
  const home = Workspace.ofSnapshot(CASE_NETWORKS.embedded())
  const before = snapshotOf(home.network)
  const restore = () => restoreSteps(home, { tree: head.history, base: home.base.fingerprint, steps })
  expect(restore).toThrow(/step 1 of 4: edits\[0\]\.outputs\[0\]\.producer: expected 15, found 14/)
  expect(snapshotOf(home.network)).toEqual(before)
  expect(home.history.nodes()).toHaveLength(1)
})

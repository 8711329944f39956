/** Code runs when its person has agreed, and not after it did what it must not. */
import { expect, test } from 'vitest'
import { loadCodeFaults, startOwnCode, stopCode, takeCodeBusy } from '../../../src/editor/commands/match/code'
import { changeDraft } from '../../../src/editor/commands/match/drafts'
import { refreshDraft } from '../../../src/editor/commands/match/refresh-draft'
import { startAgain } from '../../../src/editor/commands/match/rules'
import { DRAFT } from '../../../src/editor/protocol/match-info'
import type { OwnRule } from '../../../src/editor/protocol/match-info'
import { CASE_NETWORKS } from '../../engine/case-networks'
import { Browser, editorRig } from '../rig'

const CODE: OwnRule = { label: 'mine', text: 'export {}', language: 'ts' }

async function rig(rules: readonly OwnRule[]) {
  const { editor } = await editorRig(CASE_NETWORKS.embedded(), new Browser().tab())
  let started = 0
  const code = () => {
    started++
    return { port: new MessageChannel().port1, end: () => undefined }
  }
  Object.assign(editor.workers, { code })
  editor.set({ rules })
  return { editor, started: () => started }
}

test('code that a session brought is not started before the person has agreed', async () => {
  const { editor, started } = await rig([{ ...CODE, agreed: false }])
  await startOwnCode(editor)
  expect(started()).toBe(0)
  void startAgain(editor, 'mine')
  await expect.poll(started).toBe(1)
  expect(editor.state.rules[0]).not.toHaveProperty('agreed')
})

test('what was at work when the page ended stays off, by name, and all else starts', async () => {
  const { editor, started } = await rig([CODE, { ...CODE, label: 'other', text: 'export const x = 1' }])
  let left: readonly string[] = ['mine']
  Object.assign(editor.platform, { atWork: { read: () => left, write: (l: readonly string[]) => (left = l) } })
  loadCodeFaults(editor)
  expect(left).toEqual([])
  expect(editor.state.codeFaults['mine']?.reason).toContain('when the page ended')
  expect(editor.state.notice?.title).toContain('mine')
  void startOwnCode(editor)
  await expect.poll(started).toBe(1)
  takeCodeBusy(editor, { label: 'other', busy: true })
  expect(left).toEqual(['other'])
  takeCodeBusy(editor, { label: 'other', busy: false })
  expect(left).toEqual([])
})

test('code that was being written when the page ended is not run again as it stands, and says so', async () => {
  const { editor, started } = await rig([])
  Object.assign(editor.platform, { atWork: { read: () => [DRAFT], write: () => undefined } })
  loadCodeFaults(editor)
  const { text } = CODE
  editor.set({ draft: { label: '', name: '', text, saved: '', language: 'ts' } })
  await refreshDraft(editor)
  expect(started()).toBe(0)
  expect(editor.state.draftReport).toMatchObject({
    type: 'bad',
    message: expect.stringContaining('when the page ended'),
  })
  changeDraft(editor, { text: `${text}\n` })
  void refreshDraft(editor)
  await expect.poll(started).toBe(1)
})

test('a file that was stopped says so, and does not start by itself', async () => {
  const { editor, started } = await rig([CODE])
  stopCode(editor, 'mine')
  expect(editor.state.codeFaults['mine']).toEqual({ reason: 'you stopped it', line: null })
  await startOwnCode(editor)
  expect(started()).toBe(0)
})

/** The patterns of a model come a moment after its picture: what is pressed before is not lost. */
import { expect, test, vi } from 'vitest'
import { commandFor } from '../../../src/editor'
import type { EditorState } from '../../../src/editor'
import { snapshotOf } from '../../../src/engine'
import { net } from '../../patterns/notation'
import { editorRig } from '../rig'

const pressed = (key: string, shiftKey = false): KeyboardEvent =>
  ({ key, ctrlKey: false, metaKey: false, altKey: false, shiftKey }) as KeyboardEvent

async function beforeThePatterns() {
  const rig = await editorRig(snapshotOf(net('in x float32[4]\ny = Neg(Identity(x))\nout y')))
  const patterns = rig.home.catalogue.map((p) => ({ ...p, on: true, count: null, everMatched: false, log: [] }))
  rig.editor.set({ patterns: [], model: { name: 'relu' } as EditorState['model'] })
  return { ...rig, patterns }
}

test.each([
  ['l', false],
  ['A', true],
])('%s pressed before the patterns are there runs the library once they are', async (key, shift) => {
  const { editor, patterns } = await beforeThePatterns()
  const command = commandFor(pressed(key, shift))
  expect(command?.enabled(editor.state)).toBe(true)
  command?.run(editor)
  editor.set({ patterns })
  await vi.waitFor(() => expect(editor.state.timeline.steps.map((s) => s.label)).toContain('No-op'))
})

test('where another model is opened before they come, nothing is run on it', async () => {
  const { editor, patterns } = await beforeThePatterns()
  const steps = editor.state.timeline
  commandFor(pressed('l'))?.run(editor)
  editor.session = null
  editor.set({ patterns })
  await Promise.resolve()
  expect(editor.state).toMatchObject({ timeline: steps, planning: false })
})

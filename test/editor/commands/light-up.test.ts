/** The first phase of a step needs only its match: it does not wait for what the workers make of the step. */
import { expect, test, vi } from 'vitest'
import { commandFor, stepCommands } from '../../../src/editor'
import { snapshotOf } from '../../../src/engine'
import { net } from '../../patterns/notation'
import { editorRig } from '../rig'

async function beforeAStep() {
  const rig = await editorRig(snapshotOf(net('in x float32[4]\ny = Neg(Identity(x))\nout y')))
  const [match] = [...rig.home.matches('No-op')]
  const patterns = rig.home.catalogue.map((p) => ({ ...p, on: true, count: 1, everMatched: true, log: [] }))
  rig.editor.set({ patterns, matches: [match!] })
  return { ...rig, match: match! }
}

const pressed = (key: string): KeyboardEvent =>
  ({ key, ctrlKey: false, metaKey: false, altKey: false, shiftKey: false }) as KeyboardEvent

test('the match of a step lights up before the engine has answered, and its step plays on from there', async () => {
  const { editor, match, turn } = await beforeAStep()
  const made = stepCommands.applyNext(editor)
  await Promise.resolve()
  await Promise.resolve()
  expect(editor.player.current?.waits).toBe(true)
  expect([...editor.player.current!.record.parts.keys()]).toEqual([`L${match.root}`])
  turn(16)
  turn(60)
  await made
  expect(editor.player.current).toMatchObject({ time: 60, direction: 'forward' })
  expect(editor.player.current?.waits).toBeUndefined()
})

test('a match that is declined goes out again', async () => {
  const { editor } = await beforeAStep()
  editor.set({ matches: [{ ...editor.state.matches[0]!, root: 999 }] })
  await stepCommands.applyNext(editor)
  expect(editor.player.current).toBeNull()
  expect(editor.state.notice).not.toBeNull()
})

test('a step of history that is gone to again lights up as well', async () => {
  const { editor, turn } = await beforeAStep()
  await stepCommands.applyNext(editor)
  editor.player.finish()
  await stepCommands.toStart(editor)
  editor.player.finish()
  const made = stepCommands.stepForward(editor)
  for (let i = 0; i < 20 && !editor.player.current; i++) await Promise.resolve()
  expect(editor.player.current?.waits).toBe(true)
  turn(16)
  await made
  expect(editor.player.current?.step).toBe(editor.state.timeline.steps[0]!.node)
})

test.each(['1', 'Enter'])('%s pressed while a match is searched for applies it once it is found', async (key) => {
  const { editor, match } = await beforeAStep()
  editor.set({ matches: [], searching: true })
  const command = commandFor(pressed(key))
  expect(command?.enabled(editor.state)).toBe(true)
  command?.run(editor)
  editor.set({ announcement: 'still looking' })
  editor.set({ matches: [match], searching: false })
  await vi.waitFor(() => expect(editor.state.timeline.steps.map((s) => s.label)).toEqual(['No-op']))
})

test.each(['1', 'Enter'])('%s does nothing where nothing matches and nothing is searched for', async (key) => {
  const { editor } = await beforeAStep()
  editor.set({ matches: [], searching: false })
  expect(commandFor(pressed(key))?.enabled(editor.state)).toBe(false)
})

test('where the search finds no match, nothing is applied', async () => {
  const { editor } = await beforeAStep()
  editor.set({ matches: [], searching: true })
  const made = stepCommands.applyAt(editor, 0)
  editor.set({ searching: false })
  await made
  expect(editor.state).toMatchObject({ notice: null, timeline: { steps: [] } })
})

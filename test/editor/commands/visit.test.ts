import { expect, test } from 'vitest'
import { stepCommands } from '../../../src/editor'
import { move } from '../../../src/editor/commands/run/move'
import { cursorIndex } from '../../../src/editor/commands/run/steps'
import { snapshotOf } from '../../../src/engine'
import { net } from '../../patterns/notation'
import { editorRig } from '../rig'

/** Three steps, done; nothing of them moves any more. */
async function threeDone() {
  const source = 'in x float32[4]\ny = Neg(Identity(Abs(Identity(Neg(Identity(x))))))\nout y'
  const rig = await editorRig(snapshotOf(net(source)))
  const { editor, home } = rig
  for (const { root } of [...home.matches('No-op')].slice(0, 3)) {
    await move(editor, (s) => s.engine.call('apply', { label: 'No-op', root }))
    editor.player.finish()
  }
  const [first, , last] = editor.state.timeline.steps
  return { ...rig, first: first!, last: last! }
}

const scenePlaces = (scene: { nodes: readonly { key: string; x: number; y: number }[] }) =>
  scene.nodes.map(({ key, x, y }) => [key, x, y])

test.each([
  ['back to a step', 'last', 'first'],
  ['on to a step', 'start', 'last'],
] as const)('%s far away, its own change is what plays', async (_, from, to) => {
  const { editor, first, last } = await threeDone()
  await stepCommands.seek(editor, from === 'start' ? 0 : last.node)
  editor.player.finish()
  const target = to === 'first' ? first : last
  await stepCommands.visit(editor, target.node)
  expect(editor.player.current?.direction).toBe('forward')
  expect(editor.player.current?.step).toBe(target.node)
  expect(cursorIndex(editor)).toBe(to === 'first' ? 0 : 2)
})

test('a picture that was visited is the one that was scrubbed to', async () => {
  const { editor, first, last } = await threeDone()
  await stepCommands.visit(editor, first.node)
  editor.player.finish()
  const visited = scenePlaces(editor.state.scene)
  await stepCommands.seek(editor, last.node)
  await stepCommands.seek(editor, first.node)
  expect(scenePlaces(editor.state.scene)).toEqual(visited)
})

test('the start is no step: nothing plays there', async () => {
  const { editor } = await threeDone()
  await stepCommands.visit(editor, 0)
  expect(editor.player.current).toBeNull()
  expect(cursorIndex(editor)).toBe(-1)
})

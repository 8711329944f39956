import { expect, test } from 'vitest'
import { playCommands, stepCommands } from '../../../src/editor'
import { move } from '../../../src/editor/commands/run/move'
import { cursorIndex } from '../../../src/editor/commands/run/steps'
import { snapshotOf, verifyNetwork } from '../../../src/engine'
import { net } from '../../patterns/notation'
import { editorRig } from '../rig'

/** Two steps that lie ahead of a cursor at the start. */
async function twoAhead() {
  const rig = await editorRig(snapshotOf(net('in x float32[4]\ny = Neg(Identity(Abs(Identity(Neg(x)))))\nout y')))
  const { editor, home } = rig
  editor.player.still = true
  for (const { root } of [...home.matches('No-op')].slice(0, 2)) {
    await move(editor, (s) => s.engine.call('apply', { label: 'No-op', root }))
  }
  await stepCommands.toStart(editor)
  editor.player.finish()
  editor.player.still = false
  expect(editor.state.timeline.steps).toHaveLength(2)
  return rig
}

test('stopped while a step is on its way, nothing moves any more, and the network is valid', async () => {
  const { editor, home } = await twoAhead()
  void playCommands.play(editor)
  // The engine has done the step; the page has not shown it.
  while (home.history.cursor === 0) await Promise.resolve()
  expect(cursorIndex(editor)).toBe(-1)
  playCommands.stop(editor)
  await editor.inTurn(() => Promise.resolve())
  expect(editor.player.current).toBeNull()
  expect(editor.state.playing).toBe(false)
  expect(cursorIndex(editor)).toBe(0)
  expect(verifyNetwork(home.network)).toEqual([])
})

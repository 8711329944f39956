/** Going somewhere takes a while, and a person may change their mind meanwhile. */
import { expect, test } from 'vitest'
import { commands } from '../../../src/editor'
import { goToLayer, select } from '../../../src/editor/commands/view/select'
import { snapshotOf } from '../../../src/engine'
import { net } from '../../patterns/notation'
import { editorRig } from '../rig'

const { editor } = await editorRig(snapshotOf(net('in x float32[4]\ny = Relu(x)\nz = Exp(y)\nout z')))

test('whoever goes to a layer has it selected when it is in sight', async () => {
  await goToLayer(editor, 1)
  expect(editor.state.selected).toBe('L1')
})

test('Escape lets go of what is on its way, so that it does not come back after it', async () => {
  const going = goToLayer(editor, 0)
  commands.find((c) => c.id === 'deselect')!.run(editor)
  await going
  expect(editor.state.selected).toBeNull()
})

test('what is selected meanwhile stays selected', async () => {
  const going = goToLayer(editor, 0)
  select(editor, 'L1')
  await going
  expect(editor.state.selected).toBe('L1')
})

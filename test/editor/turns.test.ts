import { expect, test } from 'vitest'
import { CASE_NETWORKS } from '../engine/case-networks'
import { editorRig } from './rig'

test('what fails in its turn is told, and the next turn comes, even where telling of it fails', async () => {
  const { editor } = await editorRig(CASE_NETWORKS.embedded())
  const refuse = () => Promise.reject(new Error('no'))
  expect(await editor.inTurn(refuse)).toBeUndefined()
  expect(editor.state.notice).toEqual({ title: 'That did not work', detail: 'no' })
  const untold = editor.inTurn(refuse, () => {
    throw new Error('not even that')
  })
  const next = editor.inTurn(() => Promise.resolve('here'))
  await expect(untold).rejects.toThrow('not even that')
  expect(await next).toBe('here')
})

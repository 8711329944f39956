import { expect, test } from 'vitest'
import { scrubTo } from '../../../src/editor'
import { cursorIndex } from '../../../src/editor/commands/run/steps'
import { snapshotOf } from '../../../src/engine'
import { net } from '../../patterns/notation'
import { editorRig } from '../rig'

test('a wish that comes while a move is under way is over when the network stands there, not before', async () => {
  const rig = await editorRig(
    snapshotOf(net('in x float32[4]\ny = Relu(Identity(Relu(Identity(Relu(Identity(x))))))\nout y')),
  )
  const { editor, home } = rig
  home.plan({ wanted: [{ label: 'No-op', benefit: 1 }], whole: false })
  editor.set({ timeline: home.timeline() })
  expect(editor.state.timeline.steps).toHaveLength(3)
  const seen: number[] = []
  const wishes = [1, 3, 2].map((goal) => scrubTo(editor, goal).then(() => seen.push(cursorIndex(editor) + 1)))
  await Promise.all(wishes)
  expect(seen).toEqual([2, 2, 2])
})

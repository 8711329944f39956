import { expect, test } from 'vitest'
import { openCommands } from '../../../src/editor'
import { CASE_NETWORKS } from '../../engine/case-networks'
import { editorRig } from '../rig'

/** What a browser gives for a folder that was chosen, or a file that was moved since. */
class Unreadable extends File {
  override slice(): Blob {
    const part = super.slice()
    part.arrayBuffer = () => Promise.reject(new DOMException('The file could not be found.', 'NotFoundError'))
    return part
  }
}

test.each(['model.onnx', 'work.graft'])(
  '%s that cannot be read is said not to open, and what is open stays',
  async (name) => {
    const { editor } = await editorRig(CASE_NETWORKS.embedded())
    const { session } = editor
    expect(await openCommands.openFiles(editor, [{ path: name, file: new Unreadable([], name) }])).toBe(false)
    expect(editor.state.notice).toEqual({
      title: `${name} could not be opened`,
      detail: 'The file could not be found.',
    })
    expect(editor.session).toBe(session)
  },
)

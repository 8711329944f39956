/** Going to something that is to be selected, which a person may think better of before it is in sight. */
import type { Editor } from '../../editor'

const goings = new WeakMap<Editor, number>()

/**
 * Begins to go somewhere, which may take a while: groups open first. @returns whether that is still wanted: whoever selects
 * something, goes elsewhere or lets go meanwhile ends it.
 */
export function beginGoing(editor: Editor): () => boolean {
  const mine = (goings.get(editor) ?? 0) + 1
  goings.set(editor, mine)
  return () => goings.get(editor) === mine
}

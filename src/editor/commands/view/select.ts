import type { LayerId } from '../../../engine'
import type { ItemKey } from '../../../layout'
import { anchorOf, nodeNamed } from '../../../layout'
import type { Editor } from '../../editor'
import { revealLayers } from './groups'

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

export function select(editor: Editor, key: ItemKey | null): void {
  beginGoing(editor)
  if (editor.state.selected !== key) editor.set({ selected: key })
}

/** Selects a layer wherever it is: opens what is around it and brings it into view. */
export async function goToLayer(editor: Editor, layer: LayerId): Promise<void> {
  const isWanted = beginGoing(editor)
  await revealLayers(editor, [layer])
  if (!isWanted()) return
  const node = anchorOf(editor.state.scene, layer)
  editor.set({ selected: `L${layer}` })
  if (node) editor.camera.reveal(node)
}

/** The whole picture in view. */
export function fitAll(editor: Editor): void {
  const { width, height } = editor.state.scene
  editor.camera.fit({ x: 0, y: 0, width, height }, true)
}

export function zoomToSelection(editor: Editor): void {
  const node = nodeNamed(editor.state.scene, editor.state.selected ?? '')
  if (node) editor.camera.read(node, true)
}

import type { LayerId } from '../../../engine'
import type { ItemKey } from '../../../layout'
import { anchorOf, nodeNamed, union } from '../../../layout'
import type { Editor } from '../../editor'
import { litByTensor } from '../../view/lit'
import { beginGoing } from './going'
import { revealLayers } from './groups'

export function select(editor: Editor, key: ItemKey | null): void {
  beginGoing(editor)
  const { selected, several } = editor.state
  if (selected !== key || several) editor.set({ selected: key, several: null })
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
  const { scene, selected } = editor.state
  const lit = editor.session ? litByTensor(editor.session.replica, scene, selected) : null
  const around = union([...(lit?.nodes ?? [selected ?? ''])].flatMap((key) => nodeNamed(scene, key) ?? []))
  if (around) editor.camera.read(around, true)
}

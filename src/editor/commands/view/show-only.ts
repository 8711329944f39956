/** Showing some layers only, as if they were a network by themselves. */
import type { LayerId } from '../../../engine'
import type { Editor } from '../../editor'
import type { EditorState } from '../../state/store'
import { selectedKeys } from '../../view/selection'
import { layersOf } from '../../view/selected-part'
import { shownPart } from '../../view/shown-part'
import { command } from '../command'
import type { Command } from '../command'
import { redraw } from './groups'
import { fitAll } from './select'

/** Shows nothing but what is selected. */
export function showOnlySelected(editor: Editor): Promise<void> {
  const { session, state } = editor
  if (!session) return Promise.resolve()
  return showOnly(editor, layersOf(session.replica, state.scene, new Set(selectedKeys(state))))
}

/** Hides what is selected. */
export function hideSelected(editor: Editor): Promise<void> {
  const { session, state } = editor
  if (!session) return Promise.resolve()
  const hidden = layersOf(session.replica, state.scene, new Set(selectedKeys(state)))
  const shown = shownPart(state)?.layers
  const rest = session.replica
    .getLayers()
    .filter((l) => !l.isRemoved() && !hidden.has(l.id) && (shown?.has(l.id) ?? true))
  return showOnly(editor, new Set(rest.map((l) => l.id)))
}

async function showOnly(editor: Editor, layers: ReadonlySet<LayerId>): Promise<void> {
  if (layers.size === 0) {
    editor.say('Select layers first')
    return
  }
  const before = editor.state.scene
  await redraw(editor, (s) => s.layout.call('only', { layers: [...layers] }), null)
  const { scene } = editor.state
  if (scene === before) return
  editor.set({ part: { layers, scene } })
  fitAll(editor)
  editor.say(`${layers.size} layers are shown`)
}

/** All of the network again, with what is selected in view. */
export async function showAll(editor: Editor): Promise<void> {
  if (!shownPart(editor.state)) return
  await redraw(editor, (s) => s.layout.call('only', { layers: null }), null)
  editor.set({ part: null })
  editor.say('All layers are shown')
}

const withSelection = (s: EditorState): boolean => s.selected !== null

export const showOnlyCommands: readonly Command[] = [
  command(
    'View',
    'show-only',
    'Show only what is selected',
    ['Shift+O'],
    withSelection,
    (e) => void showOnlySelected(e),
  ),
  command('View', 'hide', 'Hide what is selected', ['Shift+X'], withSelection, (e) => void hideSelected(e)),
  command(
    'View',
    'show-all',
    'Show all layers',
    ['Shift+W'],
    (s) => shownPart(s) !== null,
    (e) => void showAll(e),
  ),
]

/** Selecting several things, and lighting what they depend on. */
import type { Category, LayerId } from '../../../engine'
import { operatorOf } from '../../../engine'
import type { ItemKey } from '../../../layout'
import { anchorOf, nodeNamed, union } from '../../../layout'
import type { Editor } from '../../editor'
import type { Light } from '../../state/picture-slice'
import type { EditorState } from '../../state/store'
import { litLayers } from '../../view/lit'
import { searchLayers } from '../../view/outline'
import { selectedKeys } from '../../view/selection'
import { command } from '../command'
import type { Command } from '../command'
import { beginGoing } from './going'
import { select } from './select'

/** Selects all of these, the first of them as the one that was asked for last. */
export function selectAll(editor: Editor, keys: readonly ItemKey[]): void {
  beginGoing(editor)
  const [first] = keys
  if (first === undefined) select(editor, null)
  else editor.set({ selected: first, several: keys.length > 1 ? { last: first, keys: new Set(keys) } : null })
  if (keys.length !== 1) editor.say(`${keys.length} selected`)
}

/** Takes one more into what is selected, or out of it. */
export function toggleSelected(editor: Editor, key: ItemKey): void {
  const keys = new Set(selectedKeys(editor.state))
  if (keys.delete(key)) selectAll(editor, [...keys].reverse())
  else selectAll(editor, [key, ...keys])
}

export const selectLayers = (editor: Editor, layers: Iterable<LayerId>): void =>
  selectAll(
    editor,
    Array.from(layers, (id) => `L${id}`),
  )

/** Every layer of the kind of the selected one. */
export function selectSameKind(editor: Editor): void {
  const { session, state } = editor
  const layer = state.selected?.startsWith('L') ? session?.replica.getLayer(Number(state.selected.slice(1))) : undefined
  if (!layer) {
    editor.say('Select a layer first')
    return
  }
  const same = layer.network.layersOfKind(layer.kind).filter((l) => l !== layer)
  selectLayers(editor, [layer.id, ...same.map((l) => l.id)])
  editor.say(`${same.length + 1} layers of kind ${operatorOf(layer.kind)} selected`)
}

/** Every layer of a category, as its colour says. @param add to what is selected */
export function selectCategory(editor: Editor, category: Category, add: boolean): void {
  const { session, state } = editor
  if (!session) return
  const { replica } = session
  const of = replica
    .getLayers()
    .filter((l) => !l.isRemoved() && (replica.schemaOf(l.kind)?.category ?? 'other') === category)
    .map((l) => `L${l.id}`)
  selectAll(editor, [...new Set([...of, ...(add ? selectedKeys(state) : [])])])
  editor.say(`${of.length} layers of category ${category} selected`)
}

/** Every layer that a search finds. */
export function selectFound(editor: Editor, text: string): void {
  const { session } = editor
  if (session)
    selectLayers(
      editor,
      searchLayers(session.replica, text, Infinity).map((l) => l.id),
    )
}

/** Selects what is lit. */
export function selectLit(editor: Editor): void {
  const { session, state } = editor
  const lit = session && litLayers(session.replica, state)
  if (lit) selectLayers(editor, lit)
}

export function setLight(editor: Editor, light: Light | null): void {
  editor.set({ light })
  const { session, state } = editor
  const lit = session && litLayers(session.replica, state)
  editor.say(light === null || !lit ? 'Nothing is lit' : `${lit.length} layers are lit`)
}

/** All that is selected in view. */
export function fitSelection(editor: Editor): void {
  const { scene } = editor.state
  const nodes = selectedKeys(editor.state).flatMap((key) => {
    const node = key.startsWith('L') ? anchorOf(scene, Number(key.slice(1))) : nodeNamed(scene, key)
    return node ?? []
  })
  const around = union(nodes)
  if (around) editor.camera.fit(around, true)
}

function toggleLight(editor: Editor, way: Light['way']): void {
  const { light } = editor.state
  setLight(editor, light?.way === way ? null : { way, depth: light?.depth ?? null })
}

const withSelection = (s: EditorState): boolean => s.selected !== null

export const multiCommands: readonly Command[] = [
  command('View', 'same-kind', 'Select all layers of the same kind', ['Shift+K'], withSelection, selectSameKind),
  command('View', 'light-up', 'Light what the selection depends on, or not', ['('], withSelection, (e) => {
    toggleLight(e, 'up')
  }),
  command('View', 'light-down', 'Light what depends on the selection, or not', [')'], withSelection, (e) => {
    toggleLight(e, 'down')
  }),
  command('View', 'light-path', 'Light the paths between the two selected, or not', ['|'], withSelection, (e) => {
    toggleLight(e, 'path')
  }),
  command('View', 'select-lit', 'Select what is lit', ['Shift+E'], (s) => s.light !== null, selectLit),
]

/** A rule that is made of layers of the network: those of the active match, of the selected group, or one by one. */
import type { Kept, LayerId } from '../../../engine'
import type { Editor } from '../../editor'
import { changeDraft, writeRule } from './drafts'
import { layersOf } from '../../view/selected-part'
import { selectedKeys } from '../../view/selection'

/** The layers that a rule would be made of now: all that are selected, those of groups too, or else those of the active match. */
export function layersToTake(editor: Editor): readonly LayerId[] {
  const { session, state } = editor
  const { scene, matches, activeMatch } = state
  const selected = session ? layersOf(session.replica, scene, new Set(selectedKeys(state))) : new Set<LayerId>()
  if (selected.size > 0) return [...selected].sort((a, b) => a - b)
  return matches[activeMatch]?.parts.map(([, id]) => id) ?? []
}

/** Opens a new rule whose left side is what is selected, or these layers. */
export async function ruleOfSelection(
  editor: Editor,
  layers: readonly LayerId[] = layersToTake(editor),
): Promise<void> {
  await make(editor, layers, new Map(), true)
}

/** Takes the selected layers into the rule that was made of others; or out of it, where all of them are in. */
export async function toggleTaken(editor: Editor): Promise<void> {
  const { draftOrigin } = editor.state
  if (!draftOrigin) return
  const layers = layersToTake(editor)
  const known = new Set(draftOrigin.layers)
  const without = draftOrigin.layers.filter((id) => !layers.includes(id))
  const next = layers.every((id) => known.has(id)) ? without : [...new Set([...draftOrigin.layers, ...layers])]
  await make(editor, next, draftOrigin.chosen, false)
}

/** Decides how a part is taken into the rule. */
export async function decidePart(editor: Editor, key: string, kept: Kept): Promise<void> {
  const { draftOrigin } = editor.state
  if (draftOrigin) await make(editor, draftOrigin.layers, new Map(draftOrigin.chosen).set(key, kept), false)
}

async function make(
  editor: Editor,
  layers: readonly LayerId[],
  chosen: ReadonlyMap<string, Kept>,
  anew: boolean,
): Promise<void> {
  const made = await editor.scoped('No rule could be made of this', (session, live) =>
    live(session.engine.call('ruleOf', { layers, chosen })),
  )
  if (!made) return
  if (made.type === 'refused') return editor.fail('No rule can be made of this', new Error(made.reason))
  const before = editor.state.draftOrigin
  if (anew) writeRule(editor, made.text)
  else changeDraft(editor, { text: withOwnRight(editor.state.draft?.text ?? '', before?.text ?? '', made.text) })
  editor.set({ draftOrigin: { layers, chosen, parts: made.parts, text: made.text } })
}

/** The new left side; the right one is new too, unless a person has written another. */
export function withOwnRight(written: string, before: string, made: string): string {
  const right = (text: string): string => text.slice(Math.max(0, text.search(/^=>/m)))
  return right(written).trim() === right(before).trim() || !/^=>/m.test(written)
    ? made
    : made.slice(0, made.search(/^=>/m)) + right(written)
}

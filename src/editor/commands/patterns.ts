import { anchorOf } from '../../layout'
import { union } from '../camera'
import type { Editor } from '../editor'
import { refreshMisses } from './explain'
import { revealLayers } from './groups'
import { noteCount } from './library'

/** Shows where a pattern matches; choosing it again lets go of it. */
export async function choosePattern(editor: Editor, label: string | null): Promise<void> {
  editor.set({ chosen: label, matches: [], activeMatch: -1, pointedMatch: -1, misses: null, miss: null })
  if (label === null) return
  await refreshMatches(editor)
  const n = editor.state.matches.length
  editor.say(`${label}: ${n === 1 ? '1 match' : `${n} matches`}`)
  void refreshMisses(editor)
}

/** Asks again where the chosen pattern matches. */
export async function refreshMatches(editor: Editor): Promise<void> {
  const { session } = editor
  const label = editor.state.chosen
  if (!session || label === null) return
  try {
    const matches = await session.engine.call('matches', { label })
    if (session !== editor.session || label !== editor.state.chosen) return
    const activeMatch = Math.min(editor.state.activeMatch, matches.length - 1)
    editor.set({ matches, activeMatch })
    noteCount(editor, label, matches.length)
  } catch (error) {
    editor.fail(`${label} failed`, error)
  }
}

/** Points at a match without going there. */
export function pointAtMatch(editor: Editor, index: number): void {
  if (editor.state.pointedMatch !== index) editor.set({ pointedMatch: index })
}

/** Goes to a match: opens what is around it and brings it into view. */
export async function visitMatch(editor: Editor, index: number): Promise<void> {
  const match = editor.state.matches[index]
  if (!match) return
  editor.set({ activeMatch: index, miss: null })
  const layers = match.parts.map(([, layer]) => layer)
  await revealLayers(editor, layers)
  const rect = union(layers.flatMap((id) => anchorOf(editor.state.scene, id) ?? []))
  if (rect) editor.camera.reveal(rect)
  editor.say(`Match ${index + 1} of ${editor.state.matches.length}: ${match.rootName}`)
}

export function walkMatches(editor: Editor, by: 1 | -1): Promise<void> {
  const { matches, activeMatch } = editor.state
  if (matches.length === 0) return Promise.resolve()
  const from = activeMatch < 0 && by < 0 ? 0 : activeMatch
  return visitMatch(editor, (from + by + matches.length) % matches.length)
}

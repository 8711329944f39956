import type { LayerId } from '../../../engine'
import { anchorOf, touches, union } from '../../../layout'
import type { Editor } from '../../editor'
import { refreshMisses } from './misses'
import { revealLayers } from '../view/groups'
import { noteTaken } from './preview'
import { endSearch, refreshMatches } from './search'

/** Shows where a pattern matches; choosing it again lets go of it. */
export async function choosePattern(editor: Editor, label: string | null): Promise<void> {
  endSearch(editor)
  const nothing = { found: [], matches: [], matchScope: '', activeMatch: -1, pointedMatch: -1, pointedLayer: null }
  editor.set({ chosen: label, also: [], ...nothing, taken: new Set(), preview: null, misses: null, miss: null })
  dropForeignHeat(editor)
  if (label === null) return
  await refreshMatches(editor)
  if (editor.state.chosen !== label) return
  const n = editor.state.matches.length
  editor.say(`${label}: ${n === 1 ? '1 match' : `${n} matches`}`)
  showFirstMatch(editor)
  void refreshMisses(editor)
}

/** Brings the first match into view where none is; nothing is opened for it. */
function showFirstMatch(editor: Editor): void {
  const { scene, matches } = editor.state
  const view = editor.camera.view()
  const nodes = matches.flatMap((m) => anchorOf(scene, m.root) ?? [])
  if (view && nodes[0] && !nodes.some((n) => touches(n, view))) editor.camera.reveal(nodes[0])
}

/** Tints by an analyzer's values go when it is not the chosen pattern any more. */
function dropForeignHeat(editor: Editor): void {
  const { heat, patterns, chosen } = editor.state
  if (heat === 'analyzer' && patterns.find((p) => p.label === chosen)?.type !== 'analyzer') editor.set({ heat: null })
}

/** Lists the matches of one more pattern, or of one less. */
export async function toggleAlso(editor: Editor, label: string): Promise<void> {
  const { chosen, also } = editor.state
  if (chosen === null) return choosePattern(editor, label)
  const all = [chosen, ...also]
  const [first = null, ...rest] = all.includes(label) ? all.filter((l) => l !== label) : [...all, label]
  await choosePattern(editor, first)
  if (rest.length === 0 || editor.state.chosen !== first) return
  editor.set({ also: rest })
  await refreshMatches(editor)
  editor.say(`${editor.state.matches.length} matches of ${rest.length + 1} patterns`)
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
  void noteTaken(editor, match)
  const layers = match.parts.map(([, layer]) => layer)
  await revealLayers(editor, layers, false)
  const rect = union(layers.flatMap((id) => anchorOf(editor.state.scene, id) ?? []))
  if (rect) editor.camera.reveal(rect)
  editor.say(`Match ${index + 1} of ${editor.state.matches.length}: ${match.rootName}`)
}

/** Lights one layer of those that a list of parts names; null for none. */
export function pointAtLayer(editor: Editor, layer: LayerId | null): void {
  if (editor.state.pointedLayer !== layer) editor.set({ pointedLayer: layer })
}

export function walkMatches(editor: Editor, by: 1 | -1): Promise<void> {
  const { matches, activeMatch } = editor.state
  if (matches.length === 0) return Promise.resolve()
  const from = activeMatch < 0 && by < 0 ? 0 : activeMatch
  return visitMatch(editor, (from + by + matches.length) % matches.length)
}

/** Why a pattern does not match: near misses of the chosen one, and the reason at one layer. */
import type { LayerId } from '../../../engine'
import { anchorOf } from '../../../layout'
import { union } from '../../view/camera'
import type { Editor } from '../../editor'
import type { Miss } from '../../protocol/protocol'
import { revealLayers } from '../view/groups'
import { choosePattern, visitMatch } from './patterns'

/** Asks where the chosen pattern nearly matches. What comes late for a network that has changed is dropped. */
export async function refreshMisses(editor: Editor): Promise<void> {
  const { session } = editor
  const { chosen, version, patterns } = editor.state
  if (!session || chosen === null || patterns.find((p) => p.label === chosen)?.type !== 'rewriter') return
  try {
    const misses = await session.engine.call('misses', { label: chosen })
    const { state } = editor
    if (session === editor.session && state.chosen === chosen && state.version === version) editor.set({ misses })
  } catch (error) {
    editor.fail(`${chosen} cannot be explained`, error)
  }
}

/** The reason in words. */
export function missText(miss: Miss): string {
  const where = miss.layerName ? `${miss.about === 'part' ? ', from' : ' at'} ${miss.layerName}` : ''
  return `Stops at ${miss.part}: ${miss.reason}${where}`
}

/** Lights what matched and marks what stopped it, with the rule drawn; null lets go. */
export async function showMiss(editor: Editor, miss: Miss | null): Promise<void> {
  editor.set({
    miss,
    board: null,
    activeMatch: -1,
    pointedMatch: -1,
    pointedLayer: null,
    preview: null,
    taken: new Set(),
  })
  if (!miss) return
  void draw(editor, miss)
  const layers = [...miss.matched.map(([, layer]) => layer), ...(miss.layer === null ? [] : [miss.layer])]
  await revealLayers(editor, layers)
  const rect = union(layers.flatMap((id) => anchorOf(editor.state.scene, id) ?? []))
  if (rect) editor.camera.reveal(rect)
  editor.say(missText(miss))
}

async function draw(editor: Editor, miss: Miss): Promise<void> {
  const { session } = editor
  const label = editor.state.chosen
  if (!session || label === null) return
  try {
    const board = await session.engine.call('board', { label, miss })
    if (session === editor.session && editor.state.miss === miss) editor.set({ board })
  } catch (error) {
    if (session === editor.session) editor.fail(`${label} cannot be drawn`, error)
  }
}

/** The layer that is selected; null for none, or a group. */
export function selectedLayer(editor: Editor): LayerId | null {
  const { selected } = editor.state
  return selected?.startsWith('L') ? Number(selected.slice(1)) : null
}

/** Why does this pattern not match at the selected layer? Shows the reason, or the match that there is after all. */
export async function explainSelected(editor: Editor, label: string): Promise<void> {
  const { session } = editor
  const layer = selectedLayer(editor)
  if (!session || layer === null) return
  if (editor.state.chosen !== label) await choosePattern(editor, label)
  try {
    const found = await session.engine.call('explain', { label, layer })
    if (session !== editor.session) return
    editor.set({ explained: { label, layer, found } })
    if (found.type === 'miss') await showMiss(editor, found.miss)
    else if (found.type === 'match') {
      const index = editor.state.matches.findIndex((m) => m.root === found.match.root)
      if (index >= 0) await visitMatch(editor, index)
      editor.say(`${label} matches there`)
    } else editor.say(`${label} is not tried at this layer, nor right behind it`)
  } catch (error) {
    editor.fail(`${label} cannot be explained`, error)
  }
}

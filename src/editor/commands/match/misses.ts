/** Near misses of the chosen pattern: where it nearly matches, and one of them on the canvas. */
import type { LayerId } from '../../../engine'
import { anchorOf, union } from '../../../layout'
import type { Editor } from '../../editor'
import type { Miss } from '../../protocol/match-info'
import { revealLayers } from '../view/groups'
import { knowsChosen } from './search'

/** Asks where the chosen pattern nearly matches. What comes late for a network that has changed is dropped. */
export async function refreshMisses(editor: Editor): Promise<void> {
  const { chosen, version, patterns } = editor.state
  if (chosen === null || !knowsChosen(editor.state)) return
  if (patterns.find((p) => p.label === chosen)?.type !== 'rewriter') return
  await editor.scoped(`${chosen} cannot be explained`, async (session, live) => {
    const misses = await live(session.engine.call('misses', { label: chosen }))
    const { state } = editor
    if (state.chosen === chosen && state.version === version) editor.set({ misses })
  })
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
  const label = editor.state.chosen
  if (label === null) return
  await editor.scoped(`${label} cannot be drawn`, async (session, live) => {
    const board = await live(session.engine.call('board', { label, miss }))
    if (editor.state.miss === miss) editor.set({ board })
  })
}

/** The layer that is selected; null for none, or a group. */
export function selectedLayer(editor: Editor): LayerId | null {
  const { selected } = editor.state
  return selected?.startsWith('L') ? Number(selected.slice(1)) : null
}

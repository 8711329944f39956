/** What a match would do, shown in place without doing it, and which other matches it would take away. */
import { operatorOf } from '../../../engine'
import { anchorOf, union } from '../../../layout'
import type { Editor } from '../../editor'
import { matchKey, overlapsOf } from '../../view/overlaps'
import type { MatchInfo, Preview } from '../../protocol/match-info'
import { revealLayers } from '../view/groups'

/** Shows what one match would do; again, or Escape, ends it. */
export async function previewMatch(editor: Editor, index: number): Promise<void> {
  const match = editor.state.matches[index]
  if (!match || !isRewriter(editor, match)) return
  const shown = editor.state.preview
  if (shown?.root === match.root && shown.label === match.pattern) return endPreview(editor)
  editor.set({ activeMatch: index, miss: null, explained: null })
  const preview = await ask(editor, match)
  if (!preview) return
  editor.set({ preview, taken: new Set(preview.taken.map(matchKey)) })
  const layers = preview.removed.map((l) => l.id)
  await revealLayers(editor, layers)
  const rect = union(layers.flatMap((id) => anchorOf(editor.state.scene, id) ?? []))
  if (rect) editor.camera.reveal(rect)
  editor.say(`Preview of ${preview.label} at ${preview.rootName}: ${previewText(preview)}`)
}

export function endPreview(editor: Editor): void {
  if (editor.state.preview) editor.set({ preview: null })
}

/** Marks the matches that the active one would take away; asks the engine only where matches overlap. */
export async function noteTaken(editor: Editor, match: MatchInfo): Promise<void> {
  editor.set({ taken: new Set(), preview: null })
  if (!isRewriter(editor, match) || !overlapsOf(editor.state.found).has(matchKey(match))) return
  const preview = await ask(editor, match)
  if (preview) editor.set({ taken: new Set(preview.taken.map(matchKey)) })
}

/** Nothing where the answer came too late to be of use. */
async function ask(editor: Editor, match: MatchInfo): Promise<Preview | null> {
  const { state } = editor
  const overlapping = overlapsOf(state.found).get(matchKey(match)) ?? []
  const others = overlapping.filter((m) => isRewriter(editor, m)).map(({ pattern, root }) => ({ pattern, root }))
  const preview = await editor.scoped(`${match.pattern} cannot be previewed`, async (session, live) => {
    const preview = await live(session.engine.call('preview', { label: match.pattern, root: match.root, others }))
    const now = editor.state
    const active = now.matches[now.activeMatch]
    return now.version === state.version && active && matchKey(active) === matchKey(match) ? preview : null
  })
  return preview ?? null
}

const isRewriter = (editor: Editor, match: MatchInfo): boolean =>
  editor.state.patterns.find((p) => p.label === match.pattern)?.type === 'rewriter'

/** The numbers of a preview, in words. */
export function previewText({ removed, added, taken }: Preview): string {
  const out = `${layersText(removed.length)} out${kindsText(removed)}`
  const into = added.length > 0 ? `, ${layersText(added.length)} in${kindsText(added)}` : ', none in'
  const others =
    taken.length > 0 ? `; takes ${taken.length === 1 ? '1 other match' : `${taken.length} other matches`} away` : ''
  return out + into + others
}

const layersText = (n: number): string => (n === 1 ? '1 layer' : `${n} layers`)

/** ` (Mul 2, Erf)`; nothing for no layers. */
function kindsText(layers: readonly { readonly kind: string }[]): string {
  const counts = new Map<string, number>()
  for (const { kind } of layers) counts.set(operatorOf(kind), (counts.get(operatorOf(kind)) ?? 0) + 1)
  const kinds = [...counts].map(([kind, n]) => (n === 1 ? kind : `${kind} ${n}`))
  return kinds.length === 0 ? '' : ` (${kinds.join(', ')})`
}

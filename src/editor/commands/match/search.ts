/** The matches of the chosen pattern: searched for by the engine, shown as they come, never stale. */
import type { LayerId } from '../../../engine'
import { layerTouched } from '../../../engine'
import type { Editor, Live } from '../../editor'
import { matchesIn } from '../../view/match-scopes'
import { matchKey } from '../../view/overlaps'
import { unpackedTransaction } from '../../protocol/codec'
import type { EngineEvents } from '../../protocol/engine-calls'
import { DRAFT } from '../../protocol/match-info'
import type { MatchInfo } from '../../protocol/match-info'
import type { MoveStep } from '../../protocol/moves'
import type { Session } from '../../session/session'
import { countedPatterns } from '../../state/pattern-slice'

/** What has come of the search that is under way. */
const coming = new WeakMap<Session, MatchInfo[]>()

/** Whether the engine knows the chosen pattern: of a text that cannot be read, or was not yet, it knows none. */
export const knowsChosen = ({ chosen, draftReport }: Editor['state']): boolean =>
  chosen !== null && (chosen !== DRAFT || draftReport?.type === 'good')

/** Asks again where the chosen pattern matches; whatever search is under way is given up. */
export async function refreshMatches(editor: Editor): Promise<void> {
  const { chosen, also } = editor.state
  if (chosen === null || !knowsChosen(editor.state)) return
  const labels = [chosen, ...also]
  const search = async (session: Session, live: Live): Promise<void> => {
    const search = ++session.search
    coming.set(session, [])
    editor.set({ searching: true })
    try {
      const over = await live(session.engine.call('search', { labels, search }))
      if (!over || search !== session.search) return
    } catch (error) {
      if (search !== session.search) return
      throw error
    }
    const found = coming.get(session) ?? []
    show(editor, found)
    editor.set({ searching: false })
    for (const label of labels)
      editor.set(countedPatterns(editor.state, new Map([[label, found.filter((m) => m.pattern === label).length]])))
  }
  await editor.scoped(`${labels.join(' or ')} failed`, search, () => editor.set({ searching: false }))
}

/** Gives up the search that is under way. */
export function endSearch(editor: Editor): void {
  const { session } = editor
  if (!session || !editor.state.searching) return
  session.search++
  editor.set({ searching: false })
  session.engine.notify('endSearch', null)
}

/** Resolves when a match of this index is shown, or none is searched for any more. */
export const matchOrEnd = (editor: Editor, index: number): Promise<void> =>
  editor.until((s) => !s.searching || index < s.matches.length)

/** Takes in a part of what a search found. A first search is shown as it comes, a later one when it is over. */
export function takeFound(editor: Editor, session: Session, told: EngineEvents['found']): void {
  const known = coming.get(session)
  if (!known || told.search !== session.search || session !== editor.session) return
  const found = [...known.slice(0, told.from), ...told.matches]
  coming.set(session, found)
  if (found.length > editor.state.found.length) show(editor, found)
}

function show(editor: Editor, news: readonly MatchInfo[]): void {
  const { matchScope, activeMatch, matches: before } = editor.state
  const found = withKnown(news, editor.state.found)
  const matches = matchesIn(found, matchScope)
  const active = before[activeMatch]
  const same = active ? matches.findIndex((m) => matchKey(m) === matchKey(active)) : -1
  editor.set({ found, matches, activeMatch: same >= 0 ? same : Math.min(activeMatch, matches.length - 1) })
}

/** The same matches, each as the object that is shown already where it says the same: then nothing of it is drawn again. */
function withKnown(found: readonly MatchInfo[], known: readonly MatchInfo[]): readonly MatchInfo[] {
  const byKey = new Map(known.map((m) => [matchKey(m), m]))
  const next = found.map((m) => {
    const old = byKey.get(matchKey(m))
    return old && saysTheSame(old, m) ? old : m
  })
  return next.length === known.length && next.every((m, i) => m === known[i]) ? known : next
}

function saysTheSame(a: MatchInfo, b: MatchInfo): boolean {
  const same = (p: MatchInfo['tensors'], q: MatchInfo['tensors']) =>
    p.length === q.length && p.every(([name, id], i) => name === q[i]![0] && id === q[i]![1])
  return a === b || (a.value === b.value && same(a.parts, b.parts) && same(a.tensors, b.tensors))
}

/** Drops the matches that these steps may have made invalid: those with a layer that was touched, or fed or used one. */
export function dropStale(editor: Editor, steps: readonly MoveStep[]): void {
  const { found, preview } = editor.state
  if (preview) editor.set({ preview: null })
  editor.set({ taken: new Set(), pointedLayer: null })
  if (found.length === 0) return
  const touched = new Set<LayerId>()
  const around = (tensor: number) => {
    const layer = editor.session?.replica.getTensor(tensor)?.parent
    if (layer) touched.add(layer.id)
  }
  for (const { transaction } of steps) {
    for (const edit of unpackedTransaction(transaction).edits) {
      const layer = layerTouched(edit)
      if (layer !== null) touched.add(layer)
      if (edit.type === 'setInput') [edit.from, edit.to].forEach(around)
      if (edit.type === 'addLayer' || edit.type === 'removeLayer') edit.layer.inputs.forEach(around)
    }
  }
  const left = found.filter((m) => !m.parts.some(([, layer]) => touched.has(layer)))
  if (left.length < found.length) show(editor, left)
}

/** Lists only the matches in a module scope; '' for all of them. */
export function filterByScope(editor: Editor, path: string): void {
  const { found } = editor.state
  const matches = matchesIn(found, path)
  editor.set({ matchScope: path, matches, activeMatch: -1, pointedMatch: -1, taken: new Set(), preview: null })
  const n = matches.length
  editor.say(`${n === 1 ? '1 match' : `${n} matches`} ${path === '' ? 'in the whole network' : `in ${path}`}`)
}

/** The tree itself: names, bookmarks, branches that are deleted and come back. */
import type { HistoryId } from '../../../engine'
import type { Editor } from '../../editor'
import type { BranchInfo, Timeline } from '../../protocol/timeline'
import type { HistoryPanel } from '../../state/history-slice'
import { runsOf } from '../../view/timeline-rows'
import { move } from '../run/move'
import { pause, visit } from '../run/steps'

export function setPanel(editor: Editor, change: Partial<HistoryPanel>): void {
  editor.set({ panel: { ...editor.state.panel, ...change } })
}

/** Lets a person write a name: of the point that the network stands at, where no other is given. */
export function beginNaming(editor: Editor, type: 'point' | 'branch', node: HistoryId): void {
  setPanel(editor, { tab: type === 'point' ? 'steps' : 'branches', filter: '', naming: { type, node } })
}

/** Takes the name that was written; an empty one takes the name away. */
export async function endNaming(editor: Editor, text: string | null): Promise<void> {
  const { naming } = editor.state.panel
  if (!naming) return
  setPanel(editor, { naming: null })
  if (text === null) return
  const name = text.trim() || null
  await move(editor, ({ engine }) =>
    naming.type === 'point'
      ? engine.call('name', { node: naming.node, name })
      : engine.call('nameBranch', { first: naming.node, name }),
  )
  editor.say(name ? `Named ${name}` : 'The name is gone')
}

export async function toggleBookmark(editor: Editor, node: HistoryId): Promise<void> {
  const wanted = !isBookmarked(editor.state.timeline, node)
  await move(editor, (s) => s.engine.call('bookmark', { node, wanted }))
  editor.say(wanted ? 'Bookmark set' : 'Bookmark taken away')
}

export function isBookmarked({ steps, bookmarks }: Timeline, node: HistoryId): boolean {
  return steps.find((s) => s.node === node)?.bookmarked ?? bookmarks.some((b) => b.node === node && b.name === null)
}

/** Goes to the next bookmark on this line, or the one before, round the end. */
export async function walkBookmarks(editor: Editor, by: 1 | -1): Promise<void> {
  const { timeline } = editor.state
  const marked = new Set(timeline.bookmarks.map((b) => b.node))
  const line = [0, ...timeline.steps.map((s) => s.node)]
  const stops = line.flatMap((node, i) => (marked.has(node) ? [i] : []))
  if (stops.length === 0) return editor.say('No bookmark on this line')
  const at = line.indexOf(timeline.cursor)
  const next = by > 0 ? (stops.find((i) => i > at) ?? stops[0]) : (stops.findLast((i) => i < at) ?? stops.at(-1))
  await visit(editor, line[next!]!)
}

export function walkBranches(editor: Editor, by: 1 | -1): Promise<void> {
  const { branches } = editor.state.timeline
  const at = branches.findIndex((b) => b.open)
  const next = branches[(at + by + branches.length) % branches.length]
  return next ? visit(editor, next.tip) : Promise.resolve()
}

/** What a person calls a branch. */
export function branchName({ name, label, rootName }: BranchInfo): string {
  return name ?? (rootName ? `${label} at ${rootName}` : label)
}

/** Deletes what only this branch holds. Where it is open, goes to where it leaves the others first. */
export async function deleteBranch(editor: Editor, branch: BranchInfo): Promise<void> {
  pause(editor)
  await move(editor, (s) => s.engine.call('drop', { node: branch.own, called: branchName(branch) }))
  editor.say(`Branch ${branchName(branch)} deleted. It can be brought back`)
}

export async function bringBack(editor: Editor): Promise<void> {
  const { deleted } = editor.state.timeline
  if (deleted === null) return
  await move(editor, (s) => s.engine.call('restore', null))
  editor.say(`Branch ${deleted} is back`)
}

export function setFold(editor: Editor, run: HistoryId, folded: boolean): void {
  setPanel(editor, { folds: new Map(editor.state.panel.folds).set(run, folded) })
}

/** Folds every run, or unfolds every one where all are folded. */
export function foldAll(editor: Editor): void {
  const { panel, timeline } = editor.state
  const runs = runsOf(timeline.steps)
  const folded = !runs.every((r) => r.steps.length === 1 || panel.folds.get(r.first) === true)
  setPanel(editor, { folds: new Map(runs.map((r) => [r.first, folded])) })
}

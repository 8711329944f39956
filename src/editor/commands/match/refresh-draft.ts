/** What is written is read while one types, and shown where it matches and nearly does. */
import { DRAFT } from '../../protocol/match-info'
import type { RuleReport } from '../../protocol/match-info'
import type { Editor } from '../../editor'
import type { PatternState } from '../../state/pattern-slice'
import { changedPatterns } from '../../state/pattern-slice'
import { endedThePage, startCode } from './code'
import { choosePattern } from './patterns'
import { refreshMisses } from './misses'
import { endSearch, refreshMatches } from './search'

/** What is to be said of a text; null without a network, and where it cannot be checked, which is told. */
export async function checkRule(editor: Editor, text: string): Promise<RuleReport | null> {
  const report = await editor.scoped('The rule could not be checked', (session, live) =>
    live(session.engine.call('checkRule', { text })),
  )
  return report ?? null
}

/** What is to be said of the text as it stands, also where it was changed a moment ago; null where nobody can say it. */
export async function reportOfDraft(editor: Editor): Promise<RuleReport | null> {
  const { draft, draftReport } = editor.state
  if (draft && draftReport && (draftReport.text ?? draft.text) === draft.text) return draftReport
  await refreshDraft(editor)
  const found = editor.state.draftReport
  return found && found.text === editor.state.draft?.text ? found : null
}

/** Reads what is written, and shows where it matches and nearly does. What comes late for a text that has changed is dropped. */
export async function refreshDraft(editor: Editor): Promise<void> {
  const { draft } = editor.state
  if (!draft || draft.agreed === false) return
  const { text } = draft
  if (draft.language === 'ts' && endedThePage(editor.state)) {
    const message = editor.state.codeFaults[DRAFT]!.reason
    editor.set({ draftReport: { type: 'bad', message, line: 1, column: 1, instead: null, text } })
    return lose(editor)
  }
  const report = await (draft.language === 'ts'
    ? startCode(editor, DRAFT, text, draft.foreign)
    : checkRule(editor, text))
  if (!report || editor.state.draft?.text !== text) return
  editor.set({ draftReport: { ...report, text } })
  if (report.type === 'bad') return lose(editor)
  offerDraft(editor, report)
  if (editor.state.chosen !== DRAFT) return choosePattern(editor, DRAFT)
  editor.set({ miss: null, board: null })
  await refreshMatches(editor)
  if (editor.state.draft?.text === text) await refreshMisses(editor)
}

/** A text that cannot be read matches nowhere: what the one before matched would mislead. */
function lose(editor: Editor): void {
  if (editor.state.chosen !== DRAFT) return
  endSearch(editor)
  const misses = { near: [], far: { count: 0, most: 0, groups: [] } }
  editor.set({ found: [], matches: [], activeMatch: -1, misses, miss: null, board: null, preview: null })
}

function offerDraft(
  editor: Editor,
  { equation, benefit, exactness, analyzes }: Extract<RuleReport, { type: 'good' }>,
): void {
  const { patterns } = editor.state
  const known = patterns.find((p) => p.label === DRAFT)
  const facts = { equation, benefit, exactness, type: analyzes ? 'analyzer' : 'rewriter' } as const
  if (known) return editor.set(changedPatterns(editor.state, new Set([DRAFT]), facts))
  const state: PatternState = {
    ...facts,
    label: DRAFT,
    family: 'Your rules',
    assumes: '',
    optIn: true,
    count: null,
    everMatched: false,
    on: false,
    log: [],
  }
  editor.set({ patterns: [state, ...patterns] })
}

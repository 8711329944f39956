/** The rule that is being written: its text outlives the panel and the page, and what it matches is shown while one types. */
import { DRAFT } from '../../protocol/match-info'
import type { OwnRule } from '../../protocol/match-info'
import type { Editor } from '../../editor'
import type { RuleDraft } from '../../state/pattern-slice'
import { endCode, forgetFault } from './code'
import { CODE_TEMPLATES } from '../../view/code-templates'
import { choosePattern } from './patterns'
import { trialOf } from './rule-trial'
import { keepRule, removeRule } from './rules'

/** A rule to begin with. */
const FIRST_RULE = `rule "My rule"
y = Mul(x, Sigmoid(x))
=>
y = Swish<alpha=1>(x)
where x.dtype in [float32, float16]
`

/** Drafts as they lie in the storage, by the label of the rule that they are to replace. */
type Stored = Readonly<Record<string, RuleDraft & { readonly open: boolean }>>
const KEY = 'rule-drafts'

/** Opens the panel again where it was open, with what was written. */
export async function loadDraft(editor: Editor): Promise<void> {
  const open = Object.values(await stored(editor)).find((d) => d.open)
  if (open) editor.set({ draft: plain(open), draftKept: open.text, draftReport: null, draftTrial: null })
}

const plain = ({ label, name, text, saved, language }: RuleDraft): RuleDraft => ({
  label,
  name,
  text,
  saved,
  ...(language && { language }),
})

/** Where a draft lies: a new rule and a new class do not stand in each other's way. */
const keyOf = ({ label, language }: Pick<RuleDraft, 'label' | 'language'>): string =>
  label === '' && language === 'ts' ? '\nts' : label

async function stored(editor: Editor): Promise<Stored> {
  try {
    const found = await editor.platform.storage.get(KEY)
    return typeof found === 'object' && found !== null ? (found as Stored) : {}
  } catch {
    return {}
  }
}

/** Opens a rule of one's own, or for null a new one; what was written of it and not saved is there. */
export async function editRule(editor: Editor, label: string | null): Promise<void> {
  const known = editor.state.rules.find((r) => r.label === label)
  const kept = (await stored(editor))[label ?? '']
  const text = known?.text ?? FIRST_RULE
  const language = known?.language
  const fresh: RuleDraft = { label: label ?? '', name: label ?? '', text, saved: text, ...(language && { language }) }
  open(editor, kept && kept.text !== kept.saved ? plain(kept) : fresh)
}

/** Opens a new class: what was written of one and not saved, or else the first template. */
export async function editClass(editor: Editor): Promise<void> {
  const { text } = CODE_TEMPLATES[0]
  const fresh: RuleDraft = { label: '', name: '', text, saved: text, language: 'ts' }
  const kept = (await stored(editor))[keyOf(fresh)]
  open(editor, kept && kept.text !== kept.saved ? plain(kept) : fresh)
}

/** Opens a new rule that begins with a text, in place of what was written of another new one. */
export function writeRule(editor: Editor, text: string): void {
  open(editor, { label: '', name: '', text, saved: '' })
}

/** A rule of the library, or of one's own, as one's own to change. */
export function copyRule(editor: Editor, label: string): void {
  const pattern = editor.state.patterns.find((p) => p.label === label)
  const text = pattern?.rule ?? pattern?.source?.text
  if (text === undefined) return
  const note = pattern?.source?.hasCode
    ? '# In the library code checks or makes more than this text says: test it by numbers.\n'
    : ''
  const named = text.replace(
    /^(\s*(?:#[^\n]*\n\s*)*)(rule\s+"[^"]*")?/,
    (_, comments: string, header?: string) => `${comments}rule "${label}, my own"${header === undefined ? '\n' : ''}`,
  )
  writeRule(editor, note + named)
}

function open(editor: Editor, draft: RuleDraft): void {
  editor.set({ draft, draftReport: null, draftTrial: null, tryOut: null, draftOrigin: null, dialog: null })
  keepDraft(editor)
  editor.say(draft.label ? `Editing ${draft.label}` : draft.language === 'ts' ? 'Writing a class' : 'Writing a rule')
}

/** Lets go of the panel; what was written stays. */
export async function closeRule(editor: Editor): Promise<void> {
  const { draft } = editor.state
  if (!draft) return
  // The panel is gone at once: who opens it again a moment later is not shut out by what is still being written.
  await Promise.all([writeDraft(editor, draft, draft.text !== draft.saved, false), leave(editor)])
}

async function leave(editor: Editor): Promise<void> {
  if (editor.state.draft?.language === 'ts') endCode(editor, DRAFT)
  editor.set({ draft: null, draftReport: null, draftTrial: null, tryOut: null, draftOrigin: null })
  if (editor.state.chosen === DRAFT) await choosePattern(editor, null)
  editor.set({ patterns: editor.state.patterns.filter((p) => p.label !== DRAFT) })
}

/** What was written goes back to what is kept. */
export function revertDraft(editor: Editor): void {
  const { draft } = editor.state
  if (!draft) return
  const first = draft.language === 'ts' ? CODE_TEMPLATES[0].text : FIRST_RULE
  const text = draft.label === '' ? first : draft.saved
  editor.set({ draft: { ...draft, text, saved: text }, draftTrial: null })
  keepDraft(editor)
}

export function changeDraft(editor: Editor, change: Partial<Pick<RuleDraft, 'text' | 'name'>>): void {
  const { draft, draftTrial } = editor.state
  if (!draft) return
  const next = { ...draft, ...change }
  const { tryOut } = editor.state
  // Of code nothing is known before it has run again; of a rule the last report stands for a moment.
  if (next.language === 'ts' && next.text !== draft.text) editor.set({ draftReport: null })
  editor.set({
    draft: next,
    draftTrial: draftTrial?.text === next.text ? draftTrial : null,
    tryOut: tryOut?.text === next.text ? tryOut : null,
  })
  keepDraft(editor)
}

/** Shows the rule as two boards, or no longer. */
export function toggleDrawing(editor: Editor): void {
  const { draft, drawing } = editor.state
  if (!draft || draft.language === 'ts') return
  editor.set({ drawing: !drawing })
  editor.say(drawing ? 'The boards are closed' : 'The rule is drawn below the graph')
}

/** Milliseconds after the last key: a crash loses no more. */
const KEEP_AFTER = 200
const waiting = new WeakMap<Editor, ReturnType<typeof setTimeout>>()

function keepDraft(editor: Editor): void {
  clearTimeout(waiting.get(editor))
  const keep = (): void => {
    const { draft } = editor.state
    if (draft) void writeDraft(editor, draft, true, true)
  }
  waiting.set(editor, setTimeout(keep, KEEP_AFTER))
}

async function writeDraft(editor: Editor, draft: RuleDraft, wanted: boolean, isOpen: boolean): Promise<void> {
  clearTimeout(waiting.get(editor))
  const { storage, tab } = editor.platform
  try {
    await tab.alone(KEY, async () => {
      const key = keyOf(draft)
      const { [key]: _old, ...others } = await stored(editor)
      await storage.set(KEY, wanted ? { ...others, [key]: { ...plain(draft), open: isOpen } } : others)
      editor.set({ draftKept: draft.text })
    })
  } catch {
    editor.say('What is written cannot be kept in this browser')
  }
}

/** Keeps what is written under its name, and shows where it matches. What it was tried for is kept with it. */
export async function saveDraft(editor: Editor): Promise<OwnRule | null> {
  const { draft, draftReport, draftTrial, rules, patterns } = editor.state
  if (!draft || draftReport?.type !== 'good') return null
  const label = draft.name.trim() || draftReport.name
  if (label === DRAFT || patterns.some((p) => p.label === label && p.rule === undefined)) {
    editor.fail('The rule is not saved', new Error(`There is a pattern called ${label} already: give it another name.`))
    return null
  }
  if (label !== draft.label && rules.some((r) => r.label === label)) {
    editor.fail(
      'The rule is not saved',
      new Error(`You have a rule called ${label} already: give this one another name.`),
    )
    return null
  }
  const part = draftTrial && !draftTrial.running && draftTrial.text === draft.text ? draftTrial.part : null
  const { language } = draft
  const rule: OwnRule = {
    label,
    text: draft.text,
    ...(language && { language }),
    ...(part && { tried: trialOf(part) }),
  }
  await writeDraft(editor, draft, false, false)
  await leave(editor)
  forgetFault(editor, label)
  await keepRule(editor, rule, draft)
  await choosePattern(editor, label)
  return rule
}

export async function deleteDraft(editor: Editor): Promise<void> {
  const { draft } = editor.state
  if (!draft) return
  await writeDraft(editor, draft, false, false)
  await leave(editor)
  if (draft.label !== '') await removeRule(editor, draft.label)
}

/** The rule that is being written: its text outlives the panel and the page, and what it matches is shown while one types. */
import { DRAFT } from '../../protocol/match-info'
import type { OwnRule } from '../../protocol/match-info'
import type { Editor } from '../../editor'
import { Drafts } from '../../file/drafts'
import type { KeptDraft } from '../../file/drafts'
import type { RuleDraft } from '../../state/pattern-slice'
import { endCode, forgetFault } from './code'
import { CODE_TEMPLATES } from '../../view/code-templates'
import { choosePattern } from './patterns'
import { reportOfDraft } from './refresh-draft'
import { trialOf } from './rule-trial'
import { keepRule, removeRule, startAgain } from './rules'

/** A rule to begin with. */
const FIRST_RULE = `rule "My rule"
y = Mul(x, Sigmoid(x))
=>
y = Swish<alpha=1>(x)
where x.dtype in [float32, float16]
`

const stores = new WeakMap<Editor, Drafts>()

function draftsOf(editor: Editor): Drafts {
  const known = stores.get(editor) ?? new Drafts(editor.platform)
  stores.set(editor, known)
  return known
}

/** What was closed last is still being written down. */
const closing = new WeakMap<Editor, Promise<void>>()

/** Opens the panel again where it was open, with what was written. */
export async function loadDraft(editor: Editor): Promise<void> {
  const kept = await draftsOf(editor).reopen()
  if (kept) editor.set({ draft: kept.draft, draftKept: kept.draft.text, draftReport: null, draftTrial: null })
  await listOthers(editor)
}

const isUnsaved = ({ draft }: KeptDraft): boolean => draft.text !== draft.saved

/** Opens a rule of one's own, or for null a new one; what was written of it and not saved is there. */
export async function editRule(editor: Editor, label: string | null): Promise<void> {
  const known = editor.state.rules.find((r) => r.label === label)
  const text = known?.text ?? FIRST_RULE
  const language = known?.language
  await resume(editor, {
    label: label ?? '',
    name: label ?? '',
    text,
    saved: text,
    ...(language && { language }),
    ...(known?.foreign && { foreign: true }),
    ...(known?.agreed === false && { agreed: false }),
  })
}

/** Opens a new class: what was written of one and not saved, or else the first template. */
export async function editClass(editor: Editor): Promise<void> {
  const { text } = CODE_TEMPLATES[0]
  await resume(editor, { label: '', name: '', text, saved: text, language: 'ts' })
}

/** Opens what was written of a pattern and not saved; `fresh` where there is nothing, or another tab is writing it. */
async function resume(editor: Editor, fresh: RuleDraft): Promise<void> {
  makeRoom(editor)
  await closing.get(editor)
  const drafts = draftsOf(editor)
  const isOfIt = ({ draft }: KeptDraft): boolean =>
    draft.label === fresh.label && (draft.language ?? 'rules') === (fresh.language ?? 'rules')
  const kept = await drafts.resume((d) => isOfIt(d) && isUnsaved(d))
  if (!kept) drafts.begin()
  const { agreed: _, ...written } = kept?.draft ?? fresh
  open(editor, { ...written, ...(fresh.agreed === false && { agreed: false }) })
}

/** Opens one of the texts that were written and not saved; where another tab has it open meanwhile, that is said. */
export async function openOther(editor: Editor, id: string): Promise<void> {
  await closeRule(editor)
  const kept = await draftsOf(editor).resume((d) => d.id === id)
  if (kept) return open(editor, kept.draft)
  editor.fail('That draft cannot be opened', new Error('Another tab has it open, or has saved it.'))
}

/** One of the texts that were written and not saved goes for good. */
export async function dropOther(editor: Editor, id: string): Promise<void> {
  await draftsOf(editor).drop(id)
  await listOthers(editor)
}

async function listOthers(editor: Editor): Promise<void> {
  const drafts = draftsOf(editor)
  const others = (await drafts.list()).filter((d) => d.id !== drafts.id && !d.open && isUnsaved(d))
  editor.set({ otherDrafts: others.map(({ id, draft, time }) => ({ id, time, name: nameOfDraft(draft) })) })
}

/** What a draft is called: by its name, or else by what its text says. */
function nameOfDraft({ name, label, text, language }: RuleDraft): string {
  const told = language === 'ts' ? /\bclass\s+(\w+)/.exec(text) : /\brule\s+"([^"]*)"/.exec(text)
  return name || label || told?.[1] || (language === 'ts' ? 'A class' : 'A rule')
}

/**
 * Opens a new rule that begins with a text. What was written of another new one stays among the drafts.
 * @param saved where the text can be had again at any time, and need not be kept as it is
 */
export function writeRule(editor: Editor, text: string, saved = ''): void {
  makeRoom(editor)
  draftsOf(editor).begin()
  open(editor, { label: '', name: '', text, saved })
}

/** What stands in the panel is kept, before something else does. */
function makeRoom(editor: Editor): void {
  const { draft } = editor.state
  if (draft) void writeDraft(editor, draft, draft.text !== draft.saved, false)
}

/** The person lets the code of others that stands in the panel run. */
export async function agreeToDraft(editor: Editor): Promise<void> {
  const { draft, rules } = editor.state
  if (!draft) return
  const { agreed: _, ...rest } = draft
  editor.set({ draft: rest })
  keepDraft(editor)
  if (rules.some((r) => r.label === draft.label && r.agreed === false)) await startAgain(editor, draft.label)
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
  forgetFault(editor, DRAFT)
  editor.set({ draft, draftReport: null, draftTrial: null, tryOut: null, draftOrigin: null, dialog: null })
  keepDraft(editor)
  void listOthers(editor)
  editor.say(draft.label ? `Editing ${draft.label}` : draft.language === 'ts' ? 'Writing a class' : 'Writing a rule')
}

/** Lets go of the panel; what was written stays. */
export async function closeRule(editor: Editor): Promise<void> {
  const { draft } = editor.state
  if (!draft) return
  // The panel is gone at once; who opens it again a moment later waits for what is still being written.
  const written = putAway(editor, draft)
  closing.set(editor, written)
  await Promise.all([written, leave(editor)])
}

/** Writes down what is not saved, and lets go of it. */
async function putAway(editor: Editor, draft: RuleDraft): Promise<void> {
  const { id } = draftsOf(editor)
  await writeDraft(editor, draft, draft.text !== draft.saved, false)
  draftsOf(editor).leave(id)
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
  forgetFault(editor, DRAFT)
  editor.set({ draft: { ...draft, text, saved: text }, draftTrial: null })
  keepDraft(editor)
}

export function changeDraft(editor: Editor, change: Partial<Pick<RuleDraft, 'text' | 'name'>>): void {
  const { draft, draftTrial } = editor.state
  if (!draft) return
  const next = { ...draft, ...change }
  const { tryOut } = editor.state
  // Of code nothing is known before it has run again; of a rule the last report stands for a moment.
  if (next.language === 'ts' && next.text !== draft.text) {
    forgetFault(editor, DRAFT)
    editor.set({ draftReport: null })
  }
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

/** Shows the page on the language of rules, or no longer. */
export function toggleGuide(editor: Editor): void {
  const guide = !editor.state.guide
  editor.set({ guide })
  editor.say(guide ? 'The language of rules is shown over the graph' : 'The help is closed')
}

/** Milliseconds after the first key that is not kept: a crash loses no more, however fast one types. */
const KEEP_AFTER = 200
const waiting = new WeakMap<Editor, ReturnType<typeof setTimeout>>()

function keepDraft(editor: Editor): void {
  if (waiting.has(editor)) return
  const keep = (): void => {
    waiting.delete(editor)
    const { draft } = editor.state
    if (draft) void writeDraft(editor, draft, true, true)
  }
  waiting.set(editor, setTimeout(keep, KEEP_AFTER))
}

async function writeDraft(editor: Editor, draft: RuleDraft, wanted: boolean, isOpen: boolean): Promise<void> {
  clearTimeout(waiting.get(editor))
  waiting.delete(editor)
  const drafts = draftsOf(editor)
  try {
    if (wanted) await drafts.write(draft, isOpen)
    else await drafts.drop()
    editor.set({ draftKept: draft.text })
  } catch {
    editor.say('What is written cannot be kept in this browser')
  }
}

/** Keeps what is written under its name, and shows where it matches. What it was tried for is kept with it. */
export async function saveDraft(editor: Editor): Promise<OwnRule | null> {
  if (!editor.state.draft) return null
  const report = await reportOfDraft(editor)
  const { draft, draftTrial, rules, patterns } = editor.state
  if (!draft) return null
  if (report?.type !== 'good') {
    editor.fail('The rule is not saved', new Error(report?.message ?? whyUnread(editor.state)))
    return null
  }
  const label = draft.name.trim() || report.name
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
  const saved = keepInstead(editor, rule, draft)
  closing.set(editor, saved)
  await Promise.all([saved, leave(editor)])
  await choosePattern(editor, label)
  return rule
}

function whyUnread({ draft, model }: Editor['state']): string {
  if (model === null) return 'It is read where a network is open: open one first.'
  return draft?.agreed === false ? 'It runs once you let it.' : 'It could not be read yet.'
}

/** The draft goes once the rule is kept, and not before: whatever ends the page between the two, the text is there. */
async function keepInstead(editor: Editor, rule: OwnRule, draft: RuleDraft): Promise<void> {
  const drafts = draftsOf(editor)
  const { id } = drafts
  forgetFault(editor, rule.label)
  await keepRule(editor, rule, draft, () => drafts.drop(id))
  drafts.leave(id)
}

export async function deleteDraft(editor: Editor): Promise<void> {
  const { draft } = editor.state
  if (!draft) return
  const gone = putAway(editor, { ...draft, saved: draft.text })
  closing.set(editor, gone)
  await Promise.all([gone, leave(editor)])
  if (draft.label !== '') await removeRule(editor, draft.label, draft.saved)
}

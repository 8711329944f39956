import { describe, expect, test } from 'vitest'
import type { Editor } from '../../../src/editor'
import {
  agreeToDraft,
  changeDraft,
  closeRule,
  copyRule,
  deleteDraft,
  dropOther,
  editRule,
  loadDraft,
  openOther,
  revertDraft,
  saveDraft,
} from '../../../src/editor/commands/match/drafts'
import { together, trialOf } from '../../../src/editor/commands/match/rule-trial'
import { DRAFT } from '../../../src/editor/protocol/match-info'
import type { RuleReport } from '../../../src/editor/protocol/match-info'
import type { RuleTestPart } from '../../../src/editor/protocol/verify-calls'
import { withOwnRight } from '../../../src/editor/commands/match/rule-of-selection'
import { ruleOf } from '../../../src/editor/engine-worker/rule-check'
import { net } from '../../patterns/notation'
import { importPatterns, exportPatterns } from '../../../src/editor/commands/match/pattern-files'
import { checkRule, refreshDraft } from '../../../src/editor/commands/match/refresh-draft'
import { refreshMisses } from '../../../src/editor/commands/match/misses'
import { refreshMatches } from '../../../src/editor/commands/match/search'
import { keepDecisions } from '../../../src/editor/commands/match/own-patterns'
import { showLinked, takeLinked } from '../../../src/editor/commands/match/pattern-links'
import { packPattern, unpackPattern } from '../../../src/editor/file/pattern-link'
import { deletedAmong } from '../../../src/editor/file/versions'
import { bringBackRule, keepRule, loadRules, moveToFolder, removeRule } from '../../../src/editor/commands/match/rules'
import { ownValue } from '../../../src/editor/state/own-value'
import { RulePattern } from '../../../src/engine'
import { CASE_NETWORKS } from '../../engine/case-networks'
import { Browser, editorRig } from '../rig'

/** What the engine says of a text. */
function reportOf(text: string): RuleReport {
  try {
    return { type: 'good', name: new RulePattern(text).name, equation: '', benefit: 1, exactness: null }
  } catch (error) {
    return { type: 'bad', message: String(error), line: 1, column: 1, instead: null }
  }
}

/** What was open in the panel. */
const edited = (label: string, saved = label) => ({ label, saved })

test('two tabs that write rules lose nothing of each other’s, and what one removes is gone', async () => {
  const browser = new Browser()
  const tab = async () => (await editorRig(CASE_NETWORKS.embedded(), browser.tab())).editor
  const [one, two] = [await tab(), await tab()]
  await Promise.all([loadRules(one), loadRules(two)])
  const rule = (label: string, text = label) => ({ label, text })
  await Promise.all([keepRule(one, rule('a'), edited('')), keepRule(two, rule('b'), edited(''))])
  await keepRule(one, rule('a2'), edited('a'))
  await keepRule(two, rule('c'), edited(''))
  const labels = () => (browser.stored.get('rules') as { label: string }[]).map((r) => r.label).toSorted()
  expect(labels()).toEqual(['a2', 'b', 'c'])
  expect(two.state.rules.map((r) => r.label).toSorted()).toEqual(['a2', 'b', 'c'])
  await removeRule(one, 'b')
  expect(labels()).toEqual(['a2', 'c'])
})

test('two tabs that edit one pattern lose neither text', async () => {
  const browser = new Browser()
  const tab = async () => (await editorRig(CASE_NETWORKS.embedded(), browser.tab())).editor
  const [one, two] = [await tab(), await tab()]
  await keepRule(one, { label: 'a', text: 'first' }, edited(''))
  await Promise.all([loadRules(one), loadRules(two)])
  await keepRule(one, { label: 'a', text: 'of one' }, edited('a', 'first'))
  await keepRule(two, { label: 'a', text: 'of two' }, edited('a', 'first'))
  const kept = browser.stored.get('rules') as { label: string; text: string }[]
  expect(kept).toEqual([
    { label: 'a', text: 'of two' },
    { label: 'a, from another tab', text: 'of one' },
  ])
  expect(two.state.notice?.detail).toContain('a, from another tab')
})

test('what another tab decides about a pattern outlives the text that one saves, and what it deletes or renames is saved anew', async () => {
  const browser = new Browser()
  const tab = async () => (await editorRig(CASE_NETWORKS.embedded(), browser.tab())).editor
  const [one, two] = [await tab(), await tab()]
  const saves = async (editor: Editor, text: string, name = '') => {
    changeDraft(editor, { text, ...(name && { name }) })
    editor.set({ draftReport: { type: 'good', name: 'a', equation: '', benefit: 1, exactness: null } })
    await saveDraft(editor)
  }
  const kept = () => browser.stored.get('rules')
  await keepRule(one, { label: 'a', text: 'first' }, edited('', ''))
  await Promise.all([loadRules(one), loadRules(two)])
  await editRule(two, 'a')
  await moveToFolder(one, 'a', 'Norms')
  await keepDecisions(one, ['a'], { off: true })
  await saves(two, 'second')
  expect(kept()).toEqual([{ label: 'a', text: 'second', folder: 'Norms', off: true }])

  await Promise.all([loadRules(one), editRule(two, 'a')])
  await removeRule(one, 'a')
  expect(kept()).toEqual([])
  await saves(two, 'third')
  expect(kept()).toMatchObject([{ label: 'a', text: 'third' }])

  await Promise.all([loadRules(one), editRule(two, 'a')])
  await editRule(one, 'a')
  await saves(one, 'of one', 'b')
  await saves(two, 'of two')
  expect(kept()).toMatchObject([
    { label: 'b', text: 'of one' },
    { label: 'a', text: 'of two' },
  ])
})

test('a pattern of which another tab has kept another text is not deleted unseen', async () => {
  const browser = new Browser()
  const tab = async () => (await editorRig(CASE_NETWORKS.embedded(), browser.tab())).editor
  const [one, two] = [await tab(), await tab()]
  await keepRule(one, { label: 'a', text: 'first' }, edited('', ''))
  await loadRules(two)
  await editRule(two, 'a')
  await keepRule(one, { label: 'a', text: 'second' }, edited('a', 'first'))
  await deleteDraft(two)
  expect(browser.stored.get('rules')).toEqual([{ label: 'a', text: 'second' }])
  expect(two.state.notice?.title).toBe('a is still there')
  await editRule(two, 'a')
  expect(two.state.draft?.text).toBe('second')
  await deleteDraft(two)
  expect(browser.stored.get('rules')).toEqual([])
})

test('two tabs that make a pattern of one name lose neither text', async () => {
  const browser = new Browser()
  const tab = async () => (await editorRig(CASE_NETWORKS.embedded(), browser.tab())).editor
  const [one, two] = [await tab(), await tab()]
  await keepRule(one, { label: 'a', text: 'of one' }, edited('', ''))
  await keepRule(two, { label: 'a', text: 'of two' }, edited('', ''))
  const kept = browser.stored.get('rules') as { label: string; text: string }[]
  expect(kept.map((r) => [r.label, r.text])).toEqual([
    ['a', 'of two'],
    ['a, from another tab', 'of one'],
  ])
})

test('two tabs that write the same pattern, or new ones, write two drafts', async () => {
  const browser = new Browser()
  const tab = async () => (await editorRig(CASE_NETWORKS.embedded(), browser.tab())).editor
  const [one, two] = [await tab(), await tab()]
  await keepRule(one, { label: 'a', text: 'kept' }, edited(''))
  await loadRules(two)
  for (const label of ['a', null]) {
    await Promise.all([editRule(one, label), editRule(two, label)])
    changeDraft(one, { text: 'of one' })
    changeDraft(two, { text: 'of two' })
    await Promise.all([closeRule(one), closeRule(two)])
    await editRule(one, label)
    const newest = one.state.draft?.text
    const [other] = one.state.otherDrafts.length > 0 ? one.state.otherDrafts : [(await listed(one)).at(-1)]
    await openOther(one, other!.id)
    expect([newest, one.state.draft?.text].toSorted()).toEqual(['of one', 'of two'])
    revertDraft(one)
    await closeRule(one)
    for (const { id } of await listed(one)) await dropOther(one, id)
  }
})

/** The other drafts, once they are listed. */
async function listed(editor: Editor) {
  await editRule(editor, 'nothing')
  await new Promise((done) => setTimeout(done))
  await closeRule(editor)
  return editor.state.otherDrafts
}

test('earlier texts and deleted patterns can be brought back; a new name takes the texts along', async () => {
  const { editor } = await editorRig(CASE_NETWORKS.embedded(), new Browser().tab())
  await keepRule(editor, { label: 'a', text: 'first' }, edited('', ''))
  await keepRule(editor, { label: 'a', text: 'second' }, edited('a', 'first'))
  await keepRule(editor, { label: 'b', text: 'third' }, edited('a', 'second'))
  expect(editor.state.rules).toEqual([{ label: 'b', text: 'third' }])
  expect(Object.keys(editor.state.versions)).toEqual(['b'])
  expect(editor.state.versions['b']?.map((v) => v.rule.text)).toEqual(['second', 'first'])
  await removeRule(editor, 'b')
  expect(deletedAmong(editor.state.versions, editor.state.rules).map((d) => d.label)).toEqual(['b'])
  await bringBackRule(editor, 'b')
  expect(editor.state.rules).toEqual([{ label: 'b', text: 'third' }])
})

test('a folder, a benefit and off are kept with a pattern, and outlive a new text of it', async () => {
  const browser = new Browser()
  const { editor } = await editorRig(CASE_NETWORKS.embedded(), browser.tab())
  await keepRule(editor, { label: 'a', text: 'first' }, edited('', ''))
  await moveToFolder(editor, 'a', ' Norms ')
  await keepDecisions(editor, ['a', 'of the library'], { off: true, benefit: 7 })
  const kept = { label: 'a', text: 'first', folder: 'Norms', off: true, benefit: 7 }
  expect(browser.stored.get('rules')).toEqual([kept])
  await editRule(editor, 'a')
  changeDraft(editor, { text: 'second' })
  editor.set({ draftReport: { type: 'good', name: 'a', equation: '', benefit: 1, exactness: null } })
  await saveDraft(editor)
  expect(browser.stored.get('rules')).toEqual([{ ...kept, text: 'second' }])
  await keepDecisions(editor, ['a'], { off: undefined })
  await moveToFolder(editor, 'a', '')
  expect(browser.stored.get('rules')).toEqual([{ label: 'a', text: 'second', benefit: 7 }])
})

test('code of others does not run while it is written either, before one agrees', async () => {
  const { editor } = await editorRig(CASE_NETWORKS.embedded(), new Browser().tab())
  const foreign = { label: 'a', text: 'code', language: 'ts', foreign: true, agreed: false } as const
  await keepRule(editor, foreign, edited('', ''))
  await editRule(editor, 'a')
  changeDraft(editor, { text: 'changed' })
  await refreshDraft(editor)
  expect(editor.session?.sandboxes.size).toBe(0)
  await agreeToDraft(editor)
  expect(editor.state.draft).toEqual({
    label: 'a',
    name: 'a',
    text: 'changed',
    saved: 'code',
    language: 'ts',
    foreign: true,
  })
  expect(editor.state.rules[0]).toEqual({ label: 'a', text: 'code', language: 'ts', foreign: true })
})

test('patterns travel in addresses; code waits for a yes, what is damaged or too long is refused', async () => {
  const rule = { label: 'Ünï "x"', text: 'y = Relu(x)\n=>\ny = x\n' }
  const packed = (await packPattern(rule))!
  expect(packed).toMatch(/^[\w-]+$/)
  const { editor } = await editorRig(CASE_NETWORKS.embedded(), new Browser().tab())
  const code = (await packPattern({ label: 'c', text: 'export {}', language: 'ts' }))!
  const linked = await takeLinked(editor, [packed, code, 'nonsense', packed.slice(4)])
  expect(linked).toEqual({ added: [rule.label, 'c'], again: [], waits: true, damaged: true })
  expect(editor.state.rules).toEqual([
    { ...rule, off: true },
    { label: 'c', text: 'export {}', language: 'ts', foreign: true, agreed: false, off: true },
  ])
  expect((await takeLinked(editor, [packed])).added).toEqual([])
  await removeRule(editor, rule.label)
  const back = await takeLinked(editor, [packed])
  expect(back.again).toEqual([rule.label])
  editor.set({ notice: null })
  await showLinked(editor, back)
  expect(editor.state.notice?.detail).toContain(`You had deleted ${rule.label}, and the link brings it back.`)
  const posing = (await packPattern({ label: DRAFT, text: 'y = Abs(x)\n=>\ny = x\n' }))!
  expect((await takeLinked(editor, [posing])).added).toEqual([`${DRAFT} (2)`])
  let seed = 13
  const noise = Array.from({ length: 12_000 }, () => {
    seed = (seed * 1103515245 + 12345) % 2147483648
    return String.fromCharCode(33 + (seed % 89))
  }).join('')
  expect(await packPattern({ label: 'long', text: noise })).toBeNull()
  const bomb = (await packPattern({ label: 'bomb', text: ' '.repeat(3e6) }))!
  await expect(unpackPattern(bomb)).rejects.toThrow('too long')
})

test('patterns come and go as files; code waits for a yes, a name that is taken gets a number', async () => {
  const { editor } = await editorRig(CASE_NETWORKS.embedded(), new Browser().tab())
  const saved = new Map<string, string>()
  editor.platform.save = (name, content) => void saved.set(name, new TextDecoder().decode(content as Uint8Array))
  const rules = '# one\nrule "A"\ny = Relu(x)\n=>\ny = x\n\n# two\nrule "B"\ny = Neg(x)\n=>\ny = x\n'
  const given = (name: string, text: string) => ({ path: name, file: new File([text], name) })
  await importPatterns(editor, [
    given('two.rules', rules),
    given('mine.ts', 'export {}'),
    given('bad.rules', 'nonsense'),
    given('none.rules', 'rule "C"\ny = Sigmoyd(x)\n=>\ny = Sigmoid(x)\n'),
  ])
  expect(editor.state.rules).toEqual([
    { label: 'A', text: '# one\nrule "A"\ny = Relu(x)\n=>\ny = x\n' },
    { label: 'B', text: '# two\nrule "B"\ny = Neg(x)\n=>\ny = x\n' },
    { label: 'mine', text: 'export {}', language: 'ts', foreign: true, agreed: false },
  ])
  expect(editor.state.notice?.title).toBe('A, B, mine are among your patterns')
  expect(editor.state.notice?.detail).toMatch(/bad\.rules: line 1/)
  expect(editor.state.notice?.detail).toMatch(/none\.rules: .*Sigmoyd.*Sigmoid/)
  await importPatterns(editor, [given('more.rules', 'rule "A"\ny = Abs(x)\n=>\ny = x\n')])
  expect(editor.state.rules.at(-1)?.label).toBe('A (2)')
  exportPatterns(editor)
  expect(saved.get('my-patterns.rules')).toContain('rule "A (2)"\ny = Abs(x)')
  expect(saved.get('mine.ts')).toBe('export {}')
})

test('a file that is taken in while a text is written that cannot be read leaves what is shown, and is told', async () => {
  const { editor } = await editorRig(CASE_NETWORKS.embedded(), new Browser().tab())
  const text = 'rule "T"\ny = Relu(x)\n=>\ny = xr('
  editor.set({
    draft: { label: '', name: '', text, saved: '' },
    draftReport: reportOf(text),
    chosen: DRAFT,
    patterns: [{ ...editor.state.patterns[0]!, label: DRAFT, type: 'rewriter' }, ...editor.state.patterns],
  })
  await importPatterns(editor, [{ path: 'a', file: new File(['rule "A"\ny = Abs(x)\n=>\ny = x\n'], 'a.rules') }])
  await refreshMatches(editor)
  await refreshMisses(editor)
  expect(editor.state.chosen).toBe(DRAFT)
  expect(editor.state.notice?.title).toBe('A is among your patterns')
})

test.each([
  ['empty.ts', '  ', /empty\.ts: is empty/],
  ['empty.rules', '', /empty\.rules: is empty/],
  ['film.ts', '\x47\0\x01', /film\.ts: is no text/],
  ['bytes.py', new Uint8Array([0x8f, 1, 254]), /bytes\.py: is no text/],
  ['large.rules', '# '.repeat(3 << 20), /large\.rules: has more than 4 MB/],
  ['none.py', 'x = 1\n', /hold no patterns/],
  [
    'named.rules',
    `rule "${'x'.repeat(201)}"\ny = Relu(x)\n=>\ny = x\n`,
    /has a name of 201 characters: 200 are enough/,
  ],
  [
    'many.rules',
    Array.from({ length: 501 }, (_, i) => `rule "${i}"\ny = Relu(x)\n=>\ny = x\n`).join('\n'),
    /many\.rules: holds 501 rules, and a page at most 500 of one file/,
  ],
  ['prose.ts', 'Dear reader, this is a letter, and no program.\n', /prose\.ts: line 1: this is no TypeScript/],
  ['word.ts', 'Notes\n', /word\.ts: exports nothing, and is no pattern: write export class MyPattern/],
  ['half.ts', 'export class A extends PatternRewriter {\n', /half\.ts: line 2: this is no TypeScript/],
])('%s is none of patterns, and it is said', async (name, content, why) => {
  const { editor } = await editorRig(CASE_NETWORKS.embedded(), new Browser().tab())
  await importPatterns(editor, [{ path: name, file: new File([content], name) }])
  expect(editor.state.rules).toEqual([])
  expect(editor.state.notice?.title).toBe('Nothing new was taken in')
  expect(editor.state.notice?.detail).toMatch(why)
})

test('what is there already is said, not that it was kept', async () => {
  const { editor } = await editorRig(CASE_NETWORKS.embedded(), new Browser().tab())
  const again = { path: 'a.rules', file: new File(['rule "A"\ny = Relu(x)\n=>\ny = x\n'], 'a.rules') }
  await importPatterns(editor, [again])
  await importPatterns(editor, [again])
  expect(editor.state.notice?.detail).toBe('What is in the files is there already.')
})

test.each(['constructor', '__proto__', 'toString'])(
  'a pattern called %s gets another name and is brought back',
  async (label) => {
    const tab = new Browser().tab()
    const { editor } = await editorRig(CASE_NETWORKS.embedded(), tab)
    const text = 'y = Relu(x)\n=>\ny = x\n'
    await keepRule(editor, { label, text }, edited(''))
    expect(ownValue<unknown>(editor.state.codeFaults, label)).toBeUndefined()
    await keepRule(editor, { label: 'other', text }, { label, saved: label })
    expect(editor.state.rules).toEqual([{ label: 'other', text }])
    await keepRule(editor, { label, text: `${text}# 2\n` }, edited('other'))
    await removeRule(editor, label)
    await bringBackRule(editor, label)
    expect(editor.state.rules.at(-1)?.text).toBe(`${text}# 2\n`)
  },
)

test('a rule that cannot be kept is there all the same, and it is said', async () => {
  const browser = new Browser()
  browser.refuse = () => new Error('denied')
  const { editor } = await editorRig(CASE_NETWORKS.embedded(), browser.tab())
  const told: string[] = []
  editor.store.subscribe(({ notice }) => void (notice && told.push(notice.title)))
  await keepRule(editor, { label: 'a', text: 'a' }, edited(''))
  expect(editor.state.rules).toEqual([{ label: 'a', text: 'a' }])
  expect(told).toContain('The rule cannot be kept in this browser')
})

test('a rule that the engine cannot check is no failure of the page: it is said, unless the network was left', async () => {
  const { editor } = await editorRig(CASE_NETWORKS.embedded())
  expect(await checkRule(editor, 'a')).toBeNull()
  expect(editor.state.notice?.title).toBe('The rule could not be checked')
  editor.set({ notice: null })
  const late = checkRule(editor, 'a')
  editor.session?.end()
  editor.session = null
  expect(await late).toBeNull()
  expect(editor.state.notice).toBeNull()
})

describe('what is written', () => {
  const soon = () => new Promise((done) => setTimeout(done, 260))
  test('outlives the panel and the page, and is given up by reverting only', async () => {
    const browser = new Browser()
    const rig = async () => (await editorRig(CASE_NETWORKS.embedded(), browser.tab())).editor
    const one = await rig()
    await keepRule(one, { label: 'a', text: 'kept' }, edited(''))
    await editRule(one, 'a')
    changeDraft(one, { text: 'written' })
    await closeRule(one)
    expect(one.state.draft).toBeNull()
    await editRule(one, 'a')
    expect(one.state.draft).toEqual({ label: 'a', name: 'a', text: 'written', saved: 'kept' })
    changeDraft(one, { text: 'and more' })
    await soon()
    browser.close()
    const two = await rig()
    await loadDraft(two)
    expect(two.state.draft?.text).toBe('and more')
    await Promise.all([loadRules(two), editRule(two, null)])
    expect(two.state.draft?.text).toMatch(/^rule "My rule"/)
    await editRule(two, 'a')
    revertDraft(two)
    await closeRule(two)
    await editRule(two, 'a')
    expect(two.state.draft?.text).toBe('kept')
  })
  test('is kept while one types on, and until what is saved is kept', async () => {
    const browser = new Browser()
    const { editor } = await editorRig(CASE_NETWORKS.embedded(), browser.tab())
    const texts = (): string[] =>
      Object.values((browser.stored.get('rule-drafts') ?? {}) as Record<string, { text: string }>).map((d) => d.text)
    await editRule(editor, null)
    for (let i = 0; i < 8; i++) {
      changeDraft(editor, { text: `written ${i}` })
      await new Promise((done) => setTimeout(done, 50))
    }
    expect(texts()).toEqual([expect.stringMatching(/^written [2-7]$/) as string])
    changeDraft(editor, { text: 'at last' })
    await soon()
    // Every state of the storage that a crash could leave has the text.
    const states: boolean[] = []
    const { set } = editor.platform.storage
    editor.platform.storage.set = async (key, value) => {
      await set.call(editor.platform.storage, key, value)
      const rules = (browser.stored.get('rules') ?? []) as { text: string }[]
      states.push(texts().includes('at last') || rules.some((r) => r.text === 'at last'))
    }
    editor.set({ draftReport: { type: 'good', name: 'a', equation: '', benefit: 1, exactness: null } })
    await saveDraft(editor)
    expect([states.length > 1, states.includes(false)]).toEqual([true, false])
    expect(texts()).toEqual([])
  })
  test('is kept as it stands: a text that was changed a moment ago is read first, and says why it is not kept', async () => {
    const browser = new Browser()
    const { editor } = await editorRig(CASE_NETWORKS.embedded(), browser.tab())
    // The engine reads it.
    const { engine } = editor.session!
    const call = engine.call.bind(engine) as (name: string, args: unknown) => Promise<unknown>
    const answer = (name: string, args: unknown) =>
      name === 'checkRule' ? Promise.resolve(reportOf((args as { text: string }).text)) : call(name, args)
    engine.call = answer as typeof engine.call
    await editRule(editor, null)
    expect(editor.state.draftReport).toBeNull()
    const good = 'rule "Twice"\ny = Relu(Relu(x))\n=>\ny = Relu(x)'
    changeDraft(editor, { text: good })
    await refreshDraft(editor)
    changeDraft(editor, { text: good.replace('Relu(x)', 'Relu(z') })
    expect(await saveDraft(editor)).toBeNull()
    expect(editor.state.notice?.detail).toMatch(/expected/)
    expect(browser.stored.get('rules') ?? []).toEqual([])
    changeDraft(editor, { text: good.replace('Twice', 'Thrice') })
    expect(await saveDraft(editor)).toMatchObject({ label: 'Thrice' })
    expect(browser.stored.get('rules')).toMatchObject([{ label: 'Thrice', text: good.replace('Twice', 'Thrice') }])
  })
  test('is not kept under the name of a pattern of the library, nor of another rule of one’s own', async () => {
    const { editor } = await editorRig(CASE_NETWORKS.embedded(), new Browser().tab())
    const pattern = { label: 'No-op', rule: undefined } as never
    await keepRule(editor, { label: 'a', text: 'kept' }, edited(''))
    editor.set({ patterns: [pattern] })
    for (const name of ['No-op', 'a']) {
      await editRule(editor, null)
      changeDraft(editor, { name })
      editor.set({ draftReport: { type: 'good', name: 'x', equation: '', benefit: 1, exactness: null } })
      expect(await saveDraft(editor)).toBeNull()
      expect(editor.state.notice?.detail).toMatch(new RegExp(`called ${name} already`))
      expect(editor.state.draft?.name).toBe(name)
    }
  })
})

describe('a trial in parts', () => {
  const part = (more: Partial<RuleTestPart>): RuleTestPart => ({
    verdict: 'equal',
    endless: false,
    claim: 'rounding',
    instances: 10,
    matched: 5,
    compared: 5,
    largest: 0,
    reason: '',
    counterexample: null,
    examples: [],
    ...more,
  })
  const wrong = (kinds: string[]) => ({ kinds, before: new Uint8Array(4), after: null })
  test('keeps the smaller counterexample, and what was compared', () => {
    const a = part({ verdict: 'differs', reason: 'a', counterexample: wrong(['Add', 'Neg']) })
    const b = part({ verdict: 'differs', reason: 'b', counterexample: wrong(['Add']) })
    expect(together(a, b)).toMatchObject({ verdict: 'differs', reason: 'b', matched: 10 })
    expect(together(part({ verdict: 'not-proved', compared: 0 }), part({ largest: 1e-6 })).verdict).toBe('rounding')
    const none = part({ verdict: 'not-proved', compared: 0, matched: 0, reason: 'none' })
    expect(together(none, part({ verdict: 'cannot-run', compared: 0, reason: 'no kernel' }))).toMatchObject({
      verdict: 'cannot-run',
      reason: 'no kernel',
    })
  })
  test('an example that does not hold is as good as a counterexample', () => {
    const examples = [{ title: 'one', line: 4, holds: false, reason: 'it matches nowhere' }]
    expect(trialOf(part({ examples }))).toEqual({
      verdict: 'differs',
      text: 'differs from what its example "one" says: it matches nowhere',
    })
    expect(trialOf(part({}))).toEqual({ verdict: 'equal', text: 'equal on 5 networks' })
  })
})

describe('a rule of a selection', () => {
  test('keeps the right side that a person wrote, and follows where it is the same as it was', () => {
    const made = (left: string, right = left) => `rule "R"\n${left}\n=>\n${right}\n`
    expect(withOwnRight(made('a'), made('a'), made('b'))).toBe(made('b'))
    expect(withOwnRight(made('a', 'mine'), made('a'), made('b'))).toBe(made('b', 'mine'))
    expect(withOwnRight('no rule', made('a'), made('b'))).toBe(made('b'))
  })
  test('is made of layers that are there, and says why where it cannot be', () => {
    const network = net('in x float32[2]\ny = Mul(x, Sigmoid(x))\nout y')
    const ids = network.getLayers().map((l) => l.id)
    expect(ruleOf(network, ids, new Map())).toMatchObject({
      type: 'made',
      text: expect.stringMatching(/y = Mul\(x, Sigmoid\(x\)\)\n=>/) as string,
    })
    expect(ruleOf(network, [999], new Map())).toMatchObject({
      type: 'refused',
      reason: expect.stringMatching(/Nothing is selected/) as string,
    })
  })
})

test('a copy of a rule has a name of its own, and says where code does more than the text', async () => {
  const { editor } = await editorRig(CASE_NETWORKS.embedded(), new Browser().tab())
  const source = (text: string, hasCode: boolean) => ({ label: 'Neg', source: { text, hasCode } }) as never
  editor.set({ patterns: [source('rule "neg"\ny = Neg(Neg(x))\n=>\ny = x\n', true)] })
  copyRule(editor, 'Neg')
  expect(editor.state.draft?.text).toBe(
    '# In the library code checks or makes more than this text says: test it by numbers.\n' +
      'rule "Neg, my own"\ny = Neg(Neg(x))\n=>\ny = x\n',
  )
  editor.set({ patterns: [source('y = Neg(Neg(x))\n=>\ny = x\n', false)] })
  copyRule(editor, 'Neg')
  expect(editor.state.draft?.text).toMatch(/^rule "Neg, my own"\s+y = Neg/)
})

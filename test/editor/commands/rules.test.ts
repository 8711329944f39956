import { describe, expect, test } from 'vitest'
import {
  changeDraft,
  closeRule,
  copyRule,
  editRule,
  loadDraft,
  revertDraft,
  saveDraft,
} from '../../../src/editor/commands/match/drafts'
import { together, trialOf } from '../../../src/editor/commands/match/rule-trial'
import type { RuleTestPart } from '../../../src/editor/protocol/verify-calls'
import { withOwnRight } from '../../../src/editor/commands/match/rule-of-selection'
import { ruleOf } from '../../../src/editor/engine-worker/rule-check'
import { net } from '../../patterns/notation'
import { importPatterns, exportPatterns } from '../../../src/editor/commands/match/pattern-files'
import { checkRule } from '../../../src/editor/commands/match/refresh-draft'
import { keepRule, loadRules, removeRule } from '../../../src/editor/commands/match/rules'
import { CASE_NETWORKS } from '../../engine/case-networks'
import { Browser, editorRig } from '../rig'

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
  ])
  expect(editor.state.rules).toEqual([
    { label: 'A', text: '# one\nrule "A"\ny = Relu(x)\n=>\ny = x\n' },
    { label: 'B', text: '# two\nrule "B"\ny = Neg(x)\n=>\ny = x\n' },
    { label: 'mine', text: 'export {}', language: 'ts', agreed: false },
  ])
  expect(editor.state.notice?.detail).toMatch(/bad\.rules: line 1/)
  await importPatterns(editor, [given('more.rules', 'rule "A"\ny = Abs(x)\n=>\ny = x\n')])
  expect(editor.state.rules.at(-1)?.label).toBe('A (2)')
  exportPatterns(editor)
  expect(saved.get('my-patterns.rules')).toContain('rule "A (2)"\ny = Abs(x)')
  expect(saved.get('mine.ts')).toBe('export {}')
})

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

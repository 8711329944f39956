import { expect, test } from 'vitest'
import { checkRule, loadRules, removeRule, saveRule } from '../../../src/editor/commands/match/rules'
import { CASE_NETWORKS } from '../../engine/case-networks'
import { Browser, editorRig } from '../rig'

test('two tabs that write rules lose nothing of each other’s, and what one removes is gone', async () => {
  const browser = new Browser()
  const tab = async () => (await editorRig(CASE_NETWORKS.embedded(), browser.tab())).editor
  const [one, two] = [await tab(), await tab()]
  await Promise.all([loadRules(one), loadRules(two)])
  const rule = (label: string, text = label) => ({ label, text })
  await Promise.all([saveRule(one, rule('a'), ''), saveRule(two, rule('b'), '')])
  await saveRule(one, rule('a2'), 'a')
  await saveRule(two, rule('c'), '')
  const labels = () => (browser.stored.get('rules') as { label: string }[]).map((r) => r.label).toSorted()
  expect(labels()).toEqual(['a2', 'b', 'c'])
  expect(two.state.rules.map((r) => r.label).toSorted()).toEqual(['a2', 'b', 'c'])
  await removeRule(one, 'b')
  expect(labels()).toEqual(['a2', 'c'])
})

test('a rule that cannot be kept is there all the same, and it is said', async () => {
  const browser = new Browser()
  browser.refuse = () => new Error('denied')
  const { editor } = await editorRig(CASE_NETWORKS.embedded(), browser.tab())
  const told: string[] = []
  editor.store.subscribe(({ notice }) => void (notice && told.push(notice.title)))
  await saveRule(editor, { label: 'a', text: 'a' }, '')
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

/** A person's own rules: written, kept in the browser's storage, offered with the library. */
import type { OwnRule, RuleReport } from '../../protocol/match-info'
import type { Editor } from '../../editor'
import { offerAnew } from './library'
import { choosePattern } from './patterns'

/** A rule to begin with. */
export const FIRST_RULE = `rule "My rule"
y = Mul(x, Sigmoid(x))
=>
y = Swish<alpha=1>(x)
where x.dtype in [float32, float16]
`

/** Takes up the rules that were kept; without storage there are none. */
export async function loadRules(editor: Editor): Promise<void> {
  try {
    const rules = await editor.platform.storage.get('rules')
    if (!Array.isArray(rules)) return
    editor.set({ rules: rules as OwnRule[] })
    editor.storedRules = labelsOf(editor.state.rules)
  } catch {
    editor.say('Rules cannot be kept in this browser')
  }
}

export function editRule(editor: Editor, label: string | null): void {
  const known = editor.state.rules.find((r) => r.label === label)
  editor.set({ draft: known ?? { label: '', text: FIRST_RULE }, dialog: 'rule' })
}

/** What is to be said of a text; null without a network, and where it cannot be checked, which is told. */
export async function checkRule(editor: Editor, text: string): Promise<RuleReport | null> {
  const report = await editor.scoped('The rule could not be checked', (session, live) =>
    live(session.engine.call('checkRule', { text })),
  )
  return report ?? null
}

/** Keeps a rule under a name in place of the one that was edited, and shows where it matches. */
export async function saveRule(editor: Editor, rule: OwnRule, before: string): Promise<void> {
  await changeRules(editor, (rules) => [...rules.filter((r) => r.label !== rule.label && r.label !== before), rule])
  editor.set({ dialog: null, draft: null })
  await choosePattern(editor, rule.label)
}

export async function removeRule(editor: Editor, label: string): Promise<void> {
  await changeRules(editor, (rules) => rules.filter((r) => r.label !== label))
  editor.say(`${label} is gone`)
}

const labelsOf = (rules: readonly OwnRule[]): ReadonlySet<string> => new Set(rules.map((r) => r.label))

/** Changes what is kept, which another tab may have added to, along with what is only here. */
async function changeRules(editor: Editor, change: (rules: readonly OwnRule[]) => readonly OwnRule[]): Promise<void> {
  const { storage, tab } = editor.platform
  try {
    await tab.alone('rules', async () => {
      const stored = await storage.get('rules')
      const kept = Array.isArray(stored) ? (stored as OwnRule[]) : []
      const labels = labelsOf(kept)
      // What was there and is there no more, another tab has removed.
      const ours = editor.state.rules.filter(({ label }) => !labels.has(label) && !editor.storedRules.has(label))
      const rules = change([...kept, ...ours])
      await storage.set('rules', rules)
      editor.set({ rules })
      editor.storedRules = labelsOf(rules)
    })
  } catch (error) {
    editor.set({ rules: change(editor.state.rules) })
    editor.fail('The rule cannot be kept in this browser', error)
  }
  await offerAnew(editor)
}

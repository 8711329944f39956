/** A person's own rules: kept in the browser's storage, offered with the library. */
import type { OwnRule } from '../../protocol/match-info'
import type { Editor } from '../../editor'
import { changedPatterns } from '../../state/pattern-slice'
import { forgetFault } from './code'
import { offerAnew } from './library'

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

/**
 * Keeps a pattern under a name in place of the one that was edited. Where another tab has kept another text of it meanwhile, both
 * stay: that one under a name of its own.
 */
export async function keepRule(
  editor: Editor,
  rule: OwnRule,
  edited: { readonly label: string; readonly saved: string },
): Promise<void> {
  let aside: string | null = null
  await changeRules(editor, (rules) => {
    const isReplaced = (r: OwnRule): boolean => r.label === rule.label || r.label === edited.label
    const others = rules.filter((r) => !isReplaced(r))
    const foreign = rules.find((r) => r.label === edited.label && r.text !== edited.saved && r.text !== rule.text)
    if (!foreign) return [...others, rule]
    const label = freeLabel(`${foreign.label}, from another tab`, [...others, rule])
    aside = label
    return [...others, rule, { ...foreign, label }]
  })
  if (aside === null) return
  const detail = `Another tab had kept another text of it meanwhile. That one is here too, as "${aside}".`
  editor.set({ notice: { title: `${rule.label} is saved`, detail } })
}

/** A name that none of these has. */
export function freeLabel(wish: string, rules: readonly Pick<OwnRule, 'label'>[]): string {
  const taken = new Set(rules.map((r) => r.label))
  let label = wish
  for (let n = 2; taken.has(label); n++) label = `${wish} (${n})`
  return label
}

/** The person lets code that came with a session or a file run, or starts again what was off. */
export async function startAgain(editor: Editor, label: string): Promise<void> {
  forgetFault(editor, label)
  await changeRules(editor, (rules) =>
    rules.map((r) => {
      if (r.label !== label) return r
      const { agreed: _, ...rest } = r
      return rest
    }),
  )
  switchOn(editor, label)
}

function switchOn(editor: Editor, label: string): void {
  if (!editor.state.codeFaults[label]) editor.set(changedPatterns(editor.state, new Set([label]), { on: true }))
}

export async function removeRule(editor: Editor, label: string): Promise<void> {
  await changeRules(editor, (rules) => rules.filter((r) => r.label !== label))
  editor.say(`${label} is gone`)
}

const labelsOf = (rules: readonly OwnRule[]): ReadonlySet<string> => new Set(rules.map((r) => r.label))

/** Changes what is kept, which another tab may have added to, along with what is only here. */
export async function changeRules(
  editor: Editor,
  change: (rules: readonly OwnRule[]) => readonly OwnRule[],
): Promise<void> {
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

/** A person's own patterns in the browser's storage, which other tabs write too. */
import type { OwnRule } from '../../protocol/match-info'
import type { Editor } from '../../editor'
import { readVersions, withLost, writeVersions } from '../../file/versions'

/** What a person decided about patterns of their own holds for every network. */
export async function keepDecisions(
  editor: Editor,
  labels: readonly string[],
  decided: { readonly off?: boolean | undefined; readonly benefit?: number },
): Promise<void> {
  const own = labels.filter((label) => editor.state.rules.some((r) => r.label === label))
  if (own.length > 0)
    await storeRules(editor, (rules) => own.reduce((all, label) => withValues(all, label, decided), rules), null)
}

type Changes = { readonly [K in 'folder' | 'off' | 'benefit']?: OwnRule[K] | undefined }

/** With other values for one of them; a field without a value goes. */
export function withValues(rules: readonly OwnRule[], label: string, to: Changes): readonly OwnRule[] {
  return rules.map((r) => {
    if (r.label !== label) return r
    return Object.fromEntries(
      Object.entries({ ...r, ...to }).filter(([, value]) => value !== undefined),
    ) as unknown as OwnRule
  })
}

export const labelsOf = (rules: readonly OwnRule[]): ReadonlySet<string> => new Set(rules.map((r) => r.label))

/** A pattern that has another name now. */
export type Renamed = { readonly from: string; readonly to: string } | null

/** Changes what is kept, and keeps what is lost by it as earlier texts; the engine is not told. @returns whether it could be kept */
export async function storeRules(
  editor: Editor,
  change: (rules: readonly OwnRule[]) => readonly OwnRule[],
  renamed: Renamed,
): Promise<boolean> {
  const { storage, tab } = editor.platform
  try {
    await tab.alone('rules', async () => {
      const stored = await storage.get('rules')
      const kept = Array.isArray(stored) ? (stored as OwnRule[]) : []
      const labels = labelsOf(kept)
      // What was there and is there no more, another tab has removed.
      const ours = editor.state.rules.filter(({ label }) => !labels.has(label) && !editor.storedRules.has(label))
      const before = [...kept, ...ours]
      const rules = change(before)
      const known = await readVersions(storage)
      const versions = withLost(known, before, rules, renamed, Date.now())
      // The earlier texts first: whatever ends the page between the two, none is lost.
      if (versions !== known) await writeVersions(storage, versions)
      await storage.set('rules', rules)
      editor.set({ rules, versions })
      editor.storedRules = labelsOf(rules)
    })
    return true
  } catch (error) {
    editor.set({ rules: change(editor.state.rules) })
    editor.fail('The rule cannot be kept in this browser', error)
    return false
  }
}

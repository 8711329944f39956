/** A person's own rules: kept in the browser's storage with their earlier texts, offered with the library. */
import type { OwnRule } from '../../protocol/match-info'
import type { Editor } from '../../editor'
import { readVersions } from '../../file/versions'
import { ownValue } from '../../state/own-value'
import { changedPatterns } from '../../state/pattern-slice'
import { forgetFault } from './code'
import { offerAnew } from './library'
import { labelsOf, storeRules, withValues } from './own-patterns'
import type { Renamed } from './own-patterns'

/** Takes up the rules that were kept; without storage there are none. */
export async function loadRules(editor: Editor): Promise<void> {
  const { storage } = editor.platform
  try {
    const [rules, versions] = await Promise.all([storage.get('rules'), readVersions(storage)])
    editor.set({ versions })
    if (!Array.isArray(rules)) return
    editor.set({ rules: rules as OwnRule[] })
    editor.storedRules = labelsOf(editor.state.rules)
  } catch {
    editor.say('Rules cannot be kept in this browser')
  }
}

/**
 * Keeps a pattern under a name in place of the one that was edited, whose folder, benefit and the like it takes over as they are by
 * now. Where another tab has kept another text under one of these names meanwhile, both stay: that one under a name of its own.
 * @param stored done once it is kept, before the engine is told, which takes a while on a large network
 * @returns whether it could be kept
 */
export async function keepRule(
  editor: Editor,
  rule: OwnRule,
  edited: { readonly label: string; readonly saved: string },
  stored?: () => Promise<void>,
): Promise<boolean> {
  const aside: string[] = []
  const isEdited = (r: OwnRule): boolean => r.label === edited.label
  const known = editor.state.rules.find(isEdited)
  const isKept = await changeRules(
    editor,
    (rules) => {
      const isReplaced = (r: OwnRule): boolean => r.label === rule.label || isEdited(r)
      const { tried: _old, ...before } = rules.find(isEdited) ?? known ?? {}
      const kept = [...rules.filter((r) => !isReplaced(r)), { ...before, ...rule }]
      for (const r of rules.filter(isReplaced)) {
        const known = r.text === rule.text || (r.label === edited.label && r.text === edited.saved)
        if (known) continue
        const label = freeLabel(`${r.label}, from another tab`, kept)
        kept.push({ ...r, label })
        aside.push(label)
      }
      return kept
    },
    edited.label === '' ? null : { from: edited.label, to: rule.label },
    stored,
  )
  if (aside.length === 0) return isKept
  const detail = `Another tab had kept another text under this name meanwhile. That one is here too, as "${aside.join('", "')}".`
  editor.set({ notice: { title: `${rule.label} is saved`, detail } })
  return isKept
}

/** A name that none of these has. */
export function freeLabel(wish: string, rules: readonly Pick<OwnRule, 'label'>[]): string {
  const taken = new Set(rules.map((r) => r.label))
  let label = wish
  for (let n = 2; taken.has(label); n++) label = `${wish} (${n})`
  return label
}

/** The person lets code that came with a session, a file or a link run, or starts again what was off. */
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
  if (!ownValue(editor.state.codeFaults, label))
    editor.set(changedPatterns(editor.state, new Set([label]), { on: true }))
}

/**
 * It can be brought back from among the deleted ones.
 * @param text as it is known here: where another tab has kept another one meanwhile, that one stays
 */
export async function removeRule(editor: Editor, label: string, text?: string): Promise<void> {
  const isMeant = (r: OwnRule): boolean => r.label === label && (text === undefined || r.text === text)
  await changeRules(editor, (rules) => rules.filter((r) => !isMeant(r)))
  if (!editor.state.rules.some((r) => r.label === label)) return editor.say(`${label} is gone`)
  const detail = 'Another tab had kept another text under this name meanwhile: look at it first.'
  editor.set({ notice: { title: `${label} is still there`, detail } })
}

/** A pattern that was deleted is there again, as it was last. */
export async function bringBackRule(editor: Editor, label: string): Promise<void> {
  const last = ownValue(editor.state.versions, label)?.[0]
  if (!last) return
  await changeRules(editor, (rules) =>
    rules.some((r) => r.label === label) ? rules : [...rules, { ...last.rule, label }],
  )
  editor.say(`${label} is back`)
}

/** Puts a pattern into a folder; out of any for an empty name. */
export async function moveToFolder(editor: Editor, label: string, folder: string): Promise<void> {
  const name = folder.trim()
  const { folder: now = '' } = editor.state.rules.find((r) => r.label === label) ?? {}
  if (now === name) return
  await changeRules(editor, (rules) => withValues(rules, label, { folder: name === '' ? undefined : name }))
  editor.say(name === '' ? `${label} lies in no folder` : `${label} lies in ${name}`)
}

/**
 * Changes what is kept, which another tab may have added to, along with what is only here.
 * @param stored done once it is kept, before the engine is told
 * @returns whether it could be kept
 */
export async function changeRules(
  editor: Editor,
  change: (rules: readonly OwnRule[]) => readonly OwnRule[],
  renamed: Renamed = null,
  stored: () => Promise<void> = () => Promise.resolve(),
): Promise<boolean> {
  const isKept = await storeRules(editor, change, renamed)
  if (isKept) await stored()
  await offerAnew(editor)
  return isKept
}

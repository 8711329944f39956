/** What is in the library and takes part: the target, which patterns are on, what each is worth. */
import type { Target } from '../../../patterns'
import type { Editor } from '../../editor'
import type { PatternInfo } from '../../protocol/protocol'
import type { PatternState } from '../../store'
import { choosePattern } from './patterns'

/** The patterns that are offered now; what a person decided of one with the same name stays. */
export function patternStates(
  offered: readonly PatternInfo[],
  known: readonly Pick<PatternState, 'label' | 'on' | 'benefit'>[],
  counts: ReadonlyMap<string, number>,
): PatternState[] {
  const before = new Map(known.map((p) => [p.label, p]))
  return offered.map((p) => {
    const old = before.get(p.label)
    const count = counts.get(p.label) ?? null
    const on = old?.on ?? !p.optIn
    return { ...p, benefit: old?.benefit ?? p.benefit, on, count, everMatched: (count ?? 0) > 0 }
  })
}

/** Notes a count; nothing is drawn again where it is what it was. */
export function noteCount(editor: Editor, label: string, count: number): void {
  const known = editor.state.patterns.find((p) => p.label === label)
  if (!known || known.count === count) return
  change(editor, new Set([label]), { count, everMatched: known.everMatched || count > 0 })
}

function change(editor: Editor, labels: ReadonlySet<string>, by: Partial<PatternState>): void {
  editor.set({ patterns: editor.state.patterns.map((p) => (labels.has(p.label) ? { ...p, ...by } : p)) })
}

export function switchPatterns(editor: Editor, labels: readonly string[], on: boolean): void {
  change(editor, new Set(labels), { on })
}

export function setBenefit(editor: Editor, label: string, benefit: number): void {
  if (Number.isFinite(benefit)) change(editor, new Set([label]), { benefit })
}

/** Swaps the library for that of another target. */
export async function setTarget(editor: Editor, target: Target): Promise<void> {
  editor.set({ target })
  await offerAnew(editor)
  editor.say(`Patterns for ${target === 'ort' ? 'ONNX Runtime' : 'standard ONNX'}`)
}

/** Asks the engine for the patterns of the target and the rules as they are now. */
export async function offerAnew(editor: Editor): Promise<void> {
  await editor.inTurn(async (session) => {
    const { target, rules } = editor.state
    const offered = await session.engine.call('offer', { target, rules })
    if (session !== editor.session) return
    const before = editor.state.patterns
    const counts = new Map(before.flatMap((p) => (p.count === null ? [] : [[p.label, p.count] as const])))
    const patterns = patternStates(offered, before, counts)
    editor.set({ patterns })
    const { chosen } = editor.state
    await choosePattern(editor, patterns.some((p) => p.label === chosen) ? chosen : null)
  })
}

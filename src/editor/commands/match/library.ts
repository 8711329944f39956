/** What is in the library and takes part: the target, which patterns are on, what each is worth. */
import type { Target } from '../../../patterns'
import { DRAFT } from '../../protocol/match-info'
import type { Editor } from '../../editor'
import { changedPatterns, patternStates } from '../../state/pattern-slice'
import { startOwnCode } from './code'
import { keepDecisions } from './own-patterns'
import { choosePattern } from './patterns'

export function switchPatterns(editor: Editor, labels: readonly string[], on: boolean): void {
  editor.set(changedPatterns(editor.state, new Set(labels), { on }))
  void keepDecisions(editor, labels, { off: on ? undefined : true })
}

export function setBenefit(editor: Editor, label: string, benefit: number): void {
  if (!Number.isFinite(benefit)) return
  editor.set(changedPatterns(editor.state, new Set([label]), { benefit }))
  void keepDecisions(editor, [label], { benefit })
}

/** Swaps the library for that of another target. */
export async function setTarget(editor: Editor, target: Target): Promise<void> {
  editor.set({ target })
  await offerAnew(editor)
  editor.say(`Patterns for ${target === 'ort' ? 'ONNX Runtime' : 'standard ONNX'}`)
}

/** Asks the engine for the patterns of the target and the rules as they are now. */
export async function offerAnew(editor: Editor): Promise<void> {
  await editor.inTurn(async (session, live) => {
    await startOwnCode(editor)
    const { target, rules } = editor.state
    const offered = await live(session.engine.call('offer', { target, rules }))
    const before = editor.state.patterns
    const counts = new Map(before.flatMap((p) => (p.count === null ? [] : [[p.label, p.count] as const])))
    // What is being written is no part of what is offered, and stays.
    const writing = editor.state.draft ? before.filter((p) => p.label === DRAFT) : []
    const patterns = [...writing, ...patternStates(offered, before, counts, editor.state.codeFaults)]
    editor.set({ patterns })
    const { chosen } = editor.state
    await choosePattern(editor, patterns.some((p) => p.label === chosen) ? chosen : null)
  })
}

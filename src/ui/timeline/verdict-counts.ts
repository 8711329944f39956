import type { EditorState, StepInfo } from '../../editor'

/** How the checks of several steps came out, in words. */
export function verdictCounts(steps: readonly StepInfo[], verdicts: EditorState['verdicts']): string {
  let [equal, differs, unknown] = [0, 0, 0]
  for (const { node } of steps) {
    const check = verdicts.get(node)
    if (!check || check === 'checking') continue
    if (check.verdict === 'equal') equal++
    else if (check.verdict === 'different') differs++
    else unknown++
  }
  const parts = [differs > 0 && `${differs} differ`, equal > 0 && `${equal} equal`, unknown > 0 && `${unknown} not run`]
  return parts.filter(Boolean).join(' · ')
}

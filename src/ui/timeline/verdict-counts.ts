import type { EditorState, StepInfo } from '../../editor'

/** How the checks of several steps came out, in words, and why the first of those that cannot be run cannot; null for none. */
export function verdictCounts(
  steps: readonly StepInfo[],
  verdicts: EditorState['verdicts'],
): { readonly text: string; readonly fault: string | null } {
  let [equal, differs, unknown] = [0, 0, 0]
  let fault: string | null = null
  for (const { node } of steps) {
    const check = verdicts.get(node)
    if (!check || check === 'checking') continue
    if (check.verdict === 'equal') equal++
    else if (check.verdict === 'different') differs++
    else {
      unknown++
      fault ??= check.reason ?? ''
    }
  }
  const parts = [
    unknown > 0 && `${unknown} cannot run: ${fault}`,
    differs > 0 && `${differs} differ`,
    equal > 0 && `${equal} equal`,
  ]
  return { text: parts.filter(Boolean).join(' · '), fault }
}

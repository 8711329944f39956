/** What is to be said of the text of a rule, which is then offered as the one that is being written. Runs in the engine worker. */
import { RuleError, RuleSyntaxError } from '../../engine'
import { DRAFT } from '../protocol/match-info'
import type { RuleReport } from '../protocol/match-info'
import type { Workspace } from './workspace'

export function checkRule(workspace: Workspace, text: string): RuleReport {
  try {
    workspace.write(text)
    const { pattern, equation, benefit, exactness } = workspace.rewriter(DRAFT)
    return { type: 'good', name: pattern.name, equation, benefit, exactness }
  } catch (error) {
    if (error instanceof RuleSyntaxError) {
      const { line, column, expected, found, instead } = error
      return { type: 'bad', line, column, message: `expected ${expected}, found ${found}`, instead }
    }
    const message = error instanceof Error ? error.message : String(error)
    if (!(error instanceof RuleError)) return { type: 'bad', line: 1, column: 1, message, instead: null }
    const { reason, place, instead } = error
    return { type: 'bad', ...(place ?? { line: 1, column: 1 }), message: reason, instead }
  }
}

/** What is to be said of the text of a rule, which is then offered as the one that is being written. Runs in the engine worker. */
import { printRule, RuleError, ruleOfLayers, RuleSyntaxError, SelectionError } from '../../engine'
import type { Kept, LayerId, Network } from '../../engine'
import { DRAFT } from '../protocol/match-info'
import type { MadeRule, RuleReport } from '../protocol/match-info'
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

/** A rule whose left side is what these layers are; those that are gone are left out. */
export function ruleOf(network: Network, layers: readonly LayerId[], chosen: ReadonlyMap<string, Kept>): MadeRule {
  const found = layers.flatMap((id) => network.getLayer(id) ?? []).filter((l) => !l.isRemoved())
  try {
    const { graph, parts } = ruleOfLayers(found, chosen)
    return { type: 'made', text: printRule(graph), parts }
  } catch (error) {
    if (error instanceof SelectionError) return { type: 'refused', reason: error.message }
    throw error
  }
}

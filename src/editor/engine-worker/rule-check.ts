/** What is to be said of the text of a rule, on the open network. Runs in the engine worker. */
import { findMatches, Match, RuleError, RulePattern, RuleSyntaxError } from '../../engine'
import type { Network } from '../../engine'
import type { RuleReport } from '../protocol/match-info'

/** Counting further would make typing slow, and tells a person no more. */
const LONGEST = 400

export function checkRule(network: Network, text: string, now: () => number): RuleReport {
  const started = now()
  try {
    const pattern = new RulePattern(text, { schemas: network.schemas })
    let count = 0
    for (const found of findMatches(network, { label: pattern.name, pattern, benefit: 1 })) {
      if (found instanceof Match) count++
      if (now() - started > LONGEST) return { type: 'good', name: pattern.name, count, more: true }
    }
    return { type: 'good', name: pattern.name, count, more: false }
  } catch (error) {
    if (error instanceof RuleSyntaxError) {
      const { line, column, expected, found } = error
      return { type: 'bad', line, column, message: `expected ${expected}, found ${found}` }
    }
    if (error instanceof RuleError)
      return { type: 'bad', ...(error.place ?? { line: 1, column: 1 }), message: error.reason }
    return { type: 'bad', line: 1, column: 1, message: error instanceof Error ? error.message : String(error) }
  }
}

/** What is to be said of the text of a rule, which is then offered as the one that is being written. Runs in the engine worker. */
import {
  findMatches,
  Match,
  printRule,
  RuleError,
  ruleOfLayers,
  RulePattern,
  RuleSyntaxError,
  SelectionError,
} from '../../engine'
import type { Kept, Layer, LayerId, Network, RuleGraph, SelectionPart } from '../../engine'
import { DRAFT } from '../protocol/match-info'
import type { CountedPart, MadeRule, RuleReport } from '../protocol/match-info'
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

/** Milliseconds in which places are counted: a choice must not wait for what others would give. */
const COUNTING = 350

/** How many places match with each choice of each part, as far as there is time. */
function counted(
  network: Network,
  layers: readonly Layer[],
  chosen: ReadonlyMap<string, Kept>,
  parts: readonly SelectionPart[],
): CountedPart[] {
  const end = performance.now() + COUNTING
  const placesOf = (graph: RuleGraph): number => {
    const entry = { label: graph.name, benefit: 1, pattern: new RulePattern(graph, { schemas: network.schemas }) }
    let places = 0
    for (const match of findMatches(network, entry)) if (match instanceof Match) places++
    return places
  }
  const now = placesOf(ruleOfLayers(layers, chosen).graph)
  return parts.map((part) => {
    const counts: Partial<Record<Kept, number>> = { [part.kept]: now }
    for (const choice of part.choices) {
      if (choice === part.kept || performance.now() > end) continue
      counts[choice] = placesOf(ruleOfLayers(layers, new Map([...chosen, [part.key, choice]])).graph)
    }
    return { ...part, counts }
  })
}

/** A rule whose left side is what these layers are; those that are gone are left out. */
export function ruleOf(network: Network, layers: readonly LayerId[], chosen: ReadonlyMap<string, Kept>): MadeRule {
  const found = layers.flatMap((id) => network.getLayer(id) ?? []).filter((l) => !l.isRemoved())
  try {
    const { graph, parts } = ruleOfLayers(found, chosen)
    return { type: 'made', text: printRule(graph), parts: counted(network, found, chosen, parts) }
  } catch (error) {
    if (error instanceof SelectionError) return { type: 'refused', reason: error.message }
    throw error
  }
}

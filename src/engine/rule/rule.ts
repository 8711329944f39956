import type { Layer } from '../network/network'
import type { Tensor } from '../network/network'
import type { Schemas } from '../network/schemas'
import type { Match, MatchFailure, MatchResult } from '../pattern/match'
import { PatternRewriter } from '../pattern/pattern'
import { Builder } from './build'
import { buildRight, replaceResults } from './build-right'
import { NotKnownError } from './not-known'
import { compileRule } from './compile'
import type { CompiledRule } from './compile'
import type { RuleGraph } from './graph'
import { Matcher } from './matcher'
import type { RuleChecks } from './matcher'
import { parseRule } from './parse'
import { RuleMatch } from './rule-match'

/** Gives the values that replace the match's, by name; null gives up. */
export type RuleBuild = (b: Builder, match: RuleMatch) => Readonly<Record<string, Tensor>> | null

export interface RuleOptions extends RuleChecks {
  /** A right side that computes; it takes the place of the text's. */
  readonly build?: RuleBuild
  /** What is known of operators: the rule is held to it before it is used (`Schemas.newest(dialect)`, or a network's). */
  readonly schemas?: Schemas
}

/** A rule as a pattern like any other: managers, driver, stepping and canvas know no difference. */
export class RulePattern extends PatternRewriter {
  /** As it was written. */
  readonly graph: RuleGraph
  readonly rule: CompiledRule
  private readonly matcher: Matcher
  private readonly explainer: Matcher
  private readonly build: RuleBuild | null

  /** @throws RuleSyntaxError, RuleError */
  constructor(rule: string | RuleGraph, options: RuleOptions = {}) {
    const graph = typeof rule === 'string' ? parseRule(rule) : rule
    const compiled = compileRule(graph, options.schemas, options.build !== undefined)
    super(graph.name, { rootLayer: compiled.rootKinds, separateMatchRewrite: true })
    this.graph = graph
    this.rule = compiled
    this.matcher = new Matcher(compiled, options, false)
    this.explainer = new Matcher(compiled, options, true)
    this.build = options.build ?? null
  }

  override match(layer: Layer): MatchResult {
    return this.matcher.run(layer) ?? false
  }

  /** The match, or the deepest partial match and what stopped it. */
  override explain(layer: Layer): Match | MatchFailure | null {
    return this.explainer.run(layer)
  }

  override rewrite(layer: Layer, match: Match): boolean | void {
    if (!(match instanceof RuleMatch)) throw new TypeError('a rule rewrites only its own matches')
    try {
      if (!this.build) return buildRight(this.rule, match)
      const made = this.build(new Builder(layer.network, match), match)
      if (!made) return this.giveUp(layer)
      replaceResults(match, new Map(Object.entries(made)))
    } catch (error) {
      if (error instanceof NotKnownError) return this.giveUp(match.root, error.message)
      throw error
    }
  }
}

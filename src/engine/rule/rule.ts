import type { Layer } from '../network/network'
import type { Tensor } from '../network/network'
import type { Schemas } from '../network/schemas'
import type { Match, MatchFailure, MatchResult } from '../pattern/match'
import { PatternRewriter } from '../pattern/pattern'
import { Builder } from './build'
import { buildRight, replaceResults } from './build-right'
import { ImpossibleError, NotKnownError } from './not-known'
import { compileRule } from './compile'
import type { CompiledRule } from './compile'
import type { RuleGraph } from './graph'
import { Matcher } from './matcher'
import type { RuleChecks } from './matcher'
import { parseRule } from './parse'
import { RuleMatch } from './rule-match'
import { variantsOf } from './variants'

/** Gives the values that replace the match's, by name; null gives up. */
export type RuleBuild = (b: Builder, match: RuleMatch) => Readonly<Record<string, Tensor>> | null

/** What is said of a rule beside its text. */
export interface RuleOptions extends RuleChecks {
  /** A right side that computes; it takes the place of the text's. */
  readonly build?: RuleBuild
  /** What is known of operators: the rule is held to it before it is used (`Schemas.newest(dialect)`, or a network's). */
  readonly schemas?: Schemas
}

/** One of the plain rules that a rule stands for, ready to match. */
interface Variant {
  readonly rule: CompiledRule
  readonly matcher: Matcher
  readonly explainer: Matcher
}

interface Compiled {
  readonly schemas: Schemas | undefined
  readonly isBuilt: boolean
  readonly rules: readonly CompiledRule[]
}

/** What graphs were compiled to last: a library that is made again for each network is compiled for the first. */
const COMPILED = new WeakMap<RuleGraph, Compiled>()

function compiledOnce(graph: RuleGraph, schemas: Schemas | undefined, isBuilt: boolean): readonly CompiledRule[] {
  const known = COMPILED.get(graph)
  if (known && known.schemas === schemas && known.isBuilt === isBuilt) return known.rules
  const rules = variantsOf(graph).map((g) => compileRule(g, schemas, isBuilt))
  COMPILED.set(graph, { schemas, isBuilt, rules })
  return rules
}

/** A rule as a pattern like any other: managers, driver, stepping and canvas know no difference. */
export class RulePattern extends PatternRewriter {
  /** As it was written. */
  readonly graph: RuleGraph
  /** Code says more of it than its text: it checks what the text cannot say, or makes the right side. */
  readonly hasCode: boolean
  private readonly variants: readonly [Variant, ...Variant[]]
  private readonly build: RuleBuild | null
  /** Which of the variants made a match. */
  private readonly madeBy = new WeakMap<RuleMatch, CompiledRule>()

  /** @throws RuleSyntaxError, RuleError */
  constructor(rule: string | RuleGraph, options: RuleOptions = {}) {
    const graph = typeof rule === 'string' ? parseRule(rule) : rule
    const compiled = compiledOnce(graph, options.schemas, options.build !== undefined)
    super(graph.name, { rootLayer: new Set(compiled.flatMap((c) => [...c.rootKinds])), separateMatchRewrite: true })
    this.graph = graph
    const variants = compiled.map((rule): Variant => ({
      rule,
      matcher: new Matcher(rule, options, false),
      explainer: new Matcher(rule, options, true),
    }))
    this.variants = variants as [Variant, ...Variant[]]
    this.build = options.build ?? null
    this.hasCode = [options.check, options.checkRoot, options.build].some((f) => f !== undefined)
  }

  /** The first of the plain rules that it stands for; mostly there is no other. */
  get rule(): CompiledRule {
    return this.variants[0].rule
  }
  /** All plain rules that it stands for, in the order in which they are tried. */
  get rules(): readonly CompiledRule[] {
    return this.variants.map((v) => v.rule)
  }

  override match(layer: Layer): MatchResult {
    let miss: MatchFailure | false = false
    for (let i = 0; i < this.variants.length; i++) {
      const { rule, matcher } = this.variants[i]!
      if (!rule.rootKinds.has(layer.record.kind)) continue
      const found = matcher.run(layer)
      if (found instanceof RuleMatch) return this.noted(found, rule)
      if (found) miss = found
    }
    return miss
  }

  /** The match, or the deepest partial match and what stopped it. */
  override explain(layer: Layer): Match | MatchFailure | null {
    let miss: MatchFailure | null = null
    for (const { rule, explainer } of this.variants) {
      if (!rule.rootKinds.has(layer.kind)) continue
      const found = explainer.run(layer)
      if (found instanceof RuleMatch) return this.noted(found, rule)
      if (found && (!miss || found.matched.size > miss.matched.size)) miss = found
    }
    return miss
  }

  private noted(match: RuleMatch, rule: CompiledRule): RuleMatch {
    if (this.variants.length > 1) this.madeBy.set(match, rule)
    return match
  }

  override rewrite(layer: Layer, match: Match): boolean | void {
    if (!(match instanceof RuleMatch)) throw new TypeError('a rule rewrites only its own matches')
    try {
      if (!this.build) return buildRight(this.madeBy.get(match) ?? this.rule, match)
      const made = this.build(new Builder(layer.network, match), match)
      if (!made) return this.giveUp(layer)
      replaceResults(match, new Map(Object.entries(made)))
    } catch (error) {
      if (error instanceof ImpossibleError)
        this.logError(`matched at ${match.root.name}, and left it: ${error.message}`)
      else if (error instanceof NotKnownError) this.giveUp(match.root, error.message)
      else throw error
      return false
    }
  }
}

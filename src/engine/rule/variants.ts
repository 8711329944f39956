import type { CallGraph, Condition, RuleGraph } from './graph'
import { callsIn, definedNames } from './graph'
import { mapCondition, mapStatement } from './map-rule'
import type { Replacements } from './map-rule'
import { placeOf } from './places'
import { RuleError } from './rule-error'
import { withSwaps } from './swapped-names'

/** Kind variables multiply: no rule becomes more than this. */
const MOST = 64

/**
 * The plain rules that a rule stands for, in the order in which they are tried: one for each outcome, and for each choice of kinds.
 * @throws RuleError for a kind variable that stands for nothing, or for several things
 */
export function variantsOf(rule: RuleGraph): RuleGraph[] {
  const { otherwise = [], ...first } = rule
  const defined = definedNames(rule.left)
  const outcomes = [first, ...otherwise.map((o) => ({ ...first, ...o }))].map((o): RuleGraph => {
    const right = withSwaps(o.right, defined)
    return right === o.right ? o : { ...o, right }
  })
  const kinds = kindVariables(rule)
  if (kinds.size === 0) return outcomes
  let choices: ReadonlyMap<string, string>[] = [new Map()]
  for (const [name, of] of kinds) {
    choices = choices.flatMap((chosen) => of.map((kind) => new Map([...chosen, [name, kind]])))
    if (choices.length * outcomes.length > MOST)
      throw new RuleError(`rule ${rule.name} stands for more than ${MOST} rules: name fewer kinds`)
  }
  const all = outcomes.flatMap((o) => choices.map((chosen) => withKinds(o, chosen)))
  const possible = all.filter(({ where }) => !where.some((c) => ofKinds(c) === false))
  return (possible.length > 0 ? possible : all).map((rule) => ({
    ...rule,
    where: rule.where.filter((c) => ofKinds(c) !== true),
  }))
}

/** What `$f == Add` comes to once the kind is chosen; null for any other condition. */
function ofKinds(c: Condition): boolean | null {
  if (c.type !== 'compare' || c.left.type !== 'literal' || c.right.type !== 'literal') return null
  const [a, b] = [c.left.value, c.right.value]
  if (typeof a !== 'string' || typeof b !== 'string') return null
  return c.op === '==' ? a === b : c.op === '!=' ? a !== b : null
}

/** Kind variables, with their `$`, and what they stand for. */
function kindVariables(rule: RuleGraph): Map<string, readonly string[]> {
  const found = new Map<string, readonly string[]>()
  for (const call of callsIn(rule.left)) {
    if (!call.kind.startsWith('$') || !call.kinds) continue
    if (found.has(call.kind))
      throw new RuleError(`${call.kind} is given its kinds twice: write ${call.kind}(…) the second time`, placeOf(call))
    found.set(call.kind, call.kinds)
  }
  const loose = callsIn(rule.left).find((c) => c.kind.startsWith('$') && !found.has(c.kind))
  if (loose)
    throw new RuleError(`say which kinds ${loose.kind} stands for, as in ${loose.kind}:(Add | Mul)(…)`, placeOf(loose))
  return found
}

function withKinds(rule: RuleGraph, chosen: ReadonlyMap<string, string>): RuleGraph {
  const plain = ({ kinds: _kinds, ...call }: CallGraph): CallGraph => ({
    ...call,
    kind: chosen.get(call.kind) ?? call.kind,
  })
  const by: Replacements = {
    call: plain,
    term: (t) => {
      const kind = t.type === 'attribute' ? chosen.get(`$${t.name}`) : undefined
      return kind === undefined ? null : { type: 'literal', value: kind }
    },
    attribute: (a) => {
      const kind = 'variable' in a ? chosen.get(`$${a.variable}`) : undefined
      return kind === undefined ? a : { literal: kind }
    },
  }
  return {
    ...rule,
    left: rule.left.map((s) => mapStatement(s, by)),
    right: rule.right.map((s) => mapStatement(s, by)),
    where: rule.where.map((c) => mapCondition(c, by)),
  }
}

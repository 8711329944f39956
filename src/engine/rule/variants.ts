import type { CallGraph, Condition, RuleGraph, Term } from './graph'
import { callsIn, definedNames } from './graph'
import { mapCondition, mapStatement } from './map-rule'
import type { Replacements } from './map-rule'
import { notePlace, placeOf } from './places'
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
  const possible = outcomes.flatMap((o) =>
    choices.flatMap((chosen) => {
      const where = decided(o.where, chosen)
      return where ? [withKinds({ ...o, where }, chosen)] : []
    }),
  )
  if (possible.length === 0) throw new RuleError(`no kind that rule ${rule.name} names is what its conditions ask for`)
  return possible
}

/** Conditions, with what `$f == Add` comes to once kinds are chosen; null where one of them does not hold then. */
function decided(where: readonly Condition[], chosen: ReadonlyMap<string, string>): Condition[] | null {
  const left = where.map((c) => withChoice(c, chosen)).filter((c) => c !== true)
  return left.includes(false) ? null : left.filter((c) => c !== false)
}

function withChoice(c: Condition, chosen: ReadonlyMap<string, string>): Condition | boolean {
  if (c.type === 'not') {
    const of = withChoice(c.of, chosen)
    return typeof of === 'boolean' ? !of : of === c.of ? c : notePlace({ ...c, of }, placeOf(c))
  }
  if (c.type === 'and' || c.type === 'or') {
    const decisive = c.type === 'or'
    const all = c.of.map((x) => withChoice(x, chosen))
    const of = all.filter((x) => typeof x !== 'boolean')
    if (all.includes(decisive)) return decisive
    return of.length === 0 ? !decisive : of.length === 1 ? of[0]! : notePlace({ ...c, of }, placeOf(c))
  }
  if (c.type !== 'compare') return c
  const [a, b] = [kindsNamed(c.left, chosen), kindsNamed(c.right, chosen)]
  if (!a || !b) return c
  if (c.op === '==') return a[0] === b[0]
  if (c.op === '!=') return a[0] !== b[0]
  return c.op === 'in' ? b.includes(a[0]!) : c
}

/** The operators that a term names; null where it is no name of one. */
function kindsNamed(t: Term, chosen: ReadonlyMap<string, string>): readonly string[] | null {
  const kind = t.type === 'attribute' ? chosen.get(`$${t.name}`) : t.type === 'literal' ? t.value : undefined
  if (typeof kind === 'string') return [kind]
  if (t.type !== 'list') return null
  const all = t.of.map((x) => kindsNamed(x, chosen)?.[0])
  return all.every((x) => x !== undefined) ? all : null
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

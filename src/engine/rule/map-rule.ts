import type { AttributeGraph, CallGraph, Condition, Statement, Term, ValueGraph } from './graph'
import { notePlace, placeOf } from './places'

/** What is put in the place of parts of a rule; null leaves one as it is, with what is inside it looked at. */
export interface Replacements {
  readonly term?: (t: Term) => Term | null
  readonly call?: (v: CallGraph) => CallGraph
  readonly attribute?: (a: AttributeGraph) => AttributeGraph
}

const at = <T extends object>(made: T, from: object): T => (made === from ? made : notePlace(made, placeOf(from)))

export function mapStatement(s: Statement, by: Replacements): Statement {
  return at({ ...s, value: mapValue(s.value, by) }, s)
}

export function mapValue(v: ValueGraph, by: Replacements): ValueGraph {
  if (v.type === 'either') return at({ ...v, of: v.of.map((x) => mapValue(x, by)) }, v)
  if (v.type === 'computed') return at({ ...v, term: mapTerm(v.term, by) }, v)
  return v.type === 'call' ? mapCall(v, by) : v
}

function mapCall(v: CallGraph, by: Replacements): CallGraph {
  const attributes = Object.fromEntries(Object.entries(v.attributes).map(([name, a]) => [name, mapAttribute(a, by)]))
  const inside = at({ ...v, operands: v.operands.map((x) => mapValue(x, by)), attributes }, v)
  return at(by.call?.(inside) ?? inside, v)
}

function mapAttribute(a: AttributeGraph, by: Replacements): AttributeGraph {
  if ('computed' in a) return { computed: mapTerm(a.computed, by) }
  return by.attribute?.(a) ?? a
}

export function mapTerm(t: Term, by: Replacements): Term {
  const instead = by.term?.(t)
  return at(instead ?? inside(t, by), t)
}

function inside(t: Term, by: Replacements): Term {
  const map = (x: Term): Term => mapTerm(x, by)
  switch (t.type) {
    case 'list':
    case 'function':
      return { ...t, of: t.of.map(map) }
    case 'arithmetic':
      return { ...t, left: map(t.left), right: map(t.right) }
    case 'every':
      return { ...t, condition: mapCondition(t.condition, by) }
    case 'choose':
      return { ...t, condition: mapCondition(t.condition, by), yes: map(t.yes), no: map(t.no) }
    case 'pick':
      return { ...t, of: map(t.of), at: map(t.at) }
    case 'slice':
      return { ...t, of: map(t.of), ...(t.from && { from: map(t.from) }), ...(t.to && { to: map(t.to) }) }
    case 'default':
      return { ...t, of: map(t.of), otherwise: map(t.otherwise) }
    case 'inferred':
      return { ...t, of: mapCall(t.of, by) }
    default:
      return t
  }
}

export function mapCondition(c: Condition, by: Replacements): Condition {
  switch (c.type) {
    case 'compare':
      return at({ ...c, left: mapTerm(c.left, by), right: mapTerm(c.right, by) }, c)
    case 'and':
    case 'or':
      return at({ ...c, of: c.of.map((x) => mapCondition(x, by)) }, c)
    case 'not':
      return at({ ...c, of: mapCondition(c.of, by) }, c)
    case 'holds':
      return at({ ...c, term: mapTerm(c.term, by) }, c)
    case 'given':
      return c
  }
}

import type { Condition, Term } from './graph'
import { printCondition, printTerm } from './print'
import type { RuleMatch } from './rule-match'

type Value = number | string | boolean | null | undefined | readonly Value[]

/** null where the condition holds; otherwise what was found instead, in words. */
export function checkCondition(c: Condition, match: RuleMatch): string | null {
  switch (c.type) {
    case 'holds':
      return evaluate(c.term, match) ? null : `${printTerm(c.term)} is ${show(evaluate(c.term, match))}`
    case 'not':
      return checkCondition(c.of, match) === null ? `${printCondition(c.of)} holds` : null
    case 'and': {
      for (const x of c.of) {
        const why = checkCondition(x, match)
        if (why !== null) return why
      }
      return null
    }
    case 'or': {
      const whys = c.of.map((x) => checkCondition(x, match))
      return whys.includes(null) ? null : whys.join(' and ')
    }
    case 'compare': {
      const [a, b] = [evaluate(c.left, match), evaluate(c.right, match)]
      return compare(c.op, a, b) ? null : `${printTerm(c.left)} is ${show(a)}`
    }
  }
}

/** Unknown sizes and values compare equal to nothing, not even to each other: a rule must not fire on a guess. */
function compare(op: Extract<Condition, { type: 'compare' }>['op'], a: Value, b: Value): boolean {
  if (op === 'in') return Array.isArray(b) && b.some((x) => equal(a, x))
  if (a === null || a === undefined || b === null || b === undefined) return false
  if (op === '==') return equal(a, b)
  if (op === '!=') return !equal(a, b)
  if (typeof a !== 'number' || typeof b !== 'number') return false
  return op === '<' ? a < b : op === '<=' ? a <= b : op === '>' ? a > b : a >= b
}

function equal(a: Value, b: Value): boolean {
  if (a === null || a === undefined || b === null || b === undefined) return false
  if (Array.isArray(a) && Array.isArray(b))
    return a.length === b.length && a.every((x: Value, i) => equal(x, b[i] as Value))
  if (typeof a === 'number' && typeof b === 'number')
    return a === b || Math.abs(a - b) <= 1e-6 * Math.max(Math.abs(a), Math.abs(b))
  return a === b
}

function evaluate(t: Term, match: RuleMatch): Value {
  switch (t.type) {
    case 'literal':
      return t.value
    case 'list':
      return t.of.map((x) => evaluate(x, match))
    case 'attribute': {
      const value = match.attributes.get(t.name)
      return typeof value === 'object' && !Array.isArray(value) ? undefined : (value as Value)
    }
    case 'property':
      return property(t, match)
    case 'arithmetic': {
      const [a, b] = [evaluate(t.left, match), evaluate(t.right, match)]
      if (typeof a !== 'number' || typeof b !== 'number') return undefined
      return t.op === '+' ? a + b : t.op === '-' ? a - b : t.op === '*' ? a * b : t.op === '/' ? a / b : a % b
    }
  }
}

function property(t: Extract<Term, { type: 'property' }>, match: RuleMatch): Value {
  const x = match.optional(t.of)
  if (!x) return undefined
  switch (t.name) {
    case 'dtype':
      return x.dtype
    case 'rank':
      return x.rank
    case 'shape':
      return t.index === undefined ? x.shape : x.shape?.at(t.index)
    case 'size':
      return x.shape?.every((d) => typeof d === 'number')
        ? x.shape.reduce<number>((a, d) => a * Number(d), 1)
        : undefined
    case 'uses':
      return x.liveUses
    case 'kind':
      return x.parent?.kind
    case 'value': {
      const values = x.value?.isAvailable ? x.value.numbers() : undefined
      return t.index !== undefined ? values?.[t.index] : values?.length === 1 ? values[0] : values && Array.from(values)
    }
    case 'isConstant':
      return x.isConstant
    case 'isInput':
      return x.isNetworkInput()
    case 'isOutput':
      return x.isNetworkOutput()
    default:
      return undefined
  }
}

function show(v: Value): string {
  return v === null || v === undefined
    ? 'not known'
    : Array.isArray(v)
      ? `[${v.map((x: Value) => show(x)).join(', ')}]`
      : String(v)
}

import type { CompareOp, Condition, Term } from './graph'
import { comparedAs } from './each'
import { printCondition, printTerm } from './print'
import type { RuleMatch } from './rule-match'
import { evaluate } from './terms'
import { compareValues, isUnknown } from './value'
import type { Value } from './value'
import { valueText } from './failure-text'
import type { Mismatch } from './failure-text'

/** null where the condition holds; otherwise what it needs and what was found instead, in words. */
export function checkCondition(c: Condition, match: RuleMatch): Mismatch | null {
  switch (c.type) {
    case 'holds': {
      const found = evaluate(c.term, match)
      return found ? null : { expected: 'that it is so', found: `${nameOf(c.term)} is ${valueText(found)}` }
    }
    case 'given': {
      const name = c.attribute ? `$${c.name}` : c.name
      return isGiven(c, match) ? null : { expected: `${name} to be given`, found: `${name} is absent` }
    }
    case 'not': {
      const inner = truth(c.of, match)
      if (inner === false) return null
      const found = inner ? 'holds' : 'is not known'
      return { expected: 'that it is not so', found: `${printCondition(c.of)} ${found}` }
    }
    case 'and': {
      for (const x of c.of) {
        const why = checkCondition(x, match)
        if (why !== null) return why
      }
      return null
    }
    case 'or': {
      const whys: Mismatch[] = []
      for (const x of c.of) {
        const why = checkCondition(x, match)
        if (why === null) return null
        whys.push(why)
      }
      const joined = (texts: readonly string[], by: string) => [...new Set(texts)].join(by)
      return {
        expected: joined(
          whys.map((w) => w.expected),
          ' or ',
        ),
        found: joined(
          whys.map((w) => w.found),
          ' and ',
        ),
      }
    }
    case 'compare': {
      const [a, b] = [evaluate(c.left, match), evaluate(c.right, match)]
      if (compared(c, a, b) === true) return null
      return { expected: needed(c.op, c.right, b), found: `${nameOf(c.left)} is ${valueText(a)}` }
    }
  }
}

/** Whether a condition holds; null where that is not known: then neither it nor its opposite does. */
function truth(c: Condition, match: RuleMatch): boolean | null {
  switch (c.type) {
    case 'holds': {
      const found = evaluate(c.term, match)
      return isUnknown(found) ? null : Boolean(found)
    }
    case 'given':
      return isGiven(c, match)
    case 'not': {
      const inner = truth(c.of, match)
      return inner === null ? null : !inner
    }
    case 'and':
    case 'or': {
      const decisive = c.type === 'or'
      const all = c.of.map((x) => truth(x, match))
      return all.includes(decisive) ? decisive : all.includes(null) ? null : !decisive
    }
    case 'compare':
      return compared(c, evaluate(c.left, match), evaluate(c.right, match))
  }
}

function isGiven({ name, attribute }: Extract<Condition, { type: 'given' }>, match: RuleMatch): boolean {
  return attribute ? match.attributes.has(name) : match.optional(name) !== null
}

type Comparison = Extract<Condition, { type: 'compare' }>

const compared = ({ op, left, right }: Comparison, a: Value, b: Value): boolean | null =>
  compareValues(op, a, b, comparedAs(left, right))

const NEEDS = {
  '==': '',
  '!=': 'anything but ',
  '<': 'less than ',
  '<=': 'at most ',
  '>': 'more than ',
  '>=': 'at least ',
}

/** What the right side of a comparison asks for: its name, where it has one, and its value. */
function needed(op: CompareOp, right: Term, value: Value): string {
  if (op === 'in') return Array.isArray(value) ? `one of ${value.map(valueText).join(', ')}` : nameOf(right)
  const name = isLastAxis(right) ? 'the last axis' : nameOf(right)
  const known = right.type === 'literal' || right.type === 'list' ? valueText(value) : `${name}, ${valueText(value)}`
  return NEEDS[op] + known
}

/** `x.rank - 1` */
function isLastAxis(t: Term): boolean {
  return (
    t.type === 'arithmetic' &&
    t.op === '-' &&
    t.left.type === 'property' &&
    t.left.name === 'rank' &&
    t.right.type === 'literal' &&
    t.right.value === 1
  )
}

const nameOf = (t: Term): string => (t.type === 'attribute' ? t.name : printTerm(t))

/** Conditions on the elements of lists, in terms: `all($p < 4)`, `choose(x.shape == 1, 0, 1)`. */
import type { CompareOp, Condition, Term } from './graph'
import { partsOfTerm } from './graph'
import { isShort } from './compare'
import { asList, compareValues, isUnknown, listOf } from './value'
import type { Compared, Value } from './value'

/** What a condition asks for. */
interface Asked {
  readonly term: (t: Term) => Value
  readonly isGiven: (c: Extract<Condition, { type: 'given' }>) => boolean
}

/** Whether it holds, of each element where it compares lists; null where that is not known. */
export function truthOfEach(c: Condition, asked: Asked): Value {
  switch (c.type) {
    case 'given':
      return asked.isGiven(c)
    case 'holds':
      return each(asked.term(c.term), (x) => (isUnknown(x) ? null : Boolean(x)))
    case 'not':
      return each(truthOfEach(c.of, asked), (x) => (isUnknown(x) ? null : !x))
    case 'and':
    case 'or': {
      const decisive = c.type === 'or'
      const both = (a: Value, b: Value): Value =>
        a === decisive || b === decisive ? decisive : isUnknown(a) || isUnknown(b) ? null : !decisive
      return c.of.map((x) => truthOfEach(x, asked)).reduce((a, b) => eachPair(a, b, both))
    }
    case 'compare':
      return compared(c.op, asked.term(c.left), asked.term(c.right), comparedAs(c.left, c.right))
  }
}

/** All, or any, of them; null where that is not known. */
export function ofEach(of: 'all' | 'any', truth: Value): boolean | null {
  const results = listOf(truth) ?? [truth]
  const decisive = of === 'any'
  return results.includes(decisive) ? decisive : results.some(isUnknown) ? null : !decisive
}

/** One of two for each truth. Where that is not known, what both are. */
export function chosen(truth: Value, yes: Value, no: Value): Value {
  const list = listOf(truth)
  if (!list) return truth === true ? yes : truth === false ? no : same(yes, no) ? yes : undefined
  const at = (v: Value, i: number): Value => {
    const of = listOf(v)
    return of ? (of.length === list.length ? of[i] : undefined) : v
  }
  return list.map((t, i) => chosen(t, at(yes, i), at(no, i)))
}

/** How two terms are compared: what stands in a network, beside a number that no float type rounds, is that number or is not. */
export function comparedAs(a: Term, b: Term): Compared {
  return {
    sizes: isOfSizes(a) || isOfSizes(b),
    exact: (isGiven(a) && isShortNumber(b)) || (isGiven(b) && isShortNumber(a)),
  }
}

/** A constant's or an attribute's number, with which nothing was reckoned. */
function isGiven(t: Term): boolean {
  if (t.type === 'pick' || t.type === 'slice' || t.type === 'default') return isGiven(t.of)
  return t.type === 'attribute' || (t.type === 'property' && t.name === 'value')
}

function isShortNumber(t: Term): boolean {
  if (t.type === 'list') return t.of.every(isShortNumber)
  if (t.type === 'arithmetic') return t.op === '-' && isShortNumber(t.left) && isShortNumber(t.right)
  return t.type === 'literal' && typeof t.value === 'number' && isShort(t.value)
}

/** Whether a term speaks of sizes: their names are not words. */
function isOfSizes(t: Term): boolean {
  const isProperty = t.type === 'property' || t.type === 'inferred'
  return isProperty ? t.name === 'shape' || t.name === 'size' : partsOfTerm(t).some(isOfSizes)
}

/** The same to the bit: 0 and -0 are not. */
function same(a: Value, b: Value): boolean {
  if (isUnknown(a) || isUnknown(b)) return false
  const [x, y] = [listOf(a), listOf(b)]
  return x && y ? x.length === y.length && x.every((v, i) => same(v, y[i])) : Object.is(a, b)
}

function compared(op: CompareOp, a: Value, b: Value, how: Compared): Value {
  const pair = (p: Value, q: Value): Value => compareValues(op, p, q, how)
  if (op === 'in') return each(a, (x) => pair(x, b))
  // One number beside a list is a constant of one element, and no number for each.
  return listOf(b) ? eachPair(asList(a) ?? a, b, pair) : each(a, (x) => pair(x, b))
}

function each(v: Value, f: (x: Value) => Value): Value {
  return listOf(v)?.map(f) ?? f(v)
}

function eachPair(a: Value, b: Value, f: (a: Value, b: Value) => Value): Value {
  const [x, y] = [listOf(a), listOf(b)]
  if (x && y) return x.length === y.length ? x.map((v, i) => f(v, y[i])) : null
  if (x) return x.map((v) => f(v, b))
  return y ? y.map((v) => f(a, v)) : f(a, b)
}

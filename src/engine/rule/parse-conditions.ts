import type { CompareOp, Condition, Term } from './graph'
import type { TokenReader } from './lexer'

const PROPERTIES = ['dtype', 'rank', 'shape', 'size', 'uses', 'value', 'kind', 'isConstant', 'isInput', 'isOutput']
const COMPARE: readonly string[] = ['==', '!=', '<', '<=', '>', '>=', 'in']

/** Conditions behind `where`, separated by commas: all must hold. */
export function parseConditions(r: TokenReader): Condition[] {
  const found = [disjunction(r)]
  while (r.take(',')) found.push(disjunction(r))
  return found
}

function disjunction(r: TokenReader): Condition {
  const of = [conjunction(r)]
  while (r.take('or')) of.push(conjunction(r))
  return of.length === 1 ? of[0]! : { type: 'or', of }
}

function conjunction(r: TokenReader): Condition {
  const of = [negation(r)]
  while (r.take('and')) of.push(negation(r))
  return of.length === 1 ? of[0]! : { type: 'and', of }
}

function negation(r: TokenReader): Condition {
  if (r.take('not')) return r.nested(() => ({ type: 'not', of: negation(r) }))
  const left = sum(r)
  if (COMPARE.includes(r.token.text)) {
    const op = r.next().text as CompareOp
    return { type: 'compare', op, left, right: sum(r) }
  }
  return { type: 'holds', term: left }
}

/** A term in braces: what is computed on a right side. */
export function parseComputed(r: TokenReader): Term {
  r.expect('{')
  const term = sum(r)
  r.expect('}')
  return term
}

function sum(r: TokenReader): Term {
  let left = product(r)
  for (;;) {
    // "a -1" reads as one number: a sum may be written without a space.
    if (r.token.type === 'number' && r.token.text.startsWith('-'))
      left = { type: 'arithmetic', op: '+', left, right: product(r) }
    else if (r.is('+') || r.is('-'))
      left = { type: 'arithmetic', op: r.next().text as '+' | '-', left, right: product(r) }
    else return left
  }
}

function product(r: TokenReader): Term {
  let left = term(r)
  while (r.is('*') || r.is('/') || r.is('%'))
    left = { type: 'arithmetic', op: r.next().text as '*' | '/' | '%', left, right: term(r) }
  return left
}

function term(r: TokenReader): Term {
  return r.nested(() => oneTerm(r))
}

function oneTerm(r: TokenReader): Term {
  const { token } = r
  if (token.type === 'number') return { type: 'literal', value: Number(r.next().text) }
  if (token.type === 'string') return { type: 'literal', value: r.next().text.slice(1, -1) }
  if (r.take('$')) return { type: 'attribute', name: r.name('the name of an attribute variable').text }
  if (r.take('[')) {
    const of: Term[] = []
    if (!r.is(']'))
      do of.push(sum(r))
      while (r.take(','))
    r.expect(']')
    return { type: 'list', of }
  }
  if (r.take('(')) {
    const inner = sum(r)
    r.expect(')')
    return inner
  }
  const name = r.name('a value, as in x.rank, or a literal')
  if (name.text === 'true' || name.text === 'false') return { type: 'literal', value: name.text === 'true' }
  const dot = name.text.indexOf('.')
  if (dot < 0) return { type: 'literal', value: name.text }
  const property = name.text.slice(dot + 1)
  if (!PROPERTIES.includes(property)) r.fail(`one of ${PROPERTIES.join(', ')} behind the dot`, name)
  const base = { type: 'property' as const, of: name.text.slice(0, dot), name: property }
  if (!r.take('[')) return base
  if (r.token.type !== 'number') r.fail('a number')
  const index = Number(r.next().text)
  r.expect(']')
  return { ...base, index }
}

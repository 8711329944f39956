import { circularStatement, definedNames, RULE_CLAIMS } from './graph'
import type {
  AttributeGraph,
  CallGraph,
  Literal,
  RuleClaim,
  RuleExample,
  RuleGraph,
  Statement,
  ValueGraph,
} from './graph'
import { tokenize, TokenReader } from './lexer'
import type { Token } from './lexer'
import { parseComputed, parseConditions } from './parse-conditions'
import { notePlace } from './places'
import { BITS } from '../store/constant'
import type { DType } from '../store/records'

/**
 * Reads a rule:
 *
 *     rule "Gelu"
 *     e = Erf(Div(x, 1.4142135))
 *     y = Mul(Mul(x, Add(e, 1)), 0.5)
 *     =>
 *     y = com.microsoft.Gelu(x)
 *     where x.dtype in [float32, float16]
 *
 * `@w` a constant, `b?` an operand that may be absent, `none` one that is, `...rest` all further ones, `a | b` alternatives,
 * `Cast?(x)` a layer that may be missing, `&t = ...` a layer that others may use too, `1.414 ~ 1e-3` a tolerance,
 * `<axis=$a>` an attribute variable, `<...$at>` all attributes that are not named, passed on by the same on the right; there also
 * `{ 1 / c.value }` an operand or attribute that is computed, `0: int64` a constant of a type.
 * @throws RuleSyntaxError with line, column and what was expected
 */
export function parseRule(text: string): RuleGraph {
  const r = new TokenReader(tokenize(text))
  const graph = oneRule(r)
  if (r.token.type !== 'end') r.fail(graph.where.length > 0 ? '"," or the end' : '"where" or the end')
  return graph
}

/**
 * Reads a file of rules, each of which begins with `rule "its name"`. Names differ.
 * @throws RuleSyntaxError with line and column in the file
 */
export function parseRules(text: string): RuleGraph[] {
  const r = new TokenReader(tokenize(text))
  const found: RuleGraph[] = []
  const names = new Set<string>()
  do {
    if (!isHeader(r)) r.fail('rule "its name"')
    const name = r.peek()
    found.push(oneRule(r))
    if (names.has(found.at(-1)!.name)) r.fail('a name that no other rule of this file has', name)
    names.add(found.at(-1)!.name)
  } while (r.token.type !== 'end')
  return found
}

const isHeader = (r: TokenReader): boolean => r.is('rule') && r.peek().type === 'string'

function oneRule(r: TokenReader): RuleGraph {
  const header = isHeader(r) ? readHeader(r) : { name: 'rule' }
  const left = statements(r, true)
  const arrow = r.expect('=>')
  const right = statements(r, false)
  const where = r.take('where') ? parseConditions(r) : []
  const examples = readExamples(r)
  const known = definedNames(left)
  const replaced = right.flatMap((s) => s.names).filter((n) => n !== null && known.has(n))
  if (replaced.length === 0) r.fail(`a right side that gives one of ${[...known].join(', ')}`, arrow)
  return { ...header, left, right, where, ...(examples.length > 0 && { examples }) }
}

/** `rule "its name" exact benefit 20` */
function readHeader(r: TokenReader): Pick<RuleGraph, 'name' | 'claim' | 'benefit'> {
  r.next()
  const name = r.next().text.slice(1, -1)
  const facts: { claim?: RuleClaim; benefit?: number } = {}
  // A value of the left side may be called so too.
  while (r.token.type === 'name' && !['=', ','].includes(r.peek().text)) {
    const claim = RULE_CLAIMS.find((c) => r.is(c))
    if (claim) facts.claim = claim
    else if (!r.is('benefit'))
      r.fail(`${RULE_CLAIMS.join(', ')}, benefit and a number, or the first layer as y = Relu(x)`)
    r.next()
    if (!claim) facts.benefit = numberOf(r)
  }
  return { name, ...facts }
}

function readExamples(r: TokenReader): RuleExample[] {
  const found: RuleExample[] = []
  while (r.token.type === 'example') {
    const { line, text } = r.next()
    const [, expected, title, network] = /^example\s+(matches|fails)\s*(?:"([^"]*)")?[^{]*\{(.*)\}$/s.exec(text)!
    found.push({ expected: expected as RuleExample['expected'], title: title ?? '', network: trimmed(network!), line })
  }
  if (r.is('example')) r.fail('example matches { … } or example fails { … }, with a network between the braces')
  return found
}

/** Lines without what all of them are indented by, and without empty ones at both ends. */
function trimmed(block: string): string {
  const lines = block.split('\n').map((line) => line.trim())
  return lines.join('\n').trim()
}

function statements(r: TokenReader, isLeft: boolean): Statement[] {
  const found: Statement[] = []
  const places = new Map<Statement, Token>()
  const defined = new Set<string>()
  do {
    while (r.take(';'));
    const shared = isLeft && r.take('&')
    const names: (string | null)[] = []
    const first = r.token
    do {
      const token = r.name('a value name')
      if (defined.has(token.text)) r.fail('a name that is not defined yet', token)
      if (token.text.includes('.')) r.fail('a name without a dot', token)
      if (token.text !== '_') defined.add(token.text)
      names.push(token.text === '_' ? null : token.text)
    } while (r.take(','))
    r.expect('=')
    const value = either(r, isLeft)
    if (isLeft && value.type === 'name') r.fail('a layer, as in Relu(x)')
    if (names.length > 1 && value.type !== 'call') r.fail('a layer with several results')
    const statement = shared ? { names, value, shared } : { names, value }
    found.push(statement)
    places.set(statement, first)
    while (r.take(';'));
  } while ((r.token.type === 'name' && r.token.text !== 'where' && !isHeader(r) && !isExample(r)) || r.is('&'))
  const circular = isLeft ? circularStatement(found) : null
  if (circular) r.fail('a value that is not computed from itself', places.get(circular))
  return found
}

const isExample = (r: TokenReader): boolean => r.is('example') && !['=', ','].includes(r.peek().text)

function either(r: TokenReader, isLeft: boolean): ValueGraph {
  const first = value(r, isLeft)
  if (!isLeft || !r.is('|')) return first
  const of = [first]
  while (r.take('|')) of.push(value(r, isLeft))
  return { type: 'either', of }
}

function value(r: TokenReader, isLeft: boolean): ValueGraph {
  return r.nested(() => oneValue(r, isLeft))
}

function oneValue(r: TokenReader, isLeft: boolean): ValueGraph {
  const { token } = r
  if (token.type === 'number') {
    r.next()
    const number = { type: 'number' as const, value: Number(token.text) }
    if (!isLeft) return { ...number, ...typeWritten(r) }
    return r.take('~') ? { ...number, tolerance: numberOf(r) } : number
  }
  if (!isLeft && r.is('{')) return { type: 'computed', term: parseComputed(r), ...typeWritten(r) }
  if (r.take('(')) {
    const inner = either(r, isLeft)
    r.expect(')')
    return inner
  }
  if (r.take('...')) return { type: 'rest', name: r.name('a name for the further operands').text }
  if (r.take('@')) return { type: 'name', name: r.name('the name of a constant').text, constant: true }
  const name = r.name('a value: a name, a layer, a number, none').text
  if (name === 'none') return { type: 'absent' }
  if (r.is('(') || r.is('<') || (r.is('?') && ['(', '<'].includes(r.peek().text))) {
    r.layer(token)
    return notePlace(call(r, name, isLeft), token)
  }
  return r.take('?') ? { type: 'name', name, optional: true } : { type: 'name', name }
}

function call(r: TokenReader, kind: string, isLeft: boolean): CallGraph {
  const maybe = r.take('?')
  const attributes: Record<string, AttributeGraph> = {}
  let others: { otherAttributes?: string } = {}
  if (r.take('<')) {
    do {
      if (others.otherAttributes === undefined && r.take('...')) {
        r.expect('$')
        others = { otherAttributes: r.name('a name for the attributes that are not named').text }
        continue
      }
      const name = r.name('an attribute name').text
      r.expect('=')
      attributes[name] = attribute(r, isLeft)
    } while (r.take(','))
    r.expect('>')
  }
  r.expect('(')
  const operands: ValueGraph[] = []
  if (!r.is(')')) {
    do {
      if (operands.at(-1)?.type === 'rest') r.fail('")": ...rest stands last')
      operands.push(either(r, isLeft))
    } while (r.take(','))
  }
  r.expect(')')
  return { type: 'call', kind, operands, attributes, ...others, ...(maybe && { maybe }) }
}

/** The type behind a constant, as in `0: int64`. */
function typeWritten(r: TokenReader): { dtype?: DType } {
  if (!r.take(':')) return {}
  const token = r.name('a type, as in 0: int64')
  if (!Object.hasOwn(BITS, token.text)) r.fail(`one of ${Object.keys(BITS).join(', ')}`, token)
  return { dtype: token.text as DType }
}

function attribute(r: TokenReader, isLeft: boolean): AttributeGraph {
  if (r.take('$')) return { variable: r.name('the name of an attribute variable').text }
  if (!isLeft && r.is('{')) return { computed: parseComputed(r) }
  return { literal: literal(r) }
}

function literal(r: TokenReader): Literal {
  if (r.take('[')) {
    const items: (number | string | boolean)[] = []
    if (!r.is(']')) {
      do {
        if (r.is('[')) r.fail('a number or a string')
        const item = literal(r)
        if (typeof item === 'object') r.fail('a number or a string')
        items.push(item)
      } while (r.take(','))
    }
    r.expect(']')
    return items as number[] | string[]
  }
  const { token } = r
  if (token.type === 'number') return Number(r.next().text)
  if (token.type === 'string') return r.next().text.slice(1, -1)
  if (r.take('true')) return true
  if (r.take('false')) return false
  return r.fail('a number, a string, true, false or a list')
}

function numberOf(r: TokenReader): number {
  if (r.token.type !== 'number') r.fail('a number')
  return Number(r.next().text)
}

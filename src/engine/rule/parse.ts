import { definedNames, RULE_CLAIMS } from './graph'
import type { Outcome, RuleClaim, RuleExample, RuleGraph, Statement } from './graph'
import { Lets } from './lets'
import { tokenize, TokenReader } from './lexer'
import { mapCondition, mapStatement } from './map-rule'
import type { Replacements } from './map-rule'
import { checkComment } from './other-notations'
import { bindSizes, parseConditions } from './parse-conditions'
import { SideParser } from './parse-values'

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
    checkComment(r)
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
  r.startRule()
  const header = isHeader(r) ? readHeader(r) : { name: 'rule' }
  const lets = new Lets()
  const operators: string[] = []
  while (isLet(r) || isDeclared(r)) {
    if (isLet(r)) readLet(r, lets)
    else operators.push(...readDeclared(r))
  }
  const left = new SideParser(r, true, lets).statements(() => !startsStatement(r))
  if (r.is('-') && r.peek().text === '>') r.fail('"=>"')
  if (r.is('where')) r.fail('"=>" and the right side: conditions stand behind it')
  const outcomes: Outcome[] = []
  do outcomes.push(outcome(r, left, lets))
  while (r.is('=>'))
  const examples = readExamples(r)
  const [first, ...otherwise] = outcomes as [Outcome, ...Outcome[]]
  return {
    ...header,
    ...(operators.length > 0 && { operators }),
    left,
    ...first,
    ...(otherwise.length > 0 && { otherwise }),
    ...(examples.length > 0 && { examples }),
  }
}

function outcome(r: TokenReader, left: readonly Statement[], lets: Lets): Outcome {
  const arrow = r.expect('=>')
  const side = new SideParser(r, false, lets)
  const right = side.statements(() => !startsStatement(r))
  const conditions = r.take('where') ? parseConditions(r, side.terms) : []
  const known = definedNames(left)
  const replaced = right.flatMap((s) => s.names).filter((n) => n !== null && known.has(n))
  if (replaced.length === 0) r.fail(`a right side that gives one of ${[...known].join(', ')}`, arrow)
  const { where, sizes } = bindSizes(conditions)
  if (sizes.size === 0) return { right, where }
  const by: Replacements = {
    term: (t) => (t.type === 'literal' && typeof t.value === 'string' ? (sizes.get(t.value) ?? null) : null),
  }
  return { right: right.map((s) => mapStatement(s, by)), where: where.map((c) => mapCondition(c, by)) }
}

function startsStatement(r: TokenReader): boolean {
  if (r.is('&') || r.is('@')) return true
  if (r.is('...')) return r.peek().type === 'name'
  return r.token.type === 'name' && r.token.text !== 'where' && !isHeader(r) && !isExample(r)
}

const isExample = (r: TokenReader): boolean => r.is('example') && !['=', ','].includes(r.peek().text)
const isLet = (r: TokenReader): boolean => r.is('let') && r.peek().type === 'name' && r.peek(2).text === '('
const isDeclared = (r: TokenReader): boolean => r.is('operator') && r.peek().type === 'name'

/** `operator com.microsoft.New, com.microsoft.Newer` */
function readDeclared(r: TokenReader): string[] {
  r.next()
  const found: string[] = []
  do {
    const name = r.name('the name of an operator with its domain, as com.microsoft.Gelu')
    if (!name.text.includes('.')) r.fail('an operator with its domain, as com.microsoft.Gelu', name)
    found.push(name.text)
  } while (r.take(','))
  return found
}

/** `let rotate_half(x) = …` */
function readLet(r: TokenReader, lets: Lets): void {
  r.next()
  const name = r.next()
  if (lets.of(name.text)) r.fail('a name that is not defined yet', name)
  const parameters: string[] = []
  r.expect('(')
  do parameters.push(r.name('the name of a parameter').text)
  while (r.take(','))
  r.expect(')')
  r.expect('=')
  const from = r.position
  skipBody(r, lets)
  lets.define(name.text, { parameters, from, to: r.position })
}

/** A body may be one of a left side or of a right one: it is read for good where it is used. */
function skipBody(r: TokenReader, lets: Lets): void {
  const from = r.position
  try {
    new SideParser(r, true, lets).either()
  } catch {
    r.goTo(from)
    new SideParser(r, false, lets).either()
  }
}

/** `rule "its name" exact benefit 20` */
function readHeader(r: TokenReader): Pick<RuleGraph, 'name' | 'claim' | 'benefit'> {
  r.next()
  const at = r.next()
  const name = at.text.slice(1, -1)
  if (name.trim() === '') r.fail('a name between the quotes', at)
  const facts: { claim?: RuleClaim; benefit?: number } = {}
  // A value of the left side may be called so too.
  while (r.token.type === 'name' && !isLet(r) && !isDeclared(r) && !['=', ','].includes(r.peek().text)) {
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

/** Lines without what they are indented by, and without empty ones at both ends. */
function trimmed(block: string): string {
  const lines = block.split('\n').map((line) => line.trim())
  return lines.join('\n').trim()
}

function numberOf(r: TokenReader): number {
  if (r.token.type !== 'number') r.fail('a number')
  return Number(r.next().text)
}

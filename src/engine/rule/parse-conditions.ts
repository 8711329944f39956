import type { Condition, Term } from './graph'
import { RuleSyntaxError } from './lexer'
import type { TokenReader } from './lexer'
import { isQuoted } from './parse-terms'
import type { TermParser } from './parse-terms'
import { CONDITION_WORDS } from './other-notations'
import { notePlace, placeOf } from './places'
import { printTerm } from './print'

/** Conditions behind `where`, separated by commas: all must hold. */
export function parseConditions(r: TokenReader, terms: TermParser): Condition[] {
  return new ConditionParser(r, terms).all()
}

/** One condition that stands in a term. */
export function parseCondition(r: TokenReader, terms: TermParser): Condition {
  return new ConditionParser(r, terms).disjunction()
}

class ConditionParser {
  constructor(
    private readonly r: TokenReader,
    private readonly terms: TermParser,
  ) {}

  all(): Condition[] {
    const found = [this.disjunction()]
    while (this.r.take(',')) found.push(this.disjunction())
    const slip = this.r.token.type === 'string' ? undefined : CONDITION_WORDS[this.r.token.text]
    if (slip) this.r.fail(`"${slip}"`, this.r.token, slip)
    return found
  }

  disjunction(): Condition {
    const of = [this.conjunction()]
    while (this.r.take('or')) of.push(this.conjunction())
    return of.length === 1 ? of[0]! : { type: 'or', of }
  }

  private conjunction(): Condition {
    const of = [this.negation()]
    while (this.r.take('and')) of.push(this.negation())
    return of.length === 1 ? of[0]! : { type: 'and', of }
  }

  private negation(): Condition {
    const { r } = this
    const at = r.token
    if (r.is('!')) r.fail('not', at, 'not')
    if (r.take('not'))
      return notePlace(
        r.nested(() => ({ type: 'not', of: this.negation() })),
        at,
      )
    if (r.is('given') && (r.peek().type === 'name' || r.peek().text === '$')) return notePlace(this.given(), at)
    return (r.is('(') ? this.group() : null) ?? notePlace(this.comparison(), at)
  }

  private given(): Condition {
    const { r } = this
    r.next()
    const attribute = r.take('$')
    const { text: name } = r.name(attribute ? 'the name of an attribute variable' : 'the name of an optional operand')
    return attribute ? { type: 'given', name, attribute } : { type: 'given', name }
  }

  private comparison(): Condition {
    const { r, terms } = this
    const left = terms.term()
    const isNegated = r.is('not') && r.peek().text === 'in'
    if (isNegated) r.next()
    if (r.is('is')) r.fail('== or !=, which compare', r.token, r.peek().text === 'not' ? '!=' : '==')
    const op = terms.compareOp()
    if (op === null) return { type: 'holds', term: left }
    const right = terms.term()
    const further = r.token.text
    if (terms.compareOp() !== null)
      r.fail(
        `and between two comparisons: ${printTerm(left)} ${op} ${printTerm(right)} and ${printTerm(right)} ${further} …`,
      )
    const found: Condition = { type: 'compare', op, left, right }
    return isNegated ? { type: 'not', of: found } : found
  }

  /** Conditions in parentheses; null where a term stands there, as in `(x.rank + 1) * 2 == 4`. */
  private group(): Condition | null {
    const { r } = this
    const from = r.position
    r.next()
    let inner: Condition
    try {
      inner = r.nested(() => this.disjunction())
      if (!r.take(')')) throw AT_ONCE
    } catch (error) {
      if (r.isTooDeep || (error !== AT_ONCE && !(error instanceof RuleSyntaxError))) throw error
      return this.termInstead(from)
    }
    const isTerm = inner.type === 'holds' && /^(?:[-+*/%[<>]|==|!=|<=|>=|\+\+|\?\?|in)$/.test(r.token.text)
    return isTerm ? this.termInstead(from) : inner
  }

  private termInstead(from: number): null {
    this.r.goTo(from)
    return null
  }
}

const AT_ONCE = new Error('no condition stands in these parentheses')

/** Words that are bound as sizes (`x.shape == [B, H, 64]`), with what they stand for, and the conditions that are left. */
export function bindSizes(where: readonly Condition[]): {
  readonly where: Condition[]
  readonly sizes: ReadonlyMap<string, Term>
} {
  const sizes = new Map<string, Term>()
  const found = where.flatMap((c) => {
    const bound = shapeCondition(c)
    if (bound) return sizeConditions(bound, sizes)
    return [oneSize(c, sizes) ?? c]
  })
  return { where: found, sizes }
}

/** A shape by the names of its sizes, and where it stands. */
interface NamedShape {
  readonly of: string
  readonly list: readonly Term[]
  readonly at: object
}

/** `x.shape[0] == N` names a size, where there is one. */
function oneSize(c: Condition, sizes: Map<string, Term>): Condition | null {
  if (c.type !== 'compare' || c.op !== '==') return null
  const { left, right } = c
  if (left.type !== 'property' || left.name !== 'shape' || left.index === undefined || !isWord(right)) return null
  if (sizes.has(right.value)) return null
  sizes.set(right.value, left)
  const rank = notePlace<Term>({ type: 'property', of: left.of, name: 'rank' }, placeOf(left))
  const least = left.index < 0 ? -left.index : left.index + 1
  return notePlace<Condition>(
    { type: 'compare', op: '>=', left: rank, right: { type: 'literal', value: least } },
    placeOf(c),
  )
}

function shapeCondition(c: Condition): NamedShape | null {
  if (c.type !== 'compare' || c.op !== '==') return null
  const { left, right } = c
  if (left.type !== 'property' || left.name !== 'shape' || left.index !== undefined || right.type !== 'list')
    return null
  return right.of.some(isWord) ? { of: left.of, list: right.of, at: left } : null
}

/** What stands in quotes names nothing. */
const isWord = (t: Term): t is Extract<Term, { type: 'literal' }> & { value: string } =>
  t.type === 'literal' && typeof t.value === 'string' && !isQuoted(t)

function sizeConditions({ of, list, at }: NamedShape, sizes: Map<string, Term>): Condition[] {
  const rank = notePlace<Term>({ type: 'property', of, name: 'rank' }, placeOf(at))
  const found: Condition[] = [{ type: 'compare', op: '==', left: rank, right: { type: 'literal', value: list.length } }]
  list.forEach((t, index) => {
    const here: Term = { type: 'property', of, name: 'shape', index }
    if (isWord(t) && t.value === '_') return
    if (isWord(t) && !sizes.has(t.value)) return void sizes.set(t.value, here)
    found.push({ type: 'compare', op: '==', left: here, right: t })
  })
  return found
}

import { BITS } from '../store/constant'
import type { DType } from '../store/records'
import { codeOf } from './dtype-codes'
import { FUNCTIONS } from './functions'
import { circularStatement } from './graph'
import type { AttributeGraph, CallGraph, Literal, RestGraph, Statement, ValueGraph } from './graph'
import type { Lets } from './lets'
import { numberIn } from './lexer'
import type { Token, TokenReader } from './lexer'
import { checkBeginning, checkBehindOperands, checkInfix, checkValue, usualType } from './other-notations'
import { parseCondition } from './parse-conditions'
import { TermParser } from './parse-terms'
import { notePlace } from './places'

/** Reads the statements of one side of a rule, with the values, layers and attributes in them. */
/** A word of an enum, which needs no quotes: MATRIX_MULTIPLY<op1=TRANSPOSE>. */
const ENUM_WORD = /^[A-Z][A-Z0-9_]*$/

export class SideParser {
  readonly terms: TermParser
  /** Values that a `let` uses several times stand in statements of their own, before the one that is read. */
  private hoisted: Statement[] = []

  constructor(
    private readonly r: TokenReader,
    private readonly isLeft: boolean,
    private readonly lets: Lets,
  ) {
    const inferred = (_: TokenReader, kind: Token): CallGraph => new SideParser(r, false, lets).inferredCall(kind)
    this.terms = new TermParser(r, inferred, (terms) => parseCondition(r, terms))
  }

  /** @param ends whether what stands here belongs to no statement any more */
  statements(ends: () => boolean): Statement[] {
    const { r } = this
    const found: Statement[] = []
    const defined = new Set<string>()
    do {
      while (r.take(';'));
      const first = r.token
      const statement = notePlace(this.statement(defined), first)
      found.push(...this.hoisted, statement)
      this.hoisted = []
      while (r.take(';'));
    } while (!ends())
    const circular = this.isLeft ? circularStatement(found) : null
    // The place of the statement that is computed from itself.
    if (circular) r.failAt('a value that is not computed from itself', circular, circular.names[0] ?? '_')
    return found
  }

  private statement(defined: Set<string>): Statement {
    const { r, isLeft } = this
    const shared = isLeft && r.take('&')
    const folded = !isLeft && r.take('@')
    if (!shared && !folded) checkBeginning(r)
    const names: (string | null)[] = []
    const optional: string[] = []
    let rest: string | undefined
    do {
      if (rest !== undefined) r.fail('"=": ...rest stands last')
      const isRest = r.take('...')
      const token = r.name('a value name')
      if (defined.has(token.text)) r.fail('a name that is not defined yet', token)
      if (token.text.includes('.')) r.fail('a name without a dot', token)
      if (isRest && !isLeft) r.fail('results by name: ...rest stands on the left only', token)
      if (token.text !== '_') defined.add(token.text)
      if (isRest) rest = token.text
      else names.push(token.text === '_' ? null : token.text)
      if (r.is('?')) {
        this.checkOptional(token, isRest || names.length === 1)
        optional.push(token.text)
      }
    } while (r.take(','))
    if (r.is('==')) r.fail('"="', r.token, '=')
    r.expect('=')
    const value = this.either()
    checkInfix(r)
    if (isLeft && value.type === 'name') r.fail('a layer, as in Relu(x)')
    if (names.length > 1 && !(value.type === 'call' || (isLeft && areLayers(value))))
      r.fail('a layer with several results')
    if (rest !== undefined && value.type !== 'call') r.fail('a layer with several results')
    const marks = { ...(shared && { shared }), ...(folded && { folded }) }
    return { names, value, ...marks, ...(optional.length > 0 && { optional }), ...(rest !== undefined && { rest }) }
  }

  /** `y, s? = …` */
  private checkOptional(name: Token, isFirst: boolean): void {
    const { r, isLeft } = this
    const mark = r.token
    if (!isLeft) r.fail(`${name.text}: a result that nobody uses is left out by itself`, mark)
    if (isFirst || name.text === '_')
      r.fail('"=" or ",": a further result with a name may be left out, as in y, s? = …', mark)
    r.next()
  }

  either(): ValueGraph {
    const first = this.value()
    if (!this.isLeft || !this.r.is('|')) return first
    const of = [first]
    while (this.r.take('|')) of.push(this.value())
    return { type: 'either', of }
  }

  private value(): ValueGraph {
    const at = this.r.token
    return this.r.nested(() => notePlace(this.oneValue(), at))
  }

  private oneValue(): ValueGraph {
    const { r, isLeft } = this
    const { token } = r
    if (token.type === 'number') return this.number()
    if (!isLeft && r.take('{')) return this.computed('}')
    if (r.is('[')) return this.listSlip()
    if (r.take('(')) {
      const inner = this.either()
      r.expect(')')
      return inner
    }
    if (r.take('...')) return this.rest()
    if (r.take('@')) return { type: 'name', name: r.name('the name of a constant').text, constant: true }
    if (r.is('$')) return this.kindVariable()
    checkValue(r, isLeft)
    const name = r.name('a value: a name, a layer, a number, none')
    if (name.text === 'none') return { type: 'absent' }
    if (name.text === 'None' || name.text === 'null') r.fail('none, for an operand that is absent', name, 'none')
    if (BEFORE_OPERANDS.some((s) => r.is(s)) || (r.is('?') && BEFORE_OPERANDS.includes(r.peek().text)))
      return this.layerOrFunction(name)
    if (name.text === '_') return this.anyValue(name)
    const bound = this.lets.argument(name.text)
    if (bound) return bound
    if (r.is('.') || name.text.includes('.'))
      r.fail(isLeft ? 'a name without a dot' : `{${name.text}}`, name, isLeft ? null : `{${name.text}}`)
    return r.take('?') ? { type: 'name', name: name.text, optional: true } : { type: 'name', name: name.text }
  }

  private number(): ValueGraph {
    const { r } = this
    const number = { type: 'number' as const, value: numberIn(r.next().text) }
    if (!this.isLeft) return { ...number, ...this.typeWritten() }
    return r.take('~') ? { ...number, tolerance: this.numberOf() } : number
  }

  private computed(end: string): ValueGraph {
    const term = this.terms.term()
    this.r.expect(end)
    return { type: 'computed', term, ...this.typeWritten() }
  }

  /** A list as it is written elsewhere. */
  private listSlip(): ValueGraph {
    const { r } = this
    if (this.isLeft) r.fail('a value: for a list of numbers name a constant, as @s, and say where s.value == [1, -1]')
    return { type: 'computed', term: this.terms.term(), ...this.typeWritten() }
  }

  private rest(): RestGraph {
    const constant = this.r.take('@')
    const { text: name } = this.r.name('a name for the further operands')
    return constant ? { type: 'rest', name, constant } : { type: 'rest', name }
  }

  /** `_` stands for any value, each time for another one. */
  private anyValue(token: Token): ValueGraph {
    if (!this.isLeft) this.r.fail('a name of the left side, or none for an operand that is absent', token, 'none')
    return { type: 'name', name: this.r.fresh('_') }
  }

  /** `$f:(Add | Mul)(x, y)` on the left, `$f(x, y)` on the right. */
  private kindVariable(): ValueGraph {
    const { r } = this
    const at = r.next()
    const kind = `$${r.name('a name for the kind').text}`
    const kinds: string[] = []
    if (this.isLeft && r.take(':')) {
      const many = r.take('(')
      do kinds.push(r.name('an operator').text)
      while (many && r.take('|'))
      if (many) r.expect(')')
    }
    r.layer(at)
    return { ...this.call(kind), ...(kinds.length > 0 && { kinds }) }
  }

  private layerOrFunction(name: Token): ValueGraph {
    const { r, isLeft } = this
    if (!isLeft && Object.hasOwn(FUNCTIONS, name.text)) {
      r.goTo(r.position - 1)
      return { type: 'computed', term: this.terms.term(), ...this.typeWritten() }
    }
    const called = this.lets.of(name.text)
    if (called && r.is('(')) return this.expanded(name, called)
    r.layer(name)
    return this.call(name.text)
  }

  /** What a `let` stands for, with its parameters replaced. */
  private expanded(name: Token, { parameters, from, to }: NonNullable<ReturnType<Lets['of']>>): ValueGraph {
    const { r } = this
    r.expect('(')
    const given: ValueGraph[] = []
    if (!r.is(')'))
      do given.push(this.either())
      while (r.take(','))
    r.expect(')')
    if (given.length !== parameters.length) r.fail(`${name.text}(${parameters.join(', ')})`, name)
    const bound = new Map(parameters.map((p, i) => [p, this.once(given[i]!, r.countOf(p, from, to), p)]))
    const back = r.position
    r.goTo(from)
    const value = this.lets.within(bound, () => this.either())
    r.goTo(back)
    return value
  }

  /** A layer that is used several times is one layer. */
  private once(v: ValueGraph, uses: number, parameter: string): ValueGraph {
    if (uses < 2 || v.type === 'name' || v.type === 'number' || v.type === 'absent') return v
    const name = this.r.fresh(`${parameter}_`)
    this.hoisted.push({ names: [name], value: v })
    return { type: 'name', name }
  }

  /** A layer in a condition: only its type is asked for. */
  inferredCall(kind: Token): CallGraph {
    this.r.layer(kind)
    return notePlace(this.call(kind.text), kind)
  }

  private call(kind: string): CallGraph {
    const { r } = this
    const maybe = r.take('?')
    const ordered = this.isLeft && r.take('!')
    const attributes: Record<string, AttributeGraph> = {}
    let others: { otherAttributes?: string } = {}
    if (r.take('<')) {
      do {
        if (others.otherAttributes === undefined && r.take('...')) {
          r.expect('$')
          others = { otherAttributes: r.name('a name for the attributes that are not named').text }
        } else this.namedAttribute(attributes)
      } while (r.take(','))
      r.expect('>')
    }
    r.expect('(')
    const operands: ValueGraph[] = []
    if (!r.is(')')) {
      do {
        // Attributes may stand among the operands, as others write them.
        if (r.token.type === 'name' && r.peek().text === '=') this.namedAttribute(attributes)
        else this.operand(operands)
      } while (r.take(','))
    }
    r.expect(')')
    checkBehindOperands(r, kind)
    return { type: 'call', kind, operands, attributes, ...others, ...(maybe && { maybe }), ...(ordered && { ordered }) }
  }

  private operand(operands: ValueGraph[]): void {
    const at = this.r.token
    const v = this.either()
    checkInfix(this.r)
    if (this.isLeft && v.type === 'rest' && operands.at(-1)?.type === 'rest')
      this.r.fail('an operand between two rests', at)
    operands.push(v)
  }

  private namedAttribute(attributes: Record<string, AttributeGraph>): void {
    const { r } = this
    const name = r.name('an attribute name')
    if (name.text in attributes) r.fail('an attribute that is not given yet', name)
    // As in the text form of ONNX: `axis: int = 1`.
    if (r.is(':') && r.peek(2).text === '=') {
      r.next()
      r.next()
    }
    r.expect('=')
    attributes[name.text] = this.attribute()
  }

  private attribute(): AttributeGraph {
    const { r } = this
    if (r.take('$')) {
      const { text: variable } = r.name('the name of an attribute variable')
      return r.take('?') ? { variable, optional: true } : { variable }
    }
    if (!this.isLeft && r.take('{')) {
      const computed = this.terms.term()
      r.expect('}')
      return { computed }
    }
    if (this.isLeft && r.take('none')) return { absent: true }
    return { literal: this.literal() }
  }

  private literal(): Literal {
    const { r } = this
    if (r.is('(') || r.is('{')) r.fail('a list in brackets, as [1, 0]')
    if (r.take('[')) {
      const items: (number | string | boolean)[] = []
      if (!r.is(']')) {
        do {
          if (r.is('[')) r.fail('a number or a string')
          const item = this.literal()
          if (typeof item === 'object') return r.fail('a number or a string')
          items.push(item)
        } while (r.take(','))
      }
      r.expect(']')
      return items as number[] | string[]
    }
    const { token } = r
    if (token.type === 'number') return numberIn(r.next().text)
    if (token.type === 'string') return r.next().text.slice(1, -1)
    if (r.take('true')) return true
    if (r.take('false')) return false
    const code = token.type === 'name' ? codeOf(usualType(token.text)) : undefined
    if (code !== undefined) {
      r.next()
      return code
    }
    if (token.type === 'name' && ENUM_WORD.test(token.text)) return r.next().text
    const quoted = token.type === 'name' ? `"${token.text}"` : null
    return r.fail('a number, a string, true, false or a list', token, quoted)
  }

  /** The type behind a constant, as in `0: int64`. */
  private typeWritten(): { dtype?: DType } {
    const { r } = this
    if (!r.take(':')) return {}
    const token = r.name('a type, as in 0: int64')
    const type = usualType(token.text)
    if (!Object.hasOwn(BITS, type)) r.fail(`one of ${Object.keys(BITS).join(', ')}`, token)
    return { dtype: type as DType }
  }

  private numberOf(): number {
    if (this.r.token.type !== 'number') this.r.fail('a number')
    return numberIn(this.r.next().text)
  }
}

const areLayers = (v: ValueGraph): boolean => v.type === 'call' || (v.type === 'either' && v.of.every(areLayers))

/** What follows the name of an operator. */
const BEFORE_OPERANDS: readonly string[] = ['(', '<', '!']

import { nearest } from '../network/nearest-name'
import { FUNCTIONS } from './functions'
import type { CallGraph, CompareOp, Condition, Term } from './graph'
import { numberIn } from './lexer'
import type { Token, TokenReader } from './lexer'
import { PROPERTY_NAMES, usualType } from './other-notations'
import { notePlace } from './places'

export const PROPERTIES: Readonly<Record<string, string>> = {
  dtype: 'its type, as float32',
  rank: 'how many dimensions it has',
  shape: 'its sizes, a list; shape[-1] is the last one',
  size: 'how many elements it has',
  uses: 'how many layers take it',
  value: 'the numbers of a constant; of one element that number',
  kind: 'the operator that makes it',
  isConstant: 'whether it is a constant',
  isInput: 'whether it is an input of the network',
  isOutput: 'whether it is an output of the network',
}
const OF_TYPES: readonly string[] = ['dtype', 'rank', 'shape', 'size']
/** `a + b + c` has two; what reads terms recurses. */
const MOST_SIGNS = 300
const COMPARE: readonly string[] = ['==', '!=', '<', '<=', '>', '>=', 'in']

/** Reads a layer in a term, as in `MatMul(a, b).shape`: handed in, because layers hold terms too. */
type ReadCall = (r: TokenReader, kind: Token) => CallGraph
/** Reads a condition in a term, as in `all($p < 4)`. */
type ReadCondition = (terms: TermParser) => Condition

/** What is written as a function, and takes a condition. */
const OF_CONDITIONS: ReadonlySet<string> = new Set(['all', 'any', 'choose'])

const attribute = (name: string): Term => ({ type: 'attribute', name })

const QUOTED = new WeakSet<Term>()
const quoted = (value: string): Term => {
  const t: Term = { type: 'literal', value }
  QUOTED.add(t)
  return t
}
/** Whether a literal was written in quotes. */
export const isQuoted = (t: Term): boolean => QUOTED.has(t)

/** Reads terms: what conditions compare and what right sides compute. */
export class TermParser {
  constructor(
    private readonly r: TokenReader,
    private readonly readCall: ReadCall,
    private readonly readCondition: ReadCondition,
  ) {}

  /** A comparison, where one stands here. */
  compareOp(): CompareOp | null {
    const { r } = this
    if (r.is('=')) r.fail('== to compare', r.token, '==')
    if (!COMPARE.includes(r.token.text) || r.token.type === 'string') return null
    return r.next().text as CompareOp
  }

  term(): Term {
    const { r } = this
    const at = r.token
    const first = this.sum()
    if (!r.take('??')) return first
    return notePlace({ type: 'default', of: first, otherwise: r.nested(() => this.term()) }, at)
  }

  private sum(): Term {
    const { r } = this
    let left = this.product()
    for (let n = 0; ; n++) {
      this.checkLength(n)
      // "a -1" reads as one number: a sum may be written without a space.
      if (r.token.type === 'number' && r.token.text.startsWith('-'))
        left = { type: 'arithmetic', op: '+', left, right: this.product() }
      else if (r.is('+') || r.is('-') || r.is('++'))
        left = { type: 'arithmetic', op: r.next().text as '+' | '-' | '++', left, right: this.product() }
      else return left
    }
  }

  private product(): Term {
    const { r } = this
    let left = this.one()
    for (let n = 0; r.is('*') || r.is('/') || r.is('%'); this.checkLength(++n))
      left = { type: 'arithmetic', op: r.next().text as '*' | '/' | '%', left, right: this.one() }
    return left
  }

  private one(): Term {
    const { r } = this
    return r.nested(() => {
      const at = r.token
      let found = notePlace(this.atom(), at)
      for (let n = 0; r.take('['); this.checkLength(++n)) found = notePlace(this.part(found), at)
      return found
    })
  }

  /** Each sign of a row nests what stands before it. */
  private checkLength(signs: number): void {
    if (signs > MOST_SIGNS) this.r.fail(`at most ${MOST_SIGNS} signs in a row`)
  }

  /** Behind `[`: one element, or a part. A plain number behind a property is part of it. */
  private part(of: Term): Term {
    const { r } = this
    if (r.take(':')) return this.endOfSlice(of, undefined)
    const from = this.term()
    if (r.take(':')) return this.endOfSlice(of, from)
    r.expect(']')
    if (of.type === 'property' && of.index === undefined && from.type === 'literal' && typeof from.value === 'number')
      return { ...of, index: from.value }
    return { type: 'pick', of, at: from }
  }

  private endOfSlice(of: Term, from: Term | undefined): Term {
    const to = this.r.is(']') ? undefined : this.term()
    this.r.expect(']')
    return { type: 'slice', of, ...(from && { from }), ...(to && { to }) }
  }

  private atom(): Term {
    const { r } = this
    const { token } = r
    if (token.type === 'number') return { type: 'literal', value: numberIn(r.next().text) }
    if (token.type === 'string') return quoted(r.next().text.slice(1, -1))
    if (r.take('$')) {
      const variable = r.name('the name of an attribute variable')
      return this.isLayer() ? this.inferred({ ...variable, text: `$${variable.text}` }) : attribute(variable.text)
    }
    if (r.take('-')) return { type: 'arithmetic', op: '-', left: { type: 'literal', value: 0 }, right: this.one() }
    if (r.take('[')) return { type: 'list', of: this.list(']') }
    if (r.take('(')) {
      const inner = this.term()
      r.expect(')')
      return inner
    }
    const name = r.name('a value, as in x.rank, or a literal')
    if (r.is('(') || r.is('<')) {
      if (OF_CONDITIONS.has(name.text)) return this.ofCondition(name.text)
      if (Object.hasOwn(FUNCTIONS, name.text)) return this.called(name)
      if (this.isLayer()) return this.inferred(name)
    }
    return this.word(name)
  }

  /** Whether what stands here are a layer's operands, or its attributes, and no comparison. */
  private isLayer(): boolean {
    const { r } = this
    return r.is('(') || (r.is('<') && (r.peek(2).text === '=' || r.peek().text === '...'))
  }

  private list(end: string): Term[] {
    const of: Term[] = []
    if (!this.r.is(end))
      do of.push(this.term())
      while (this.r.take(','))
    this.r.expect(end)
    return of
  }

  private called({ text: name, ...at }: Token): Term {
    const { r } = this
    r.expect('(')
    const of = this.list(')')
    const known = FUNCTIONS[name]!
    if (of.length < known.least || of.length > known.most) r.fail(`${name}(${known.arguments})`, { ...at, text: name })
    return { type: 'function', name, of }
  }

  /** `all($p < 4)`, `choose(x.shape == 1, 0, 1)` */
  private ofCondition(name: string): Term {
    const { r } = this
    r.expect('(')
    const condition = this.readCondition(this)
    if (name === 'all' || name === 'any') {
      if (condition.type === 'holds' && condition.term.type !== 'function' && condition.term.type !== 'property')
        r.fail(`a comparison, as in ${name}($p < 4)`)
      r.expect(')')
      return { type: 'every', of: name, condition }
    }
    r.expect(',')
    const [yes, no, ...more] = this.list(')')
    if (!yes || !no || more.length > 0) return r.fail('choose(condition, a, b)')
    return { type: 'choose', condition, yes, no }
  }

  /** `MatMul(a, b).shape` */
  private inferred(kind: Token): Term {
    const { r } = this
    const property = PROPERTY_NAMES[kind.text] ?? kind.text
    if (Object.hasOwn(PROPERTIES, property) && r.is('('))
      r.fail(`${r.peek().text}.${property}: properties stand behind a value`, kind)
    const near = /^[a-z]\w*$/.test(kind.text) ? nearest(kind.text, Object.keys(FUNCTIONS)) : null
    if (near) r.fail(`${near}(…)`, kind, near)
    const of = this.readCall(r, kind)
    if (!r.is('.')) {
      const near = nearest(kind.text, Object.keys(FUNCTIONS))
      r.fail(`.shape, .dtype, .rank or .size behind ${kind.text}(…)${near ? `; or ${near}(…)` : ''}`)
    }
    r.next()
    const name = r.name(`one of ${OF_TYPES.join(', ')} behind the dot`)
    if (!OF_TYPES.includes(name.text)) r.fail(`one of ${OF_TYPES.join(', ')} behind the dot`, name)
    return { type: 'inferred', of, name: name.text }
  }

  private word(name: Token): Term {
    const { r } = this
    if (name.text === 'true' || name.text === 'false') return { type: 'literal', value: name.text === 'true' }
    if (name.text === 'opset') return { type: 'opset' }
    const type = usualType(name.text)
    const dot = type.indexOf('.')
    if (dot < 0) return { type: 'literal', value: type }
    const property = name.text.slice(dot + 1)
    const known = Object.keys(PROPERTIES)
    if (!known.includes(property)) {
      const near = PROPERTY_NAMES[property] ?? nearest(property, known)
      // An operator of a domain, as in x.kind == com.microsoft.Gelu.
      if (dot !== type.lastIndexOf('.') || (!near && /^[A-Z]/.test(property))) return { type: 'literal', value: type }
      const instead = near && `${name.text.slice(0, dot)}.${near}`
      r.fail(
        instead
          ? `${instead}, or another of ${known.join(', ')} behind the dot`
          : `one of ${known.join(', ')} behind the dot, or $axis for an attribute that the left side names (<axis=$axis>)`,
        name,
        instead,
      )
    }
    return { type: 'property', of: name.text.slice(0, dot), name: property }
  }
}

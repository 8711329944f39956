import { placeOf } from './places'
import type { Place } from './places'

/** A rule text is wrong: where, what was expected there, and what stands there. Line and column count from 1. */
export class RuleSyntaxError extends Error {
  constructor(
    readonly line: number,
    readonly column: number,
    readonly expected: string,
    readonly found: string,
    /** What was probably meant in place of the word that stands there. */
    readonly instead: string | null = null,
  ) {
    super(`line ${line}, column ${column}: expected ${expected}, found ${found}`)
    this.name = 'RuleSyntaxError'
  }
}

export interface Token extends Place {
  readonly type: 'name' | 'number' | 'string' | 'symbol' | 'example' | 'end'
  readonly text: string
}

/** An example is one token: the network in it has a syntax of its own. */
const TOKEN =
  /(?<example>example\s+(?:matches|fails)\b[^{}\n]*\{[^}]*\})|(?<space>\s+|#[^\n]*)|(?<number>-?(?:inf(?![\w.])|(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?))|(?<name>[A-Za-z_][\w]*(?:\.[A-Za-z_][\w]*)*)|(?<string>"[^"\n\r\u2028\u2029]*")|(?<symbol>=>|==|!=|(?<=[\w?)])!(?=[(<])|<=|>=|\.\.\.|\?\?|\+\+|[-=<>()[\]{},|?~@&$+*/%;:.])/y

const TYPES = ['example', 'number', 'name', 'string', 'symbol'] as const

/** The tokens of a rule text; `#` begins a comment. @throws RuleSyntaxError at a character that begins no token. */
export function tokenize(text: string): Token[] {
  const tokens: Token[] = []
  let line = 1
  let start = 0
  TOKEN.lastIndex = 0
  for (let at = 0; at < text.length; at = TOKEN.lastIndex) {
    TOKEN.lastIndex = at
    const found = TOKEN.exec(text)
    const column = at - start + 1
    if (!found) {
      const { wanted, instead } = foreignSign(text.slice(at))
      throw new RuleSyntaxError(line, column, wanted, signText(text.codePointAt(at)!), instead ?? null)
    }
    const type = TYPES.find((t) => found.groups![t] !== undefined)
    if (type) tokens.push({ type, text: found[0], line, column })
    for (let i = at; i < TOKEN.lastIndex; i++) {
      if (text[i] !== '\n') continue
      line++
      start = i + 1
    }
  }
  tokens.push({ type: 'end', text: 'the end', line, column: text.length - start + 1 })
  return tokens
}

interface Wanted {
  readonly wanted: string
  readonly instead?: string
}

/** What stands for a character that begins no token: other notations and word processors write it. */
function foreignSign(text: string): Wanted {
  const meant = (instead: string): Wanted => ({ wanted: `"${instead}"`, instead })
  if (text.startsWith('!')) return { wanted: 'not, as in not x.isConstant', instead: 'not ' }
  if (/^["“”„«»]/.test(text)) return { wanted: 'straight quotes around a text of one line, as "this"' }
  if (/^['‘’]/.test(text)) return { wanted: 'straight double quotes, as "this"' }
  if (/^[⇒→]/.test(text)) return meant('=>')
  if (/^[≤≥≠×−…]/.test(text))
    return meant({ '≤': '<=', '≥': '>=', '≠': '!=', '×': '*', '−': '-', '…': '...' }[text[0]!]!)
  // In a file of two bytes for each character every other one is nothing.
  if (/^[\0\ufffd]/.test(text)) return { wanted: 'text: save the file as UTF-8' }
  if (/^[\p{L}\p{N}]/u.test(text)) return { wanted: 'a name of the letters a to z, digits and _' }
  return { wanted: 'a name, a number, a string or a symbol' }
}

/** A character as it may be shown: by its number where nobody would see it. */
function signText(code: number): string {
  const sign = String.fromCodePoint(code)
  const isSeen = /^[\p{L}\p{N}\p{P}\p{S}]$/u.test(sign) && sign !== '\ufffd'
  return isSeen ? JSON.stringify(sign) : `the character U+${code.toString(16).toUpperCase().padStart(4, '0')}`
}

/** What a token of a number stands for; `inf` is what no number is above. */
export const numberIn = (text: string): number => Number(text.replace('inf', 'Infinity'))

/** Rules nest no deeper than this, and have no more layers than `MOST_LAYERS`: what reads and matches them recurses. */
const DEEPEST = 100
const MOST_LAYERS = 300

/** Reads tokens one by one. */
export class TokenReader {
  private at = 0
  private depth = 0
  private layers = 0
  /** It nests too deep, whichever way it is read. */
  isTooDeep = false
  private readonly names: Set<string>
  constructor(private readonly tokens: readonly Token[]) {
    this.names = new Set(tokens.map((t) => t.text))
  }

  /** Where it stands, to come back to by `goTo`. */
  get position(): number {
    return this.at
  }
  goTo(position: number): void {
    this.at = position
  }
  /** How often a name stands between two positions. */
  countOf(name: string, from: number, to: number): number {
    return this.tokens.slice(from, to).filter((t) => t.type === 'name' && t.text === name).length
  }
  /** A name that stands nowhere in the text. */
  fresh(base: string): string {
    let n = 1
    while (this.names.has(`${base}${n}`)) n++
    this.names.add(`${base}${n}`)
    return `${base}${n}`
  }

  get token(): Token {
    return this.tokens[this.at]!
  }
  peek(ahead = 1): Token {
    return this.tokens[Math.min(this.at + ahead, this.tokens.length - 1)]!
  }
  next(): Token {
    const token = this.token
    if (token.type !== 'end') this.at++
    return token
  }
  is(text: string): boolean {
    return this.token.text === text && this.token.type !== 'string' && this.token.type !== 'end'
  }
  /** Takes the token where it reads `text`. */
  take(text: string): boolean {
    if (!this.is(text)) return false
    this.at++
    return true
  }
  expect(text: string): Token {
    if (!this.is(text)) this.fail(`"${text}"`)
    return this.next()
  }
  name(what: string): Token {
    if (this.token.type !== 'name') this.fail(what)
    return this.next()
  }
  /** Reads something that may hold its like. @throws RuleSyntaxError where that goes too deep */
  nested<T>(read: () => T): T {
    if (++this.depth > DEEPEST) {
      this.isTooDeep = true
      this.fail(`a rule that nests no deeper than ${DEEPEST}`)
    }
    try {
      return read()
    } finally {
      this.depth--
    }
  }
  /** A rule begins: its layers are counted anew. */
  startRule(): void {
    this.layers = 0
  }
  /** Counts the layers of a rule. @throws RuleSyntaxError where there are too many */
  layer(token: Token): void {
    if (++this.layers > MOST_LAYERS) this.fail(`a rule of at most ${MOST_LAYERS} layers`, token)
  }
  /** @param part what was read before, and is wrong as a whole */
  failAt(expected: string, part: object, found: string): never {
    const at = placeOf(part) ?? this.token
    throw new RuleSyntaxError(at.line, at.column, expected, `"${found}"`)
  }
  /** @param instead what to write in place of the token, where that is plain */
  fail(expected: string, token: Token = this.token, instead: string | null = null): never {
    const found = token.type === 'end' ? 'the end' : token.type === 'string' ? token.text : `"${token.text}"`
    throw new RuleSyntaxError(token.line, token.column, expected, found, instead)
  }
}

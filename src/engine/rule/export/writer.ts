/** What the exports share: names, lines, and the list of what a target cannot say. */

import type { RuleGraph } from '../graph'

/** Text of a rule in another language, and what that cannot say. */
export interface Written {
  readonly text: string
  readonly missing: readonly string[]
}

export class Writer {
  private readonly lines: string[] = []
  private readonly lost = new Set<string>()

  /** @param comment how a comment begins */
  constructor(private readonly comment: string) {}

  line(text = '', depth = 0): void {
    this.lines.push(text === '' ? '' : `${'    '.repeat(depth)}${text}`)
  }
  has(text: string): boolean {
    return this.lines.some((line) => line.includes(text))
  }
  /** The target cannot say this. */
  missing(what: string): void {
    this.lost.add(what)
  }
  /** @param head lines that stand first, before what is missing */
  written(head: readonly string[]): Written {
    const missing = [...this.lost]
    const said = missing.length > 0 ? ['Not in here, for it cannot be said:', ...missing.map((m) => `- ${m}`)] : []
    const comments = [...head, ...said].map((text) => `${this.comment} ${onOneLine(text)}`)
    return {
      text: [...comments, '', ...this.lines].join('\n').trimEnd() + '\n',
      missing,
    }
  }
}

/** What a rule says of itself besides its sides, and other compilers have no place for. */
export function unplacedFacts({ claim, benefit, examples = [] }: RuleGraph, hasBenefit: boolean): string[] {
  return [
    ...(claim === 'approximation'
      ? ['it is an approximation, which one opts into: there it is a rule like any other']
      : []),
    ...(benefit !== undefined && !hasBenefit
      ? [`benefit ${benefit}: whoever adds it to others says in which order they are tried`]
      : []),
    ...(examples.length > 0 ? ['its examples'] : []),
  ]
}

/** A comment ends with its line, and what follows would be code; Python reads no file with a null character. */
const onOneLine = (text: string): string => text.replace(/[\0\n\r\u2028\u2029]+/g, ' ')

/** File systems take no longer names; the ending needs room too. */
const LONGEST = 120

export const fileName = (name: string): string =>
  name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, LONGEST)
    .replace(/^-|-$/g, '') || 'rule'

/** A name as Python and MLIR take it. */
export function snake(name: string): string {
  const plain = fileName(name).replaceAll('-', '_')
  return /^\d/.test(plain) ? `rule_${plain}` : plain
}

export function pascal(name: string): string {
  const words = name
    .replace(/[^A-Za-z0-9]+/g, ' ')
    .trim()
    .split(' ')
  const plain = words.map((w) => w.charAt(0).toUpperCase() + w.slice(1)).join('')
  return plain === '' || /^\d/.test(plain) ? `Rule${plain}` : plain
}

const PYTHON = new Set(
  'False None True and as assert async await break class continue def del elif else except finally for from global if import in is lambda nonlocal not or pass raise return try while with yield op context ir pattern math self layer trt activation concat elementwise_binary matmul softmax unary Layer'.split(
    ' ',
  ),
)

/** A value's name as Python takes it. */
export const pythonName = (name: string): string => (PYTHON.has(name) ? `${name}_` : name)

export function pythonLiteral(x: unknown): string {
  if (Array.isArray(x)) return `[${x.map(pythonLiteral).join(', ')}]`
  if (typeof x === 'boolean') return x ? '1' : '0'
  if (typeof x === 'number') return pythonNumber(x)
  return typeof x === 'string' ? JSON.stringify(x) : String(x)
}

/** What an attribute of floats has to be in Python, where 1 is no float. */
export function pythonFloat(x: unknown): string {
  if (Array.isArray(x)) return `[${x.map(pythonFloat).join(', ')}]`
  const text = pythonLiteral(x)
  return /^-?\d+$/.test(text) ? `${text}.0` : text
}

export function pythonNumber(x: number): string {
  if (Object.is(x, -0)) return '-0.0'
  return Number.isFinite(x) ? String(x) : `float("${String(x).replace('inity', '').toLowerCase()}")`
}

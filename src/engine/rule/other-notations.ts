import { BITS } from '../store/constant'
import type { TokenReader } from './lexer'

/** What other notations write, and what stands for it in a rule: to accept it where it means the same, or to say what to write. */

/** Names of types that other tools use. */
const TYPES: Readonly<Record<string, string>> = { float: 'float32', double: 'float64', half: 'float16' }

/** A type by the name that it has here: `float`, `FLOAT16` and `TensorProto.INT64` are others. */
export function usualType(word: string): string {
  if (Object.hasOwn(BITS, word)) return word
  const plain = word.replace(/^(?:\w+\.)*(?:TensorProto|DataType)\./, '')
  const lower = plain === plain.toUpperCase() ? plain.toLowerCase() : plain
  const type = TYPES[lower] ?? lower
  return Object.hasOwn(BITS, type) ? type : word
}

/** Properties by the names that they have elsewhere. */
export const PROPERTY_NAMES: Readonly<Record<string, string>> = {
  ndim: 'rank',
  dim: 'rank',
  dims: 'shape',
  type: 'dtype',
  elem_type: 'dtype',
  numel: 'size',
  op: 'kind',
  op_type: 'kind',
  is_constant: 'isConstant',
  const_value: 'value',
  users: 'uses',
}

/** Words between conditions, and what stands for them here. */
export const CONDITION_WORDS: Readonly<Record<string, string>> = { '&': 'and', '|': 'or', AND: 'and', OR: 'or' }

/** What others begin conditions with. */
const CONDITIONS: ReadonlySet<string> = new Set(['if', 'when', 'requires', 'assert', 'given'])

const INFIX: Readonly<Record<string, string>> = { '+': 'Add', '-': 'Sub', '*': 'Mul', '/': 'Div', '%': 'Mod' }

/** Behind a value: an operator between values, which a rule writes as a layer. */
export function checkInfix(r: TokenReader): void {
  const { token } = r
  const sign = token.type === 'number' && token.text.startsWith('-') ? '-' : token.type === 'symbol' ? token.text : ''
  if (sign === '*' && r.peek().text === '*') r.fail('a layer: a ** b is written Pow(a, b)')
  const kind = Object.hasOwn(INFIX, sign) ? INFIX[sign] : undefined
  if (sign === '/') checkComment(r)
  if (kind && r.peek().text !== '>') r.fail(`a layer: a ${sign} b is written ${kind}(a, b)`)
}

/** Where a value should begin: what others write for the further operands, or for a number. */
export function checkValue(r: TokenReader, isLeft: boolean): void {
  const { token } = r
  const next = r.peek()
  if (token.text === '*' && next.type === 'name')
    r.fail(`...${next.text}: further operands are written with three dots`, token, '...')
  if (isLeft && token.text === '{') r.fail('a number as it is, without braces: what is computed stands on the right')
}

/** Behind the operands of a layer: its attributes, which a rule writes before them. */
export function checkBehindOperands(r: TokenReader, kind: string): void {
  if (r.is('<') && r.peek().type === 'name') r.fail(`attributes before the operands, as ${kind}<…>(…)`)
}

/** A comment of another language. */
export function checkComment(r: TokenReader): void {
  if (r.token.text === '/' && r.peek().text === '/') r.fail('#, which begins a comment', r.token, '#')
}

/** Where a statement should begin: what others begin one with. */
export function checkBeginning(r: TokenReader): void {
  const { token } = r
  if (token.type !== 'symbol' && token.type !== 'name') return
  checkComment(r)
  if (token.text === '%') r.fail('a name without %', token, '')
  if (token.text === 'return') r.fail('y = …: results have names, and those of the left side carry over', token, 'y =')
  const next = r.peek().text
  if (token.type === 'name' && CONDITIONS.has(token.text) && next !== '=' && next !== ',')
    r.fail('where, which begins conditions', token, 'where')
  if (token.type === 'name' && (next === '(' || next === '<'))
    r.fail(`a name for what this gives, as y = ${token.text}(…)`, token, `y = ${token.text}`)
}

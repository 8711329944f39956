/** Reckoning with numbers, lists and conditions, as far as a rule can say it. */
import { codeOf, DTYPE_CODES } from '../../engine'
import { all, any, compared, FALSE, is, isEach, isFalse, isTrue, not, ofElements, TRUE } from './conditions'
import type { Condition } from './conditions'
import type { TermValue, Value } from './values'
import { number } from './values'

export const term = (text: string, kind: TermValue['is'] = 'number', more: Partial<TermValue> = {}): TermValue => ({
  type: 'term',
  text,
  is: kind,
  ...more,
})

/** A value as a rule reckons with it; null for what is none of its numbers, lists and words. */
export function asTerm(v: Value): TermValue | null {
  switch (v.type) {
    case 'term':
      return v
    case 'number':
      return term(numberText(v.value))
    case 'string':
      return v.value.includes('"') ? null : term(`"${v.value}"`)
    case 'bool':
      return isTrue(v.is) ? term('1') : isFalse(v.is) ? term('0') : null
    case 'dtype':
      return term(v.text.startsWith('$') ? v.text : String(codeOf(v.text) ?? v.text))
    case 'attribute':
      return term(v.text)
    case 'tensor':
      return v.numbers ? asTerm(v.numbers) : null
    case 'list': {
      if (isSpread(v)) return putTogether(v.items)
      const items = v.items.map(asTerm)
      if (!items.every((t) => t !== null)) return null
      const kind = items.some((t) => t.is === 'each') ? 'each' : 'list'
      return kind === 'each' ? null : term(`[${items.map((t) => t.text).join(', ')}]`, kind)
    }
    default:
      return null
  }
}

/** Whether only a match knows how many items a list has. */
export const isSpread = (v: Extract<Value, { type: 'list' }>): boolean =>
  v.items.some((x) => x.type === 'spread' || x.type === 'lost')

/** `[a] ++ rest` */
function putTogether(items: readonly Value[]): TermValue | null {
  const parts = items.map((x) =>
    x.type === 'spread' ? x.of.text : asTerm(x)?.is === 'number' ? `[${asTerm(x)!.text}]` : null,
  )
  if (!parts.every((t) => t !== null)) return null
  return term(parts.length === 1 ? parts[0]! : `(${parts.join(' ++ ')})`, 'list')
}

export function numberText(x: number): string {
  return String(x).replace('e+', 'e').replace('Infinity', 'inf')
}

/** No rule has a longer list written out. */
export const LONGEST_LIST = 10_000

/** `a + b`, as Python has it: lists are put together and repeated, elements are reckoned with one by one. */
export function arithmetic(op: string, a: Value, b: Value): Value | null {
  if (a.type === 'number' && b.type === 'number') return number(reckoned(op, a.value, b.value))
  if (a.type === 'list' && b.type === 'list' && op === '+')
    return { type: 'list', items: [...a.items, ...b.items], depth: a.depth }
  if (
    a.type === 'list' &&
    !isSpread(a) &&
    b.type === 'number' &&
    op === '*' &&
    a.items.length * b.value <= LONGEST_LIST
  )
    return { type: 'list', items: Array.from({ length: b.value }, () => a.items).flat(), depth: a.depth }
  const [x, y] = [asTerm(a), asTerm(b)]
  if (!x || !y) return null
  if (x.is === 'list' && y.is === 'list' && op === '+') return term(`(${x.text} ++ ${y.text})`, 'list')
  if (x.is === 'list' && y.is === 'number' && op === '*') return repeated(a, y)
  if (x.is === 'list' || y.is === 'list') return null
  const kind = x.is === 'each' || y.is === 'each' ? 'each' : 'number'
  if (op === '//') return term(`floor(${x.text} / ${y.text})`, kind)
  // Where the first is negative Python's result has the sign of the second.
  if (op === '%' && !/^\w+\.(shape\[[^\]]*\]|rank|size)$/.test(x.text))
    return term(`(${x.text} - ${y.text} * floor(${x.text} / ${y.text}))`, kind)
  return /^[-+*/%]$/.test(op) ? term(`(${x.text} ${op} ${y.text})`, kind) : null
}

/** `[v] * n` */
function repeated(a: Value, n: TermValue): Value | null {
  if (a.type === 'term') return a.filled ? filled(a.filled.value, `(${a.filled.count} * ${n.text})`) : null
  const items = a.type === 'list' ? a.items.map(asTerm) : []
  const one = items[0]
  if (!one || items.some((t) => t?.text !== one.text)) return null
  return filled(one.text, items.length === 1 ? n.text : `${items.length} * ${n.text}`)
}

/** n times the same number. */
export function filled(value: string, count: string): TermValue {
  const more = value === '0' ? '' : ` + ${value}`
  return term(`(range(${count}) * 0${more})`, 'list', { filled: { value, count } })
}

/** How many elements a list has. */
export function lengthText(text: string): string {
  const [, inner] = /^(?:reversed|range)\((.*)\)$/.exec(text) ?? []
  if (inner !== undefined && isBalanced(inner)) return text.startsWith('range') ? inner : lengthText(inner)
  return /^\w+\.shape$/.test(text) ? text.replace(/shape$/, 'rank') : `len(${text})`
}

function isBalanced(text: string): boolean {
  let depth = 0
  for (const c of text) {
    if (c === '(' || c === '[') depth++
    if (c === ')' || c === ']') depth--
    if (depth < 0 || (depth === 0 && c === ',')) return false
  }
  return true
}

function reckoned(op: string, a: number, b: number): number {
  switch (op) {
    case '+':
      return a + b
    case '-':
      return a - b
    case '*':
      return a * b
    case '//':
      return Math.floor(a / b)
    case '%':
      return a - b * Math.floor(a / b)
    case '**':
      return a ** b
    default:
      return a / b
  }
}

/** Whether Python's `a == b`, `a < b` and so on hold; null for what cannot be said. */
export function comparison(op: string, a: Value, b: Value): Condition | null {
  if (a.type === 'column' || b.type === 'column') return columnComparison(op, a, b)
  if (a.type === 'number' && b.type === 'number') return holds(op, a.value, b.value) ? TRUE : FALSE
  if (a.type === 'string' && b.type === 'string') return holds(op, a.value, b.value) ? TRUE : FALSE
  if (a.type === 'none' || b.type === 'none') {
    if (op !== '==' && op !== '!=') return null
    const other = a.type === 'none' ? b : a
    const absent = other.type === 'none' ? TRUE : other.given ? not(other.given) : FALSE
    return op === '==' ? absent : not(absent)
  }
  const [x, y] = [asTerm(a), asTerm(b)]
  if (!x || !y) return null
  if (isType(x)) return compared(x.text, op, typeWords(y.text), x.is === 'each')
  if (isType(y)) return comparison(TURNED[op] ?? op, b, a)
  const each = x.is === 'each' || y.is === 'each'
  if (!each && x.is !== y.is && (x.is === 'list' || y.is === 'list') && isSurelyNumber(x.is === 'list' ? b : a))
    return op === '==' ? FALSE : op === '!=' ? TRUE : null
  // A list stands on the left: one number there is a constant of one element.
  const [p, sign, q] = y.is === 'each' && x.is !== 'each' ? [y, TURNED[op] ?? op, x] : [x, op, y]
  const same = compared(p.text, sign, q.text, each)
  if (each || (op !== '==' && op !== '!=')) return same
  const flat = [x.flat, y.flat].filter((c) => c !== undefined)
  return op === '==' ? all(...flat, same) : any(...flat.map(not), same)
}

const isType = (t: TermValue): boolean => /^\w+\.dtype$/.test(t.text)

const TYPE_NAMES = new Map(Object.entries(DTYPE_CODES).map(([name, code]) => [String(code), name]))

/** What stands beside a type: types by their names, where Python has their numbers. */
export const typeWords = (text: string): string =>
  /^\[?[\d, ]*\]?$/.test(text) ? text.replace(/\d+/g, (code) => TYPE_NAMES.get(code) ?? code) : text

const isSurelyNumber = (v: Value): boolean => v.type === 'number'

const TURNED: Readonly<Record<string, string>> = { '<': '>', '>': '<', '<=': '>=', '>=': '<=' }

function holds(op: string, a: number | string, b: number | string): boolean {
  if (op === '==') return a === b
  if (op === '!=') return a !== b
  return op === '<' ? a < b : op === '<=' ? a <= b : op === '>' ? a > b : a >= b
}

/** A constant against `[[0], [1], …]`. */
function columnComparison(op: string, a: Value, b: Value): Condition | null {
  const [column, other] = a.type === 'column' ? [a, b] : [b, a]
  const of = other.type === 'term' ? /^(\w+)\.value$/.exec(other.text)?.[1] : undefined
  if (column.type !== 'column' || of === undefined || (op !== '==' && op !== '!=')) return null
  const same = all(compared(`${of}.rank`, '==', '2'), compared(`${of}.value`, '==', column.of.text))
  return op === '==' ? same : not(same)
}

/** One of two, by a condition; null where a rule has no words for it. */
export function chosenTerm(c: Condition, text: string, yes: Value, no: Value): Value | null {
  const [x, y] = [asTerm(yes), asTerm(no)]
  if (!x || !y) return null
  if (x.text === y.text) return yes
  const kind = [x, y].find((t) => t.is !== 'number')?.is ?? (isEach(c) ? 'each' : 'number')
  return term(`choose(${text}, ${x.text}, ${y.text})`, isEach(c) ? 'each' : kind)
}

/** Whether a truth holds of all elements, or of any. */
export const every = (c: Condition): Condition => ofElements('every', c)
export const some = (c: Condition): Condition => ofElements('some', c)

/** Whether a number, or the elements of a list, are known. */
export const known = (t: TermValue): Condition => is(`known(${t.text})`, t.is === 'each')

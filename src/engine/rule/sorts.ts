/** What terms are before there is a match: a comparison of what can never be alike never holds, and is a slip. */
import { codeOf, DTYPE_CODES } from './dtype-codes'
import type { CompareOp, Term } from './graph'
import { printTerm } from './print'

/** `number` for what is reckoned with: numbers and lists of them. `any` where only a match tells. */
type Sort = 'number' | 'type' | 'operator' | 'truth' | 'any'

/** @param rests names that stand for several values: a property of them lists that of each */
export function sortOf(t: Term, rests: ReadonlySet<string>): Sort {
  switch (t.type) {
    case 'literal':
      return typeof t.value === 'number' ? 'number' : typeof t.value === 'boolean' ? 'truth' : 'any'
    case 'property':
    case 'inferred':
      return t.type === 'property' && rests.has(t.of) ? 'any' : (OF_PROPERTIES[t.name] ?? 'number')
    case 'arithmetic':
    case 'opset':
      return 'number'
    case 'function':
      return OF_TRUTH.includes(t.name) ? 'any' : 'number'
    case 'every':
      return 'truth'
    case 'choose':
      return sortOf(t.yes, rests) === sortOf(t.no, rests) ? sortOf(t.yes, rests) : 'any'
    case 'default':
      return sortOf(t.of, rests)
    default:
      return 'any'
  }
}

const OF_PROPERTIES: Readonly<Record<string, Sort>> = {
  dtype: 'type',
  kind: 'operator',
  isConstant: 'truth',
  isInput: 'truth',
  isOutput: 'truth',
}
/** Functions that say whether something is so, of a list for each element. */
const OF_TRUTH: readonly string[] = ['known', 'powerOfTwo']

const WORDS: Readonly<Record<Sort, string>> = {
  number: 'a number',
  type: 'a type',
  operator: 'an operator',
  truth: 'true or false',
  any: '',
}

/** Why a comparison never holds, and what was meant; null where it may. */
export function whyNeverAlike(op: CompareOp, left: Term, right: Term, rests: ReadonlySet<string>): string | null {
  const a = sortOf(left, rests)
  if (op === 'in' && right.type === 'list')
    return right.of.reduce<string | null>((why, x) => why ?? whyNeverAlike('==', left, x, rests), null)
  if (op === 'in' && (right.type === 'literal' || right.type === 'opset')) return 'a list stands behind in: [1, 2]'
  const b = sortOf(right, rests)
  const isOrder = op !== '==' && op !== '!=' && op !== 'in'
  const unordered = [a, b].find((s) => s !== 'number' && s !== 'any')
  if (isOrder && unordered !== undefined) return `${WORDS[unordered]} is neither above nor below anything`
  if (a === b || a === 'any' || b === 'any') return null
  if (a === 'type') return typeByNumber(right) ?? unlike(left, a, right, b)
  return (b === 'type' ? typeByNumber(left) : null) ?? unlike(left, a, right, b)
}

function typeByNumber(t: Term): string | null {
  const name = t.type === 'literal' ? Object.keys(DTYPE_CODES).find((dtype) => codeOf(dtype) === t.value) : undefined
  return name === undefined ? null : `types have names: ${name}`
}

const unlike = (left: Term, a: Sort, right: Term, b: Sort): string =>
  `${printTerm(left)} is ${WORDS[a]}, and ${printTerm(right)} ${WORDS[b]}`

/** Why a term by itself is no condition; null where it may be one. */
export function whyNoCondition(t: Term, rests: ReadonlySet<string>): string | null {
  const sort = sortOf(t, rests)
  const isList = t.type === 'list' || t.type === 'slice'
  if (sort === 'truth' || (sort === 'any' && !isList)) return null
  return `${printTerm(t)} is ${isList ? 'a list' : WORDS[sort]}: compare it with something`
}

/** What of a term can never be, its own parts aside, and why; null where nothing speaks against it. */
export function termFault(t: Term, rests: ReadonlySet<string>): { readonly at: Term; readonly why: string } | null {
  const why = whyNoElement(t, rests)
  if (why !== null) return { at: t, why }
  for (const x of t.type === 'arithmetic' ? [t.left, t.right] : []) {
    const odd = whyNoNumber(x, rests)
    if (odd !== null) return { at: x, why: odd }
  }
  return null
}

/** Why nothing can be reckoned with a term; null where it can. */
export function whyNoNumber(t: Term, rests: ReadonlySet<string>): string | null {
  const sort = sortOf(t, rests)
  return sort === 'number' || sort === 'any' ? null : `${printTerm(t)} is ${WORDS[sort]}, and no number`
}

/** Why a term picks an element of what is no list; null where it does not. */
function whyNoElement(t: Term, rests: ReadonlySet<string>): string | null {
  if (t.type !== 'property' || t.index === undefined || rests.has(t.of) || LISTS.includes(t.name)) return null
  return `${t.of}.${t.name} is no list`
}

const LISTS: readonly string[] = ['shape', 'value']

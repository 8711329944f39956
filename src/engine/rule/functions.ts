import type { Value } from './value'
import { asList, eachNumber, listOf } from './value'

/** A function of terms: of how many arguments, what it gives, and how. */
export interface TermFunction {
  readonly arguments: string
  readonly least: number
  readonly most: number
  readonly does: string
  /** undefined where it does not apply to these. */
  readonly of: (values: readonly Value[]) => Value
}

function numbers(v: Value): readonly number[] | null {
  const list = asList(v)
  return list?.every((x) => typeof x === 'number') ? (list as readonly number[]) : null
}

/** Of several numbers, or of the elements of one list. The first is combined with itself, which leaves it. */
const ofAll =
  (combine: (a: number, b: number) => number) =>
  (values: readonly Value[]): Value => {
    const list = values.length === 1 ? numbers(values[0]) : values
    return list && list.length > 0 ? list.reduce<Value>((a, b) => eachNumber(a, b, combine), list[0]) : undefined
  }

const each =
  (f: (x: number) => number) =>
  ([v]: readonly Value[]): Value =>
    eachNumber(v, 0, (x) => f(x))

const fold =
  (start: number, f: (a: number, b: number) => number) =>
  ([v]: readonly Value[]): Value => {
    const list = numbers(v)
    return list ? list.reduce(f, start) : undefined
  }

/** Longer lists are no sizes of anything. */
const LONGEST_RANGE = 10_000

function range([a, b]: readonly Value[]): Value {
  const [from, to] = b === undefined ? [0, a] : [a, b]
  if (typeof from !== 'number' || typeof to !== 'number' || !(to - from <= LONGEST_RANGE)) return undefined
  return Array.from({ length: Math.max(0, Math.ceil(to - from)) }, (_, i) => from + i)
}

const isNumber = (v: Value): boolean => typeof v === 'number'

/** Of a whole n; not known of what is no number. */
function isPowerOfTwo(v: Value): Value {
  if (typeof v !== 'number') return undefined
  const n = Math.log2(v)
  return Number.isInteger(n) && 2 ** n === v
}

/** Values at their places in a list; one that has no place in it gives nothing. */
function put([into, at, given]: readonly Value[]): Value {
  const [list, places, values] = [asList(into), numbers(at), asList(given)]
  if (!list || !places || values?.length !== places.length) return undefined
  const found = [...list]
  for (const [i, place] of places.entries()) {
    const index: number = place < 0 ? place + list.length : place
    if (!(index in list)) return undefined
    found[index] = values[i]
  }
  return found
}

const one = (f: string): Pick<TermFunction, 'arguments' | 'least' | 'most'> => ({ arguments: f, least: 1, most: 1 })

/** What terms may call. `full` makes a constant, and stands only where an operand does. */
export const FUNCTIONS: Readonly<Record<string, TermFunction>> = {
  min: {
    arguments: 'a, b …',
    least: 1,
    most: 9,
    does: 'the least of them, or of the elements of one list',
    of: ofAll(Math.min),
  },
  max: {
    arguments: 'a, b …',
    least: 1,
    most: 9,
    does: 'the largest of them, or of the elements of one list',
    of: ofAll(Math.max),
  },
  sum: { ...one('list'), does: 'the sum of its elements', of: fold(0, (a, b) => a + b) },
  prod: { ...one('list'), does: 'the product of its elements', of: fold(1, (a, b) => a * b) },
  len: { ...one('list'), does: 'how many elements it has', of: ([v]) => asList(v)?.length },
  range: {
    arguments: 'n',
    least: 1,
    most: 2,
    does: '0, 1, … up to n − 1; with two arguments from the first up to before the second',
    of: range,
  },
  reversed: {
    ...one('list'),
    does: 'its elements from the last to the first',
    of: ([v]) => asList(v)?.toReversed(),
  },
  put: {
    arguments: 'list, places, values',
    least: 3,
    most: 3,
    does: 'the list with these values at these places',
    of: put,
  },
  known: {
    ...one('x'),
    does: 'whether this number is known, also of each element of a list: a size with a name is not',
    of: ([v]) => listOf(v)?.map(isNumber) ?? isNumber(v),
  },
  sqrt: { ...one('x'), does: 'the square root, also of each element of a list', of: each(Math.sqrt) },
  abs: { ...one('x'), does: 'without its sign', of: each(Math.abs) },
  floor: { ...one('x'), does: 'rounded down', of: each(Math.floor) },
  ceil: { ...one('x'), does: 'rounded up', of: each(Math.ceil) },
  single: { ...one('x'), does: 'rounded to float32, as attributes are', of: each(Math.fround) },
  exp: { ...one('x'), does: 'e to this', of: each(Math.exp) },
  log: { ...one('x'), does: 'the natural logarithm', of: each(Math.log) },
  powerOfTwo: {
    ...one('x'),
    does: 'whether this number is 2ⁿ, also of each element of a list',
    of: ([v]) => listOf(v)?.map(isPowerOfTwo) ?? isPowerOfTwo(v),
  },
  full: {
    arguments: 'shape, x',
    least: 2,
    most: 2,
    does: 'a constant of this shape, filled with x; as an operand only',
    of: () => undefined,
  },
  tensor: {
    arguments: 'list, type',
    least: 2,
    most: 2,
    does: 'a tensor of one dimension; as an attribute only',
    of: () => undefined,
  },
}

import { sameNumber } from './compare'
import { codeOf } from './dtype-codes'
import type { CompareOp } from './graph'

/** What a term comes to; null and undefined where something in it is not known. */
export type Value = number | string | boolean | null | undefined | readonly Value[]

/** Whether nothing is known of a value: conditions neither hold nor fail for it. */
export const isUnknown = (x: Value): boolean => x === null || x === undefined

/** On numbers, or element by element on lists: of equal length, or one number beside each element. undefined for anything else. */
export function eachNumber(a: Value, b: Value, f: (a: number, b: number) => number): Value {
  if (typeof a === 'number' && typeof b === 'number') return f(a, b)
  const [x, y] = [listOf(a), listOf(b)]
  if (!x && !y) return undefined
  if (x && y) return x.length === y.length ? x.map((v, i) => eachNumber(v, y[i], f)) : undefined
  return x ? x.map((v) => eachNumber(v, b, f)) : y!.map((v) => eachNumber(a, v, f))
}

/** A value as a list; null where it is none. */
export const listOf = (v: Value): readonly Value[] | null => (Array.isArray(v) ? (v as readonly Value[]) : null)

/** A list as it is; a number as a list of one, because a constant of one element reads as that element. */
export const asList = (v: Value): readonly Value[] | null => listOf(v) ?? (typeof v === 'number' ? [v] : null)

/** What values are that are compared. */
export interface Compared {
  /** Strings are names of sizes, not of types or kinds. */
  readonly sizes: boolean
  /** Numbers have not been rounded on their way. */
  readonly exact: boolean
}

/**
 * Whether two values compare so; null where that is not known: a rule must not fire on a guess. A size with a name may be any number,
 * and equal to one of another name; what is no number is neither above nor below one.
 */
export function compareValues(op: CompareOp, a: Value, b: Value, how: Compared): boolean | null {
  if (op === 'in') {
    const list = Array.isArray(b) ? (b as readonly Value[]) : [b]
    const each = list.map((x) => equalValues(a, x, how))
    return each.includes(true) ? true : each.includes(null) ? null : false
  }
  if (op === '==') return equalValues(a, b, how)
  if (op === '!=') {
    const same = equalValues(a, b, how)
    return same === null ? null : !same
  }
  if (typeof a !== 'number' || typeof b !== 'number' || Number.isNaN(a) || Number.isNaN(b)) return null
  return op === '<' ? a < b : op === '<=' ? a <= b : op === '>' ? a > b : a >= b
}

/** A constant of one element reads as that element. */
function equalValues(a: Value, b: Value, how: Compared): boolean | null {
  if (isUnknown(a) || isUnknown(b)) return null
  const [x, y] = [listOf(a), listOf(b)]
  if (x && y) {
    if (x.length !== y.length) return false
    const each = x.map((v, i) => equalValues(v, y[i], how))
    return each.includes(false) ? false : each.includes(null) ? null : true
  }
  if (x) return x.length === 1 && equalValues(x[0], b, how)
  if (y) return y.length === 1 && equalValues(a, y[0], how)
  if (typeof a === 'number' && typeof b === 'number') return how.exact ? a === b : sameNumber(a, b)
  if (typeof a === 'number' && typeof b === 'string') return numberIs(a, b)
  if (typeof b === 'number' && typeof a === 'string') return numberIs(b, a)
  return a === b ? true : how.sizes && typeof a === 'string' && typeof b === 'string' ? null : false
}

/** Attributes hold types as numbers (`$to == float16`); a size with a name may be any number. */
function numberIs(x: number, word: string): boolean | null {
  const code = codeOf(word)
  return code === undefined ? null : x === code
}

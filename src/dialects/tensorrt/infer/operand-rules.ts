import type { DType } from '../../../engine'
import type { Check } from '../kinds/notation'
import type { Reading } from './reading'

/** The first of these that finds something. */
export const firstOf =
  (...checks: readonly Check[]): Check =>
  (r) => {
    for (const check of checks) {
      const fault = check(r)
      if (fault !== null) return fault
    }
    return null
  }

const FAMILIES = {
  'floating-point numbers': (d: DType) => d.includes('float'),
  'INT32 or INT64': (d: DType) => d === 'int32' || d === 'int64',
  INT32: (d: DType) => d === 'int32',
  BOOL: (d: DType) => d === 'bool',
  'INT8, FP8 or INT4': (d: DType) => d === 'int8' || d === 'float8e4m3fn' || d === 'int4',
} satisfies Readonly<Record<string, (d: DType) => boolean>>

/** An operand, as `what` calls it where it is one of several, that has to be of a family of types. */
export const ofTypes =
  (family: keyof typeof FAMILIES, i = 0, what = ''): Check =>
  (r) => {
    const dtype = r.dtype(i)
    if (dtype === null || FAMILIES[family](dtype)) return null
    return `${r.kind} takes ${family}${what === '' ? '' : ` as ${what}`}, not ${dtype}`
  }

/** An operand, called `what`, that has to be of one of these ranks. */
export const ofRank =
  (ranks: readonly number[], i = 0, what = 'the operand'): Check =>
  (r) => {
    const rank = r.rank(i)
    return rank === null || ranks.includes(rank)
      ? null
      : `${what} of ${r.kind} has rank ${ranks.join(' or ')}, not ${rank}`
  }

/** A list of sizes, axes or lengths. */
export const listOf = (i: number, what: string): Check =>
  firstOf(ofTypes('INT32 or INT64', i, what), ofRank([1], i, what))
/** A number for itself. */
export const numberIn = (i: number, what: string): Check =>
  firstOf(ofTypes('INT32 or INT64', i, what), ofRank([0], i, what))

/** Two operands that have to be of one type. */
export const alike =
  (i: number, j: number, whats: string): Check =>
  (r) => {
    const [a, b] = [r.dtype(i), r.dtype(j)]
    return a && b && a !== b ? `${whats} of ${r.kind} are of one type, not ${a} and ${b}` : null
  }

/** Sizes as they are given: by a constant operand where there is one, else by an attribute. Null for what is not known. */
export const sizesIn = (r: Reading, name: string, i: number): readonly number[] | null =>
  r.has(i) ? r.numbers(i) : r.ints(name)

/** How many sizes are given, whether they are known or not. */
export const countIn = (r: Reading, name: string, i: number): number | null =>
  r.has(i) ? r.length(i) : (r.ints(name)?.length ?? null)

/**
 * What a dump says of weights: `shape=(2,), SumAbs=..., [:5]=[0. 1.], [-5:]=[0. 1.]`. The first and the last five elements of the
 * flattened array as float32, as numpy prints them: up to ten elements are all there.
 */
import { ConstantValue } from '../../../engine'
import type { DType } from '../../../engine'
import { unknownWeights } from '../unknown-weights'

const SHOWN = 5
/** numpy prints so many digits behind the point, and fewer where fewer tell the number from its neighbours. */
const DIGITS = 8
/** From here on neighbours of float32 are further apart than what eight digits leave open. */
const APART = 0.125
/** Integers beyond it are not all there as float32. */
const WHOLE = 2 ** 24

export function isStatistics(text: string): boolean {
  return /^shape=\([\d, ]*\), SumAbs=/.test(text)
}

/** The weights where the text tells every element for certain; else weights of which only type and shape are known. */
export function weightsOf(text: string, dtype: DType, shape: readonly number[], of: string): ConstantValue {
  const elements = elementsIn(text)
  const count = shape.reduce((a, b) => a * b, 1)
  if (elements?.length !== count) return unknownWeights(dtype, shape, of)
  const numbers = elements.map((t) => exact(t, dtype))
  return numbers.every((n) => n !== null) ? ConstantValue.of(dtype, shape, numbers) : unknownWeights(dtype, shape, of)
}

/** All elements as they are printed; null where some are left out. */
function elementsIn(text: string): string[] | null {
  const [, dims] = /^shape=\(([\d, ]*)\)/.exec(text) ?? []
  const [, first, last] = /\[:5\]=\[([^\]]*)\], \[-5:\]=\[([^\]]*)\]/.exec(text) ?? []
  if (dims === undefined || first === undefined || last === undefined) return null
  const count = dims
    .split(',')
    .filter((d) => d.trim() !== '')
    .reduce((n, d) => n * Number(d), 1)
  const words = (list: string): string[] => list.split(/\s+/).filter((w) => w !== '')
  const [head, tail] = [words(first), words(last)]
  const shown = Math.min(count, SHOWN)
  if (count > 2 * SHOWN || head.length !== shown || tail.length !== shown) return null
  return count <= SHOWN ? head : [...head, ...tail.slice(2 * SHOWN - count)]
}

const INTEGERS: ReadonlySet<DType> = new Set(['int8', 'int32', 'int64', 'uint8', 'bool', 'int4'])
/** Their neighbours are so far apart that eight digits tell any two. */
const COARSE: ReadonlySet<DType> = new Set(['float16', 'bfloat16'])

/** The element that is printed so; null where another would be printed alike. */
function exact(printed: string, dtype: DType): number | null {
  if (/^(nan|-?inf)$/.test(printed)) return INTEGERS.has(dtype) ? null : SPECIAL[printed]!
  const value = Number(printed)
  if (!/^-?\d+\.?\d*(e[+-]\d+)?$/.test(printed) || Number.isNaN(value)) return null
  if (INTEGERS.has(dtype)) return Number.isInteger(value) && Math.abs(value) < WHOLE ? value : null
  if (COARSE.has(dtype)) return value
  if (dtype !== 'float32') return null
  const digits = /\.(\d*)/.exec(printed)?.[1]?.length ?? 0
  return printed.includes('e') || digits < DIGITS || Math.abs(value) >= APART ? Math.fround(value) : null
}

const SPECIAL: Readonly<Record<string, number>> = { nan: NaN, inf: Infinity, '-inf': -Infinity }

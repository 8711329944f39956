import { bfloatToNumber, halfToNumber, numberToBfloat, numberToHalf } from '../store/half'
import type { DType } from '../store/records'
import type { Tensor } from '../network/network'

export function sameAttribute(a: unknown, b: unknown): boolean {
  if (Array.isArray(a) && Array.isArray(b)) return a.length === b.length && a.every((x, i) => sameAttribute(x, b[i]))
  if (typeof a === 'boolean' || typeof b === 'boolean') return Number(a) === Number(b)
  return typeof a === 'number' && typeof b === 'number' ? sameNumber(a, b) : a === b
}

/** Whole numbers are sizes and counts, and equal only to themselves; others may have been rounded to float32 on their way. */
export function sameNumber(a: number, b: number): boolean {
  if (a === b || (Number.isSafeInteger(a) && Number.isSafeInteger(b))) return a === b
  if (!Number.isFinite(a) || !Number.isFinite(b)) return false
  return Math.abs(a - b) <= 1e-6 * Math.max(Math.abs(a), Math.abs(b))
}

/** Whether every float type holds a number as it is written: nobody's arithmetic had to round 1, -2 or 0.125. */
export const isShort = (x: number): boolean => halfToNumber(numberToHalf(x)) === x

/** Relative difference that exporters' own arithmetic leaves in a float32 constant. */
const EXPORT_ROUNDING = 2e-7

export function isNumber(wanted: number, tolerance: number | undefined, t: Tensor | null): boolean {
  const x = t?.value?.isAvailable ? t.value.scalar() : null
  if (x === null || !t?.value) return false
  // x - 0 is x, x - -0 is not: to the bit they are two numbers.
  if (tolerance === 0 && wanted === 0 && x === 0) return Object.is(x, wanted) || !isFloat(t.value.dtype)
  if (x === wanted || x === roundTo(t.value.dtype, wanted)) return true
  if (!Number.isFinite(x) || !Number.isFinite(wanted) || (tolerance === undefined && isShort(wanted))) return false
  const allowed = tolerance ?? (isFloat(t.value.dtype) ? EXPORT_ROUNDING : 0)
  return Math.abs(x - wanted) <= allowed * Math.abs(wanted)
}

const isFloat = (dtype: DType): boolean => dtype.includes('float')

function roundTo(dtype: DType, x: number): number {
  if (dtype === 'float16') return halfToNumber(numberToHalf(x))
  if (dtype === 'bfloat16') return bfloatToNumber(numberToBfloat(x))
  return dtype === 'float32' ? Math.fround(x) : x
}

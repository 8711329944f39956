/** Arithmetic on weights, of which models have millions: each is copied once, and changed where it lies. */
import { ConstantValue } from '../engine'
import type { DType } from '../engine'

/** The magnitude from which a type rounds to infinity: half a step beyond its largest number; bfloat16 rounds by way of float32. */
const OVERFLOW: Readonly<Partial<Record<DType, number>>> = {
  float32: 2 ** 128 - 2 ** 103,
  bfloat16: 2 ** 128 - 2 ** 119 - 2 ** 103,
  float16: 65520,
}

function overflowOf(dtype: DType): number {
  return OVERFLOW[dtype] ?? Infinity
}

/** Factors up to it, and down to its reciprocal, change place with a product or a sum without deciding what overflows or is lost. */
const MODERATE = 2 ** 60

/** Whether every factor is 0 or moderate: an extreme one would let values overflow or vanish elsewhere than before. */
export function allModerate(v: ArrayLike<number>): boolean {
  for (let i = 0; i < v.length; i++) {
    const size = Math.abs(v[i]!)
    if (size !== 0 && !(size <= MODERATE && size >= 1 / MODERATE)) return false
  }
  return true
}

/** Whether every number is finite once rounded to the type. */
export function allFinite(v: ArrayLike<number>, dtype: DType = 'float64'): boolean {
  const overflow = overflowOf(dtype)
  for (let i = 0; i < v.length; i++) if (!(Math.abs(v[i]!) < overflow)) return false
  return true
}

/**
 * The elements times factors, each product rounded once; null where one is not finite then. A factor counts for a run of so
 * many elements, after the last factor the first counts again. In each of `groups` equal parts of the elements it is only the
 * like part of the factors.
 */
export function scaled(c: ConstantValue, factors: Float64Array, run: number, groups = 1): ConstantValue | null {
  const values = floatsOf(c)
  const part = values.length / groups
  const share = factors.length / groups
  for (let g = 0; g < groups; g++) {
    const own = groups === 1 ? factors : factors.subarray(g * share, (g + 1) * share)
    const isFinite = (run === 1 ? scaleEach : scaleRuns)(values, g * part, part, own, run, overflowOf(c.dtype))
    if (!isFinite) return null
  }
  return c.dtype === 'float32'
    ? new ConstantValue(c.dtype, c.shape, new Uint8Array(values.buffer))
    : ConstantValue.of(c.dtype, c.shape, values)
}

type Floats = Float32Array<ArrayBuffer> | Float64Array<ArrayBuffer>

/** A copy of the elements, in single precision only where that is how they are stored. */
function floatsOf(c: ConstantValue): Floats {
  return c.dtype === 'float32' && c.bytes
    ? new Float32Array(new Uint8Array(c.bytes).buffer)
    : new Float64Array(c.numbers())
}

function scaleRuns(to: Floats, from: number, size: number, factors: Float64Array, run: number, overflow: number) {
  const end = from + size
  for (let i = from, f = 0; i < end; f = f + 1 === factors.length ? 0 : f + 1) {
    const factor = factors[f]!
    for (const stop = i + run; i < stop; i++) {
      const product = to[i]! * factor
      if (!(Math.abs(product) < overflow)) return false
      to[i] = product
    }
  }
  return true
}

/** `scaleRuns` where a run is a single element: the factors one by one. */
function scaleEach(to: Floats, from: number, size: number, factors: Float64Array, _: number, overflow: number) {
  const end = from + size
  for (let i = from; i < end;)
    for (let f = 0; f < factors.length; f++, i++) {
      const product = to[i]! * factors[f]!
      if (!(Math.abs(product) < overflow)) return false
      to[i] = product
    }
  return true
}

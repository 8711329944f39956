import { BITS, ConstantValue, type DType, type InferenceContext, type Shape } from '../../../engine'

/** Numbers of a constant: floats as they are, integers exact, as bigints where one of them is beyond 2^53. */
export type Elements = ArrayLike<number> | readonly bigint[]

export function isBig(elements: Elements): elements is readonly bigint[] {
  return typeof elements[0] === 'bigint'
}

const FLOATS: ReadonlySet<DType> = new Set<DType>(['float16', 'bfloat16', 'float32', 'float64'])
const INTEGERS: ReadonlySet<DType> = new Set<DType>([
  'int8',
  'int16',
  'int32',
  'int64',
  'uint8',
  'uint16',
  'uint32',
  'uint64',
  'bool',
])

export const isFloat = (dtype: DType): boolean => FLOATS.has(dtype)
export const isInteger = (dtype: DType): boolean => INTEGERS.has(dtype)

/** The i-th operand where it is a constant whose data are here, else null. */
export function constant(c: InferenceContext, i: number): ConstantValue | null {
  const value = c.inputs[i]?.value
  return value?.isAvailable ? value : null
}

/** Whether an optional operand is not given. */
export function isAbsent(c: InferenceContext, i: number): boolean {
  return !c.inputs[i]
}

/** null for what has no numbers that we compute with (strings, complex, 4 and 8-bit floats). */
export function load(value: ConstantValue): Elements | null {
  const { dtype } = value
  if (!isFloat(dtype) && !isInteger(dtype)) return null
  const numbers = value.numbers()
  if (BITS[dtype] === 64 && isInteger(dtype)) {
    for (let i = 0; i < numbers.length; i++) if (!Number.isSafeInteger(numbers[i])) return value.bigints()
  }
  return numbers
}

export function asBig(elements: Elements): readonly bigint[] {
  return isBig(elements) ? elements : Array.from(elements as ArrayLike<number>, BigInt)
}

/** Rounds once to `dtype`; integers must be in its range. */
export function store(dtype: DType, shape: readonly number[], elements: Elements): ConstantValue | null {
  if (!isFloat(dtype) && !isInteger(dtype)) return null
  if (!isBig(elements)) return ConstantValue.of(dtype, shape, elements)
  if (dtype === 'int64') return ConstantValue.ofBigints(shape, elements)
  if (dtype === 'uint64') return new ConstantValue(dtype, shape, new Uint8Array(BigUint64Array.from(elements).buffer))
  return ConstantValue.of(dtype, shape, elements.map(Number))
}

/** An integer as it is after overflow in `dtype`: only the low bits stay. */
export function wrap(dtype: DType, x: bigint): bigint {
  if (dtype === 'bool') return x === 0n ? 0n : 1n
  return dtype.startsWith('u') ? BigInt.asUintN(BITS[dtype], x) : BigInt.asIntN(BITS[dtype], x)
}

const LIMITS = new Map<DType, readonly [number, number]>()
for (const dtype of INTEGERS) {
  const bits = Math.min(BITS[dtype], 53)
  LIMITS.set(
    dtype,
    dtype === 'bool' ? [0, 1] : dtype.startsWith('u') ? [0, 2 ** bits - 1] : [-(2 ** (bits - 1)), 2 ** (bits - 1) - 1],
  )
}
for (const dtype of ['int64', 'uint64'] as const)
  LIMITS.set(dtype, [dtype === 'int64' ? -(2 ** 53 - 1) : 0, 2 ** 53 - 1])

/** Whether a number is exact and in range as an integer of `dtype`. */
export function fits(dtype: DType, x: number): boolean {
  const [lo, hi] = LIMITS.get(dtype) ?? [0, -1]
  return x >= lo && x <= hi
}

/** Elements of a shape where every size is known, else null. */
export function sizeOf(shape: Shape | null): number | null {
  let n = 1
  for (const d of shape ?? [null]) {
    if (typeof d !== 'number') return null
    n *= d
  }
  return n
}

/** Small integers of a constant operand: axes, shapes, indices. Null where it is none. */
export function integers(c: InferenceContext, i: number): number[] | null {
  const value = constant(c, i)
  return value && isInteger(value.dtype) ? value.toArray() : null
}

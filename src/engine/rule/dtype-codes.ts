import type { DType } from '../store/records'

/** Element types as attributes hold them (`Cast<to=1>`): ONNX numbers them, and the module takes over its numbers. */
export const DTYPE_CODES: Readonly<Record<DType, number>> = {
  float32: 1,
  uint8: 2,
  int8: 3,
  uint16: 4,
  int16: 5,
  int32: 6,
  int64: 7,
  string: 8,
  bool: 9,
  float16: 10,
  float64: 11,
  uint32: 12,
  uint64: 13,
  complex64: 14,
  complex128: 15,
  bfloat16: 16,
  float8e4m3fn: 17,
  float8e4m3fnuz: 18,
  float8e5m2: 19,
  float8e5m2fnuz: 20,
  uint4: 21,
  int4: 22,
}

/** The number of a type; undefined for a word that is none. */
export const codeOf = (dtype: string): number | undefined =>
  Object.hasOwn(DTYPE_CODES, dtype) ? DTYPE_CODES[dtype as DType] : undefined

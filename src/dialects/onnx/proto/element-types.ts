import type { DType } from '../../../engine'

/** TensorProto.DataType numbers by our names. Types newer than these (float4, float8e8m0, 2-bit) have no DType. */
const NUMBERS: Readonly<Record<DType, number>> = {
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
const DTYPES: readonly (DType | undefined)[] = (() => {
  const all: (DType | undefined)[] = []
  for (const dtype of Object.keys(NUMBERS) as DType[]) all[NUMBERS[dtype]] = dtype
  return all
})()

export function dtypeOf(dataType: number | undefined): DType | null {
  return DTYPES[dataType ?? 0] ?? null
}

export function dataTypeOf(dtype: DType): number {
  return NUMBERS[dtype]
}

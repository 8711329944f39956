import { DTYPE_CODES } from '../../../engine'
import type { DType } from '../../../engine'

/** TensorProto.DataType numbers, and back. Types newer than these (float4, float8e8m0, 2-bit) have no DType. */
const DTYPES: readonly (DType | undefined)[] = (() => {
  const all: (DType | undefined)[] = []
  for (const dtype of Object.keys(DTYPE_CODES) as DType[]) all[DTYPE_CODES[dtype]] = dtype
  return all
})()

export function dtypeOf(dataType: number | undefined): DType | null {
  return DTYPES[dataType ?? 0] ?? null
}

export function dataTypeOf(dtype: DType): number {
  return DTYPE_CODES[dtype]
}

import type { DType } from '../../engine'
import type { DataType } from './enums'

/** FP4 and E8M0 have no element type here: values of them are of unknown type. */
const DTYPES: Readonly<Record<DataType, DType | null>> = {
  FLOAT: 'float32',
  HALF: 'float16',
  INT8: 'int8',
  INT32: 'int32',
  BOOL: 'bool',
  UINT8: 'uint8',
  FP8: 'float8e4m3fn',
  BF16: 'bfloat16',
  INT64: 'int64',
  INT4: 'int4',
  FP4: null,
  E8M0: null,
}

const DATA_TYPES = new Map(Object.entries(DTYPES).flatMap(([name, d]) => (d ? [[d, name as DataType] as const] : [])))

/** The element type behind a `trt.DataType`; null for one that Graft has none for, and for no DataType. */
export function dtypeOfDataType(name: unknown): DType | null {
  return typeof name === 'string' && Object.hasOwn(DTYPES, name) ? DTYPES[name as DataType] : null
}

/** The `trt.DataType` of an element type; null for one that TensorRT lacks, as float64 and int16. */
export function dataTypeOf(dtype: DType | null): DataType | null {
  return dtype === null ? null : (DATA_TYPES.get(dtype) ?? null)
}

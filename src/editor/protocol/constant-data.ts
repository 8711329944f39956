import type { DType } from '../../engine'

/** A constant where its elements lie: a part of a file is not read. */
export interface ConstantData {
  readonly dtype: DType
  readonly shape: readonly number[]
  readonly data: Uint8Array | Blob | null
  readonly strings: readonly string[] | null
  /** The file that they lie in, where it was not given. */
  readonly external: string | null
}

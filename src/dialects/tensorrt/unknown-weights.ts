import type { DType } from '../../engine'
import { ConstantValue } from '../../engine'

/** Begins the location of weights that lie nowhere; behind it stands whose they are, so that no two are taken for the same. */
const NOWHERE = 'not in the file: '

/** Weights of which the type and the shape are known, and no element. */
export function unknownWeights(dtype: DType, shape: readonly number[], of: string): ConstantValue {
  return new ConstantValue(dtype, shape, null, null, { location: NOWHERE + of, offset: 0, length: null })
}

export const isUnknown = ({ data, external }: ConstantValue): boolean =>
  data === null && external !== null && external.location.startsWith(NOWHERE)

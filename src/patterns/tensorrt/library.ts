import { DEAD } from '../cleanup/dead'
import type { LibraryEntry } from '../library'
import { arithmetic } from './arithmetic'
import { matmuls } from './matmul'
import { normalizations } from './normalization'
import { packing } from './pack-tokens'
import { projections } from './projections'
import { shuffles } from './shuffle'

/** The patterns for networks of TensorRT's layers. */
export const tensorrtLibrary: readonly LibraryEntry[] = [
  ...DEAD,
  ...shuffles,
  ...arithmetic,
  ...matmuls,
  ...normalizations,
  ...packing,
  ...projections,
]

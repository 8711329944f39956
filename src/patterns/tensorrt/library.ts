import { DEAD } from '../cleanup/dead'
import type { LibraryEntry } from '../library'
import { arithmetic } from './arithmetic'
import { attentions } from './attention'
import { deadControl } from './dead-control'
import { duplicateLayers } from './duplicates'
import { matmuls } from './matmul'
import { normalizations } from './normalization'
import { packing } from './pack-tokens'
import { parts } from './parts'
import { quantizations } from './quantization'
import { projections } from './projections'
import { workedExamples } from './worked-examples'
import { sizes } from './sizes'
import { shuffles } from './shuffle'

/** The patterns for networks of TensorRT's layers. */
export const tensorrtLibrary: readonly LibraryEntry[] = [
  ...workedExamples,
  ...DEAD,
  ...deadControl,
  ...duplicateLayers,
  ...sizes,
  ...parts,
  ...shuffles,
  ...arithmetic,
  ...matmuls,
  ...quantizations,
  ...normalizations,
  ...packing,
  ...attentions,
  ...projections,
]

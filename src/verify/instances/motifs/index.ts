import { ATTENTION } from './attention'
import { CLEANUP } from './cleanup'
import { CONVOLUTION } from './convolution'
import { LINEAR } from './linear'
import type { Motif } from './motif'
import { MOVEMENT } from './movement'
import { NORMALIZATION } from './normalization'
import { QUANTIZATION } from './quantization'

/** What networks look like on which a pattern matches, by its label: one in code, or a rule whose operands only go together in few ways. */
export const MOTIFS: Readonly<Record<string, readonly Motif[]>> = {
  ...CLEANUP,
  ...MOVEMENT,
  ...LINEAR,
  ...CONVOLUTION,
  ...NORMALIZATION,
  ...ATTENTION,
  ...QUANTIZATION,
}

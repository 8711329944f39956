import { ATTENTION } from './attention'
import { CLEANUP } from './cleanup'
import { CONVOLUTION } from './convolution'
import { LINEAR } from './linear'
import type { Motif } from './motif'
import { MOVEMENT } from './movement'
import { NORMALIZATION } from './normalization'

/** What networks look like on which a pattern in code matches, by the pattern's label. */
export const MOTIFS: Readonly<Record<string, readonly Motif[]>> = {
  ...CLEANUP,
  ...MOVEMENT,
  ...LINEAR,
  ...CONVOLUTION,
  ...NORMALIZATION,
  ...ATTENTION,
}

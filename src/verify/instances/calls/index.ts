/** Operators whose operands and attributes go together, so that they are drawn as a whole. */
import { ATTENTION } from './attention'
import type { CallDrawer } from './call'
import { IMAGES } from './images'
import { OTHERS } from './others'
import { QUANTIZED } from './quantized'
import { RECURRENT } from './recurrent'
import { SIGNALS } from './signals'

export type { Call } from './call'

export const CALLS: Readonly<Record<string, CallDrawer>> = {
  ...ATTENTION,
  ...RECURRENT,
  ...IMAGES,
  ...SIGNALS,
  ...QUANTIZED,
  ...OTHERS,
}

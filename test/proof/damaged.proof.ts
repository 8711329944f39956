import { expectHistoryKept, expectTraceKept } from '../engine/replays'
import type { Proof } from './proof'

export const proofs: readonly Proof[] = [
  { name: 'damaged traces', instances: 5000, run: expectTraceKept },
  { name: 'damaged histories', instances: 5000, run: expectHistoryKept },
]

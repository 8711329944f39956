import { keepsStepsThroughKill } from '../e2e/kill'
import type { Proof } from './proof'

/** Against the built app: `npm run build` comes first. */
export const proofs: readonly Proof[] = [
  { name: 'kills in the browser', instances: 10, run: keepsStepsThroughKill, seconds: 60 },
]

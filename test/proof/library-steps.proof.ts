import { nodeRuntime } from '../../src/verify/node'
import { LIBRARY_RUNS, librarySteps, proveStep } from '../verify/library-steps'
import type { Proof } from './proof'

/** Those that `npm test` leaves out too, because they are like one that it runs. */
export const proofs: readonly Proof[] = [
  {
    name: 'every step of every model',
    instances: LIBRARY_RUNS.length,
    seconds: 600,
    run: async (n) => {
      const runtime = await nodeRuntime()
      for (const step of librarySteps(...LIBRARY_RUNS[n - 1]!).steps) await proveStep(step, runtime)
    },
  },
]

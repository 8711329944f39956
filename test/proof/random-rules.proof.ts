import { nodeRuntime } from '../../src/verify/node'
import { ruleFault } from '../verify/rule-fault'
import type { Proof } from './proof'

let runtime: ReturnType<typeof nodeRuntime> | null = null

export const proofs: readonly Proof[] = [
  {
    name: 'random rules against their test',
    instances: 1000,
    seconds: 60,
    run: async (seed) => {
      const fault = await ruleFault(10_000 + seed, await (runtime ??= nodeRuntime()))
      if (fault !== null) throw new Error(fault)
    },
  },
]

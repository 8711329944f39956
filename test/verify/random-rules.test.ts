/** Random rules, most of them wrong: whatever is trusted after its test holds on networks that something else draws. */
import { describe, expect, test } from 'vitest'
import { nodeRuntime } from '../../src/verify/node'
import { ruleFault } from './rule-fault'

const runtime = await nodeRuntime()

describe('random rules', () => {
  const first = Number(process.env['GRAFT_SEED'] ?? 1)
  const count = Number(process.env['GRAFT_SEEDS'] ?? 16)
  const seeds = Array.from({ length: count }, (_, i) => i + first)
  test.each(seeds)('seed %i', async (seed) => {
    expect(await ruleFault(seed, runtime)).toBeNull()
  })
})

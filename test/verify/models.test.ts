/** The steps that the library takes on real models leave the values around them as they were. */
import { describe, expect, test } from 'vitest'
import { verifyNetworks } from '../../src/verify'
import { nodeRuntime } from '../../src/verify/node'
import { LIBRARY_RUNS, librarySteps, likeness, proveStep } from './library-steps'

const runtime = await nodeRuntime()

describe('every step that is unlike the others is equal, and so is the whole', () => {
  test.each(LIBRARY_RUNS)(
    '%s, target %s',
    async (model, target) => {
      const { before, after, steps } = librarySteps(model, target)
      expect(steps.length).toBeGreaterThan(20)
      const unlike = new Map(steps.map((step) => [likeness(step), step]))
      for (const step of unlike.values()) await proveStep(step, runtime)
      expect(await verifyNetworks(before, after, runtime)).toMatchObject({ verdict: 'equal' })
    },
    300_000,
  )
})

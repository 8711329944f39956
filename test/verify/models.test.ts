/** Every single step that the library takes on real models leaves the values around it as they were. */
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { importOnnx, onnxDialect } from '../../src/dialects/onnx'
import { networkFromSnapshot, snapshotOf } from '../../src/engine'
import { managerOf, onnxLibrary, upgradeForTarget } from '../../src/patterns'
import type { Target } from '../../src/patterns'
import { cutStep, verifyNetworks, verifyStep } from '../../src/verify'
import type { StepRegion } from '../../src/verify'
import { nodeRuntime } from '../../src/verify/node'
import { GALLERY } from '../gallery'

const runtime = await nodeRuntime()

async function proved(model: string, target: Target): Promise<number> {
  const { snapshot } = importOnnx(new Uint8Array(readFileSync(`public/models/${model}.onnx`)))
  const network = networkFromSnapshot(upgradeForTarget(snapshot, target).snapshot, onnxDialect)
  const steps: { readonly label: string; readonly region: StepRegion | string | null }[] = []
  const on = onnxLibrary(target).filter((e) => !e.optIn)
  managerOf(on, target).rewrite(network, undefined, {
    watch: (event) => {
      if (event.type !== 'rewritten') return
      steps.push({ label: event.entry.label, region: cutStep(network, event.transaction) })
    },
  })
  const exact = new Set(on.filter((e) => e.exactness === 'exact').map((e) => e.label))
  for (const { label, region } of steps) {
    const { verdict, reason } = await verifyStep(region, runtime, { exact: exact.has(label) })
    expect(`${label}: ${verdict} ${reason ?? ''}`).toBe(`${label}: equal `)
  }
  expect(await verifyNetworks(snapshot, snapshotOf(network), runtime)).toMatchObject({ verdict: 'equal' })
  return steps.length
}

const CASES = GALLERY.flatMap((model) => (['ort', 'onnx'] as const).map((target) => [model, target] as const))

describe('every step is equal, and so is the whole', () => {
  test.each(CASES)(
    '%s, target %s',
    async (model, target) => {
      expect(await proved(model, target)).toBeGreaterThan(20)
    },
    300_000,
  )
})

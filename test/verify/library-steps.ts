/** The steps that the library takes on a model, each cut out so that it can be run, and how two of them are told to be alike. */
import { readFileSync } from 'node:fs'
import { importOnnx, onnxDialect } from '../../src/dialects/onnx'
import { networkFromSnapshot, snapshotOf, toPlain } from '../../src/engine'
import type { NetworkSnapshot } from '../../src/engine'
import { managerOf, onnxLibrary, upgradeForTarget } from '../../src/patterns'
import type { Target } from '../../src/patterns'
import { cutStep, verifyStep } from '../../src/verify'
import type { Runtime, StepRegion } from '../../src/verify'
import { GALLERY } from '../gallery'

interface CutStep {
  readonly label: string
  readonly exact: boolean
  readonly region: StepRegion | string | null
}

/** Every model of the gallery, for every target. */
export const LIBRARY_RUNS = GALLERY.flatMap((model) =>
  (['ort', 'onnx'] as const).map((target) => [model, target] as const),
)

/** The network before and after the library, and each step on the way. */
export function librarySteps(model: string, target: Target) {
  const { snapshot: before } = importOnnx(new Uint8Array(readFileSync(`public/models/${model}.onnx`)))
  const network = networkFromSnapshot(upgradeForTarget(before, target).snapshot, onnxDialect)
  const on = onnxLibrary(target).filter((e) => !e.optIn)
  const exact = new Set(on.filter((e) => e.exactness === 'exact').map((e) => e.label))
  const steps: CutStep[] = []
  managerOf(on, target).rewrite(network, undefined, {
    watch: (event) => {
      if (event.type !== 'rewritten') return
      const { label } = event.entry
      steps.push({ label, exact: exact.has(label), region: cutStep(network, event.transaction) })
    },
  })
  return { before, after: snapshotOf(network), steps }
}

/** @throws where a step is not equal by numbers, with its pattern and why */
export async function proveStep({ label, exact, region }: CutStep, runtime: Runtime): Promise<void> {
  const { verdict, reason } = await verifyStep(region, runtime, { exact })
  if (verdict !== 'equal') throw new Error(`${label}: ${verdict} ${reason ?? ''}`)
}

/** Constants of more bytes than this are weights: two steps that differ in nothing else are alike. */
const WEIGHTS = 256

/** The same for steps of one pattern on equal layers, as the blocks of a decoder have them: names and weights are left out. */
export function likeness({ label, region }: CutStep): string {
  if (region === null || typeof region === 'string') return `${label} ${region}`
  return JSON.stringify([label, nameless(region.before), nameless(region.after)])
}

function nameless({ layers, tensors, inputs, outputs }: NetworkSnapshot): unknown {
  const at = new Map(tensors.map((t, i) => [t.id, i]))
  const places = (ids: readonly number[]) => ids.map((id) => at.get(id) ?? id)
  return toPlain(
    [
      layers.map((l) => [l.kind, places(l.inputs), places(l.outputs), l.attributes]),
      tensors.map((t) => [t.dtype, t.shape, t.value]),
      places(inputs),
      outputs.map((o) => at.get(o.tensor)),
    ],
    { bytes: 'base64', inlineUpTo: WEIGHTS },
  )
}

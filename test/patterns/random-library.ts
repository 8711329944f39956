/** Random networks through the whole library: whatever fires where, every step and the whole keep their numbers. */
import { onnxDialect } from '../../src/dialects/onnx'
import { networkFromSnapshot, snapshotOf, verifyNetwork } from '../../src/engine'
import type { NetworkSnapshot } from '../../src/engine'
import { managerOf, onnxLibrary } from '../../src/patterns'
import type { Target } from '../../src/patterns'
import { cutStep, verifyNetworks, verifyStep } from '../../src/verify'
import type { Runtime, StepRegion } from '../../src/verify'
import { nodeRuntime } from '../../src/verify/node'
import { random } from '../engine/support'
import { RandomNetwork } from './random-network'

/** Whether nothing in a network makes much of little: a difference divided by itself is noise on both sides. */
function isCalm(s: NetworkSnapshot): boolean {
  return s.layers.every((l) => !['Div', 'Reciprocal', 'Exp', 'Sqrt', 'Pow', 'Erf'].includes(l.kind))
}

const NOTHING_FINITE = 'no output has a finite element to compare'
let runtime: Promise<Runtime> | null = null

/**
 * What went wrong with the library on the network of a seed, in words; null for nothing. Steps of exact rules are held to the bit,
 * ±∞, NaN and −0 included.
 */
export async function libraryFault(seed: number, target: Target): Promise<string | null> {
  const ort = await (runtime ??= nodeRuntime())
  const before = snapshotOf(new RandomNetwork(random(seed)).grow(24, 6))
  // Changed motifs may not fit: what ONNX Runtime refuses as it came says nothing about the library.
  if ((await verifyNetworks(before, before, ort, { seeds: [1] })).verdict === 'cannot-run') return null
  const network = networkFromSnapshot(before, onnxDialect)
  const on = onnxLibrary(target).filter((e) => !e.optIn)
  const exact = new Set(on.filter((e) => e.exactness === 'exact').map((e) => e.label))
  const steps: { readonly label: string; readonly region: StepRegion | string | null }[] = []
  managerOf(on, target).rewrite(network, undefined, {
    watch: (event) => {
      if (event.type !== 'rewritten') return
      steps.push({ label: event.entry.label, region: cutStep(network, event.transaction) })
    },
  })
  const [problem] = verifyNetwork(network)
  if (problem) return problem.message
  for (const { label, region } of steps) {
    const { verdict, reason } = await verifyStep(region, ort, { exact: exact.has(label) })
    if (verdict !== 'equal' && reason !== NOTHING_FINITE) return `${label}: ${verdict}, ${reason}`
  }
  const whole = await verifyNetworks(before, snapshotOf(network), ort, { seeds: [1] })
  const differs = whole.verdict === 'different' && isCalm(before) && whole.maxAbsolute > 1e-4
  return differs ? `the whole differs: ${whole.reason}` : null
}

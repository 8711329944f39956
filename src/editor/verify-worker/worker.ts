/** Entry of the verify worker: runs steps and networks in ONNX Runtime, away from everything that must answer quickly. */
import wasmUrl from 'onnxruntime-web/ort-wasm-simd-threaded.wasm?url'
import { importOnnx } from '../../dialects/onnx'
import { fromPlain } from '../../engine'
import type { HistoryId } from '../../engine'
import { cannotRun, gate, verifyInPieces, verifyModels, verifyStep, webRuntime } from '../../verify'
import type { Runtime, StepRegion, Verdict } from '../../verify'
import { testCodePart } from './code-test'
import { testRulePart } from './rule-test-part'
import type { EvidenceCalls, VerifyCalls } from '../protocol/verify-calls'
import type { Endpoint, NoEvents } from '../protocol/rpc'
import { networkOf } from '../protocol/network-to-run'
import { plainError, Remote, serve } from '../protocol/rpc'

let engine: Remote<EvidenceCalls, NoEvents> | null = null
let runtime: Promise<Runtime> | null = null

function evidence(): Remote<EvidenceCalls, NoEvents> {
  if (!engine) throw new Error('the engine is not connected')
  return engine
}

serve<VerifyCalls, NoEvents>(self as unknown as Endpoint, {
  connect: (port) => {
    engine = new Remote(port)
    return null
  },
  step: ({ node }) =>
    judged(async (ort) => {
      const region = await evidence().call('region', { node })
      const exact = region.exact
      return verifyStep(fromPlain(region.plain) as StepRegion | string | null, ort, { exact })
    }),
  region: ({ region }) => judged((ort) => verifyStep(fromPlain(region.plain) as StepRegion | string | null, ort, {})),
  whole: async () => {
    let at: HistoryId | null = null
    const verdict = await judged(async (ort) => {
      const large = await evidence().call('largeSides', null)
      at = large?.at ?? null
      if (large) return verifyInPieces(networkOf(large.before), networkOf(large.after), ort)
      const models = await evidence().call('models', null)
      at = models.at
      return verifyModels({ bytes: models.before }, { bytes: models.after }, ort)
    })
    return { at, verdict }
  },
  against: async (port) => {
    const other = new Remote<EvidenceCalls, NoEvents>(port)
    let at: HistoryId | null = null
    const verdict = await judged(async (ort) => {
      const us = await evidence().call('model', { side: 'after' })
      at = us.at
      return verifyModels(await other.call('model', { side: 'before' }), us, ort)
    })
    other.end()
    return { at, verdict }
  },
  testRule: async (request) => testRulePart(request, await started()),
  testCode: async (request) => testCodePart(request, await started()),
  gate: async () => {
    let models: EvidenceCalls['models']['result']
    try {
      models = await evidence().call('models', null)
    } catch (error) {
      return { status: 'unchecked', reason: plainError(error).message }
    }
    const { before, after } = models
    const { tensors } = importOnnx(after).snapshot
    const runtime = await started().catch((e: unknown) => plainError(e).message)
    return gate({ bytes: after }, tensors, { bytes: before }, runtime)
  },
})

function started(): Promise<Runtime> {
  return (runtime ??= webRuntime({ wasm: new URL(wasmUrl, self.location.href).href }))
}

/** Whatever goes wrong on the way to a verdict is a verdict too: it could not be run. */
async function judged(work: (ort: Runtime) => Promise<Verdict>): Promise<Verdict> {
  try {
    return await work(await started())
  } catch (error) {
    const reason = plainError(error).message
    return cannotRun(reason)
  }
}

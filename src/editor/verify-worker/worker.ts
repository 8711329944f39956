/** Entry of the verify worker: runs steps and networks in ONNX Runtime, away from everything that must answer quickly. */
import wasmUrl from 'onnxruntime-web/ort-wasm-simd-threaded.wasm?url'
import { fromPlain } from '../../engine'
import { verifyModels, verifyStep, webRuntime } from '../../verify'
import type { Runtime, StepRegion, Verdict } from '../../verify'
import type { EvidenceCalls, VerifyCalls } from '../protocol/verify-calls'
import type { Endpoint, NoEvents } from '../protocol/rpc'
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
      return verifyStep(fromPlain(region.plain) as StepRegion | string | null, ort)
    }),
  whole: () =>
    judged(async (ort) => {
      const { before, after } = await evidence().call('models', null)
      return verifyModels(before, after, ort)
    }),
})

/** Whatever goes wrong on the way to a verdict is a verdict too: it could not be run. */
async function judged(work: (ort: Runtime) => Promise<Verdict>): Promise<Verdict> {
  try {
    runtime ??= webRuntime({ wasm: new URL(wasmUrl, self.location.href).href })
    return await work(await runtime)
  } catch (error) {
    const reason = plainError(error).message
    return { verdict: 'cannot-run', maxAbsolute: NaN, maxRelative: NaN, tolerance: 0, reason }
  }
}

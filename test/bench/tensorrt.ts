/** TensorRT: networks from modules, ONNX lowered into its layers, and its library beside ONNX's on the same network. */
import { readFileSync } from 'node:fs'
import { importOnnx, onnxDialect } from '../../src/dialects/onnx'
import { LLaMAForCausalLM, lowerOnnx, raiseToOnnx, tensorrtDialect } from '../../src/dialects/tensorrt'
import { networkFromSnapshot, snapshotOf } from '../../src/engine'
import type { Dialect, NetworkSnapshot } from '../../src/engine'
import { managerOf, onnxLibrary, tensorrtLibrary } from '../../src/patterns'
import type { LibraryEntry } from '../../src/patterns'
import { row, timed } from './measure'
import type { Times } from './measure'

const LLAMA = { numLayers: 32, hiddenSize: 64, numHeads: 4, vocabSize: 256, maxPositions: 64 } as const
const BERT = 'public/models/bert-12.torchscript.onnx'
const RUNS = 7
const WARM_UPS = 5

const measured = <T>(prepare: () => T, run: (x: T) => void): Times => timed(prepare, run, () => {}, RUNS, WARM_UPS)

export function benchTensorrt(): void {
  row('TensorRT, ms', 'layers', 'first', 'min', 'median', 'at most')
  for (const attention of ['plugin', 'plain'] as const) {
    let layers = 0
    const times = measured(
      () => new LLaMAForCausalLM({ ...LLAMA, attention }),
      (model) => void (layers = model.build('llama').numLayers),
    )
    row(`Llama-32 from modules, ${attention}`, String(layers), times.first, times.min, times.median, 100)
  }
  benchLowering()
  benchLibraries()
}

/** At most three times as long as importing takes. */
function benchLowering(): void {
  const bytes = new Uint8Array(readFileSync(BERT))
  const importing = measured(
    () => bytes,
    (b) => void importOnnx(b),
  )
  const lowering = measured(
    () => importOnnx(bytes).snapshot,
    (s) => void lowerOnnx(s),
  )
  row('BERT-12 imported', '', importing.first, importing.min, importing.median)
  row('BERT-12 lowered', '', lowering.first, lowering.min, lowering.median, 3 * importing.median)
}

/** The library of TensorRT on a Llama from layers, and within what time: that of ONNX's library on the same in ONNX. */
function benchLibraries(): void {
  const llama = snapshotOf(new LLaMAForCausalLM({ ...LLAMA, attention: 'plain' }).build('llama'))
  const onnx = rewriting(raiseToOnnx(llama), onnxDialect, onnxLibrary('ort'))
  const tensorrt = rewriting(llama, tensorrtDialect, tensorrtLibrary)
  row('Llama-32 plain, library of ONNX', '', onnx.first, onnx.min, onnx.median)
  row('the same, of TensorRT', '', tensorrt.first, tensorrt.min, tensorrt.median, onnx.median)
}

function rewriting(snapshot: NetworkSnapshot, dialect: Dialect, library: readonly LibraryEntry[]): Times {
  const manager = managerOf(
    library.filter((e) => !e.optIn),
    'ort',
  )
  return measured(
    () => networkFromSnapshot(snapshot, dialect),
    (network) => void manager.rewrite(network, undefined, { verify: false }),
  )
}

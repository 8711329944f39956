/** The door for Node, and the package's: the browser's runtime stays behind, ONNX Runtime for Node comes along. */
import { freemem } from 'node:os'
import { runtimeOf } from './ort'
import type { OrtModule } from './ort'
import type { Runtime } from './runtime'

export {
  classesText,
  cutStep,
  gate,
  instanceOf,
  networkFromText,
  testPattern,
  verifyModels,
  verifyNetworks,
  verifyStep,
} from './index'
export type {
  Claim,
  Counterexample,
  GateResult,
  InputClass,
  Instance,
  ModelFile,
  PatternVerdict,
  Runtime,
  RuntimeSession,
  StepRegion,
  Subject,
  TestOptions,
  Values,
  Verdict,
  VerifyOptions,
} from './index'

/** Models cannot be run here, because ONNX Runtime is not installed or cannot be loaded; the message says what to do. */
export class RuntimeMissingError extends Error {
  override readonly name = 'RuntimeMissingError'
}

/** Weights in files are used where they are, and not copied into another order first: a model is run a few times only. */
const IN_PLACE = { session: { disable_prepacking: '1' } }

/** ONNX Runtime, loaded when it is asked for. @throws RuntimeMissingError */
export async function nodeRuntime(): Promise<Runtime> {
  return { ...runtimeOf(await loadOrt(), { extra: IN_PLACE }), opensFiles: true, room: () => freemem() }
}

async function loadOrt(): Promise<OrtModule> {
  try {
    return (await import('onnxruntime-node')) as unknown as OrtModule
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    const missing = code === 'ERR_MODULE_NOT_FOUND' || code === 'MODULE_NOT_FOUND'
    throw new RuntimeMissingError(
      missing
        ? 'verification runs models in ONNX Runtime, which is not installed here: npm install onnxruntime-node'
        : `verification runs models in ONNX Runtime, and onnxruntime-node cannot be loaded: ${message}`,
    )
  }
}

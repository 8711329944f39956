/** The door for Node, and the package's: the browser's runtime stays behind, ONNX Runtime for Node comes along. */
import { freemem } from 'node:os'
import { missingText } from './missing-text'
import { NODE_SETTINGS, runtimeOf } from './ort'
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

export { OpeningThread } from './opening-thread'

/** Models cannot be run here, because ONNX Runtime is not installed or cannot be loaded; the message says what to do. */
export class RuntimeMissingError extends Error {
  override readonly name = 'RuntimeMissingError'
}

/** ONNX Runtime, loaded when it is asked for. @throws RuntimeMissingError */
export async function nodeRuntime(): Promise<Runtime> {
  return { ...runtimeOf(await loadOrt(), NODE_SETTINGS), opensFiles: true, room: () => freemem() }
}

async function loadOrt(): Promise<OrtModule> {
  try {
    return (await import('onnxruntime-node')) as unknown as OrtModule
  } catch (error) {
    throw new RuntimeMissingError(missingText(error as NodeJS.ErrnoException))
  }
}

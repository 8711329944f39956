import { runtimeOf } from './ort'
import type { OrtModule } from './ort'
import type { Runtime } from './runtime'

/** ONNX Runtime in Node, loaded when it is asked for. A door of its own: the browser must not meet it. */
export async function nodeRuntime(): Promise<Runtime> {
  return runtimeOf((await import('onnxruntime-node')) as unknown as OrtModule)
}

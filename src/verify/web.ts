import { runtimeOf } from './ort'
import type { OrtModule } from './ort'
import type { Runtime } from './runtime'

/**
 * ONNX Runtime as WebAssembly, loaded when it is asked for; meant for a worker, since it computes on the thread it is on.
 * @param wasmPaths where its .wasm file lies, if not beside the script
 */
export async function webRuntime(wasmPaths?: string | { readonly wasm: string }): Promise<Runtime> {
  const ort = await import('onnxruntime-web/wasm')
  ort.env.wasm.numThreads = 1
  ort.env.wasm.proxy = false
  if (wasmPaths !== undefined) ort.env.wasm.wasmPaths = wasmPaths
  return runtimeOf(ort as unknown as OrtModule, { threads: 1 })
}

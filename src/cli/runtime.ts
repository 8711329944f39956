import type { Runtime } from '../verify'
import { nodeRuntime, RuntimeMissingError } from '../verify/node'

/** ONNX Runtime, or why there is none. */
export async function runtimeIfThere(): Promise<Runtime | string> {
  try {
    return await nodeRuntime()
  } catch (error) {
    if (error instanceof RuntimeMissingError) return error.message
    throw error
  }
}

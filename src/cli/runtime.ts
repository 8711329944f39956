import path from 'node:path'
import type { Runtime } from '../verify'
import { nodeRuntime, OpeningThread, RuntimeMissingError } from '../verify/node'

/** ONNX Runtime, or why there is none. */
export async function runtimeIfThere(): Promise<Runtime | string> {
  try {
    return await nodeRuntime()
  } catch (error) {
    if (error instanceof RuntimeMissingError) return error.message
    throw error
  }
}

/** Gives what opens a model, or why nothing does: `runtime`, or ONNX Runtime, which a thread loads from now on. */
export function openerOf(runtime: Runtime | null, home: string): () => Promise<Runtime | string> {
  if (runtime) return () => Promise.resolve(runtime)
  const thread = new OpeningThread(path.resolve(home, 'bin/open-models.cjs'))
  return () => thread.runtime()
}

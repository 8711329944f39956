/** The two files in which TensorRT tells of a built engine, by how they begin: its layers, and a profile of their times. Both are JSON. */
import { isNetworkFile } from '../../dialects/tensorrt'
import type { OpenSource } from '../protocol/engine-calls'
import type { Given } from '../platform/platform'

/** How a file begins: what tells JSON from a model, and a list from an object. */
async function firstSign(file: Blob): Promise<string> {
  return (await file.slice(0, 256).text()).trimStart().charAt(0)
}

/** Layers of an engine, or what is at least no model: an ONNX file never begins like this. */
export const isEngineFile = async (file: Blob): Promise<boolean> =>
  (await firstSign(file)) === '{' && !isNetworkFile(new Uint8Array(await file.slice(0, 256).arrayBuffer()))

export const isProfileFile = async (file: Blob): Promise<boolean> => (await firstSign(file)) === '['

/** @param given what was given with it: the first profile among it is taken */
export async function engineSource(name: string, layers: File, given: readonly Given[]): Promise<OpenSource> {
  for (const { file } of given) {
    if (file !== layers && /\.json$/i.test(file.name) && (await isProfileFile(file)))
      return { type: 'engine', layers, profile: file, name }
  }
  return { type: 'engine', layers, profile: null, name }
}

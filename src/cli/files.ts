import { readFileSync, realpathSync, statSync } from 'node:fs'
import path from 'node:path'
import { importOnnx, OnnxImportError } from '../dialects/onnx'
import type { ImportOptions, ImportResult } from '../dialects/onnx'
import { UsageError } from './arguments'

export interface Model extends ImportResult {
  readonly path: string
  readonly bytes: Uint8Array
  /** Files beside the model that hold weights, by the name that the model calls them. */
  readonly external: ReadonlyMap<string, Uint8Array>
}

/**
 * Reads and imports a model, with the weights that lie in its folder.
 * @param overridable initializers that a file of IR version 3 or older lists as inputs are inputs, not constants
 * @throws UsageError where there is none, or where it looks for weights outside its folder
 */
export function readModel(file: string, overridable = false): Model {
  const bytes = readBytes(file)
  const first = imported(file, bytes, { overridable })
  const external = new Map<string, Uint8Array>()
  for (const name of first.missingExternal) {
    const beside = weightsFile(file, name)
    if (beside !== null) external.set(name, readBytes(beside))
  }
  const result = external.size > 0 ? imported(file, bytes, { external, overridable }) : first
  return { ...result, path: file, bytes, external }
}

/**
 * A weights file where the model says it is; null where there is none. Only the model's own folder, and what lies below it, may
 * hold weights, as in ONNX Runtime: a model is not to read whatever it names.
 * @throws UsageError for a path that leads out of the folder, by itself or by a link
 */
function weightsFile(model: string, name: string): string | null {
  const folder = realpathSync(path.dirname(path.resolve(model === STANDARD_INPUT ? '.' : model)))
  const outside = (where: string): boolean => {
    const way = path.relative(folder, where)
    return way.startsWith('..') || path.isAbsolute(way)
  }
  const refuse = (why: string): never => {
    throw new UsageError(
      `${model}: weights in ${JSON.stringify(name)} are not read, ${why}. Move them into its folder.`,
    )
  }
  if (name.includes('\0')) return refuse('that is no file name')
  if (path.isAbsolute(name) || outside(path.resolve(folder, name)))
    return refuse("for it leads out of the model's folder")
  const beside = path.resolve(folder, name)
  if (!statSync(beside, { throwIfNoEntry: false })?.isFile()) return null
  return outside(realpathSync(beside)) ? refuse("for it is a link out of the model's folder") : beside
}

/** Name of the standard input, where a command takes a file to read. */
const STANDARD_INPUT = '-'

function imported(file: string, bytes: Uint8Array, options: ImportOptions): ImportResult {
  try {
    return importOnnx(bytes, options)
  } catch (error) {
    if (error instanceof OnnxImportError) throw new UsageError(`${file}: ${error.message}`)
    throw error
  }
}

/** @throws UsageError where the file cannot be read */
export function readBytes(file: string): Uint8Array {
  try {
    return readFileSync(file === STANDARD_INPUT ? 0 : file)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    const why = code === 'ENOENT' ? 'there is no such file' : code === 'EISDIR' ? 'it is a folder' : String(error)
    throw new UsageError(`cannot read ${file}: ${why}`)
  }
}

/** @throws UsageError where the file holds no JSON */
export function readJson(file: string): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(readBytes(file)))
  } catch (error) {
    if (error instanceof SyntaxError) throw new UsageError(`${file} is not JSON: ${error.message}`)
    throw error
  }
}

import { openSync, readFileSync, readSync, realpathSync, statSync } from 'node:fs'
import path from 'node:path'
import { OnnxImportError } from '../dialects/onnx'
import type { ImportOptions, ImportResult } from '../dialects/onnx'
import { dialectNamed, importModel } from '../dialects/tensorrt'
import { ByteSource, networkFromSnapshot } from '../engine'
import type { Network, NetworkSnapshot } from '../engine'
import { UsageError } from './arguments'

export interface Model extends ImportResult {
  /** Where it lies; left out where it came from the standard input. */
  readonly path?: string
  readonly bytes: Uint8Array | ByteSource
  /** Files beside the model that hold weights, by the name that the model calls them. */
  readonly external: ReadonlyMap<string, Uint8Array | ByteSource>
}

/**
 * Reads and imports a model, with the weights that lie in its folder. Large weights stay in their files until they are asked for.
 * @param overridable initializers that a file of IR version 3 or older lists as inputs are inputs, not constants
 * @throws UsageError where there is none, or where it looks for weights outside its folder
 */
export function readModel(file: string, overridable = false): Model {
  const bytes = sourceOf(file)
  const first = imported(file, bytes, { overridable })
  const external = new Map<string, Uint8Array | ByteSource>()
  for (const name of first.missingExternal) {
    const beside = weightsFile(file, name)
    if (beside !== null) external.set(name, sourceOf(beside))
  }
  const result = external.size > 0 ? imported(file, bytes, { external, overridable }) : first
  return { ...result, ...(file !== STANDARD_INPUT && { path: file }), bytes, external }
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

/** A network of whatever dialect the snapshot names. */
export const networkOf = (snapshot: NetworkSnapshot): Network =>
  networkFromSnapshot(snapshot, dialectNamed(snapshot.dialect))

/** Name of the standard input, where a command takes a file to read. */
const STANDARD_INPUT = '-'

function imported(file: string, bytes: Uint8Array | ByteSource, options: ImportOptions): ImportResult {
  try {
    return importModel(bytes, options)
  } catch (error) {
    if (error instanceof OnnxImportError) throw new UsageError(`${file}: ${error.message}`)
    throw error
  }
}

/** Files of fewer bytes are read at once. */
const SMALL = 2 ** 20

/** A file to read from; what is small, or no regular file, is read whole. @throws UsageError where it cannot be read */
export function sourceOf(file: string, small = SMALL): Uint8Array | ByteSource {
  const stats = file === STANDARD_INPUT ? undefined : statSync(file, { throwIfNoEntry: false })
  if (!stats?.isFile() || stats.size < small) return readBytes(file)
  let opened: number
  try {
    opened = openSync(file, 'r')
  } catch (error) {
    throw unreadable(file, error)
  }
  return new ByteSource(stats.size, (from, length) => readRange(file, opened, from, length), file)
}

/** What one call may read. */
const MOST = 2 ** 30

function readRange(file: string, opened: number, from: number, length: number): Uint8Array {
  // Not filled with zeros first, nor cut out of a shared one.
  const bytes = Buffer.allocUnsafeSlow(length)
  for (let at = 0; at < length;) {
    let count: number
    try {
      count = readSync(opened, bytes, at, Math.min(MOST, length - at), from + at)
    } catch (error) {
      throw unreadable(file, error)
    }
    if (count === 0) throw new UsageError(`cannot read ${file}: it has become shorter meanwhile`)
    at += count
  }
  return new Uint8Array(bytes.buffer)
}

function unreadable(file: string, error: unknown): UsageError {
  const { code } = error as NodeJS.ErrnoException
  const why =
    code === 'ENOENT'
      ? 'there is no such file'
      : code === 'EISDIR'
        ? 'it is a folder'
        : code === 'EACCES'
          ? 'it may not be read'
          : String(error)
  return new UsageError(`cannot read ${file}: ${why}`)
}

/** @throws UsageError where the file cannot be read */
export function readBytes(file: string): Uint8Array {
  try {
    return readFileSync(file === STANDARD_INPUT ? 0 : file)
  } catch (error) {
    throw unreadable(file, error)
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

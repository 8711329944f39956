import { mkdtempSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { importOnnx, OnnxImportError } from '../dialects/onnx'
import type { ImportResult } from '../dialects/onnx'
import { UsageError } from './arguments'

export interface Model extends ImportResult {
  readonly path: string
  readonly bytes: Uint8Array
  /** Files beside the model that hold weights, by the name that the model calls them. */
  readonly external: ReadonlyMap<string, Uint8Array>
}

/** Reads and imports a model, with the weights that lie beside it. @throws UsageError where there is none */
export function readModel(file: string): Model {
  const bytes = readBytes(file)
  const first = imported(file, bytes, new Map())
  const external = new Map<string, Uint8Array>()
  for (const name of first.missingExternal) {
    const beside = path.join(path.dirname(file), name)
    if (statSync(beside, { throwIfNoEntry: false })?.isFile()) external.set(name, readBytes(beside))
  }
  const result = external.size > 0 ? imported(file, bytes, external) : first
  return { ...result, path: file, bytes, external }
}

function imported(file: string, bytes: Uint8Array, external: ReadonlyMap<string, Uint8Array>): ImportResult {
  try {
    return importOnnx(bytes, { external })
  } catch (error) {
    if (error instanceof OnnxImportError) throw new UsageError(`${file}: ${error.message}`)
    throw error
  }
}

/** @throws UsageError where the file cannot be read */
export function readBytes(file: string): Uint8Array {
  try {
    return readFileSync(file)
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

/** Writes all files or none: each under a name of its own first, then all renamed. @throws UsageError where it cannot */
export function writeWhole(files: ReadonlyMap<string, Uint8Array | string>): void {
  const made: { temp: string; folder: string; file: string }[] = []
  try {
    for (const [file, content] of files) {
      const folder = mkdtempSync(path.join(path.dirname(path.resolve(file)), '.graft-'))
      const temp = path.join(folder, 'part')
      made.push({ temp, folder, file })
      writeFileSync(temp, content)
    }
    for (const { temp, file } of made) renameSync(temp, file)
  } catch (error) {
    throw new UsageError(`cannot write ${[...files.keys()].join(', ')}: ${(error as Error).message}`)
  } finally {
    for (const { folder } of made) rmSync(folder, { recursive: true, force: true })
  }
}

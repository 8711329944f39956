/** Writing what a command makes: whole or not at all, through to whatever is there. */
import {
  accessSync,
  chmodSync,
  constants,
  lstatSync,
  mkdtempSync,
  readlinkSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import type { Stats } from 'node:fs'
import path from 'node:path'
import { UsageError } from './arguments'

/** Name of the standard output, where a command takes a file to write. */
export const STANDARD_OUTPUT = '-'

/** Links that lead to each other are followed no further than this. */
const MOST_LINKS = 40

interface Target {
  /** What the person wrote. */
  readonly name: string
  /** Behind all links. */
  readonly file: string
  /** null where nothing is there yet. */
  readonly stats: Stats | null
  readonly content: Uint8Array | string
}

/**
 * Writes all files or none. Links are followed and keep pointing; a file that is there keeps its mode; devices and pipes are
 * written to; `-` is the standard output.
 * @throws UsageError where one cannot be written, before anything is
 */
export function writeOutputs(files: ReadonlyMap<string, Uint8Array | string>): void {
  const targets = [...files].map(([name, content]) => targetOf(name, content))
  const regular = targets.filter((t) => t.name !== STANDARD_OUTPUT && (t.stats === null || t.stats.isFile()))
  const made: { readonly temp: string; readonly folder: string; readonly target: Target }[] = []
  holdSignals()
  try {
    for (const target of regular) {
      const folder = mkdtempSync(path.join(path.dirname(target.file), '.graft-'))
      const temp = path.join(folder, 'part')
      made.push({ temp, folder, target })
      writeFileSync(temp, target.content)
      if (target.stats) chmodSync(temp, target.stats.mode & 0o7777)
    }
    for (const target of targets) if (!regular.includes(target)) writeThrough(target)
    for (const { temp, target } of made) renameSync(temp, target.file)
  } catch (error) {
    throw new UsageError(`cannot write ${[...files.keys()].join(', ')}: ${reasonOf(error)}. Nothing was written.`)
  } finally {
    for (const { folder } of made) rmSync(folder, { recursive: true, force: true })
  }
}

/** @throws UsageError where two options name one file */
export function checkDistinct(named: Readonly<Record<string, string | undefined>>): void {
  const known = new Map<string, string>()
  for (const [option, name] of Object.entries(named)) {
    if (name === undefined) continue
    const file = name === STANDARD_OUTPUT ? name : behindLinks(name)
    const other = known.get(file)
    if (other) throw new UsageError(`${other} and ${option} name one file, ${name}: each needs its own`)
    known.set(file, option)
  }
}

function targetOf(name: string, content: Uint8Array | string): Target {
  if (name === STANDARD_OUTPUT) return { name, file: name, stats: null, content }
  const file = behindLinks(name)
  const stats = statSync(file, { throwIfNoEntry: false }) ?? null
  if (stats?.isDirectory()) throw new UsageError(`cannot write ${name}: it is a folder`)
  const folder = path.dirname(file)
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory())
    throw new UsageError(`cannot write ${name}: there is no folder ${folder}`)
  try {
    if (stats) accessSync(file, constants.W_OK)
    if (!stats || stats.isFile()) accessSync(folder, constants.W_OK)
  } catch (error) {
    throw new UsageError(`cannot write ${name}: ${reasonOf(error)}`)
  }
  return { name, file, stats, content }
}

/** The file that a chain of links ends at, whether or not it is there. */
function behindLinks(name: string): string {
  let file = path.resolve(name)
  for (let n = 0; n < MOST_LINKS; n++) {
    if (!lstatSync(file, { throwIfNoEntry: false })?.isSymbolicLink()) return file
    file = path.resolve(path.dirname(file), readlinkSync(file))
  }
  throw new UsageError(`cannot write ${name}: its links lead in a circle`)
}

function writeThrough({ name, file, content }: Target): void {
  const bytes = typeof content === 'string' ? Buffer.from(content) : content
  if (name !== STANDARD_OUTPUT) return writeFileSync(file, bytes)
  for (let at = 0; at < bytes.length;) {
    try {
      at += writeSync(1, bytes, at)
    } catch (error) {
      // A pipe that is full for now.
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error
    }
  }
}

let held = false

/** From the first file on a signal waits until what is half done is finished or taken back. */
function holdSignals(): void {
  if (held) return
  held = true
  process.once('SIGINT', () => process.exit(130))
  process.once('SIGTERM', () => process.exit(143))
}

const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'it may not be written',
  EPERM: 'it may not be written',
  EROFS: 'it lies on a file system that is read-only',
  ENOSPC: 'there is no space left',
  EPIPE: 'whoever was to read it has gone',
  ENOENT: 'there is no such folder',
}

function reasonOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException
  return REASONS[code ?? ''] ?? message
}

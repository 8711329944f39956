/** Writing what a command makes: whole or not at all, through to whatever is there. */
import {
  accessSync,
  chmodSync,
  closeSync,
  constants,
  lstatSync,
  mkdtempSync,
  openSync,
  readlinkSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs'
import type { Stats } from 'node:fs'
import path from 'node:path'
import { UsageError } from './arguments'
import { reasonOf } from './reasons'
import { writeParts, writeThrough } from './write-parts'
import type { Content } from './write-parts'

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
}

interface Staged {
  readonly target: Target
  readonly content: Content
  /** Where its content lies until it is put in place; null for what is no regular file. */
  readonly temp: string | null
}

/**
 * The files that a command writes: all or none. Each is written beside its place first, where it can be looked at, and all are
 * put in place at the end. Links are followed and keep pointing; a file that is there keeps its mode; devices and pipes are written
 * to; `-` is the standard output.
 */
export class Outputs {
  private staged: Staged[] = []
  private readonly folders = new Map<string, string>()

  /**
   * @param names what is known already: told early, so that nobody waits for what cannot be written
   * @throws UsageError where one cannot be written
   */
  constructor(names: readonly string[]) {
    for (const name of names) targetOf(name)
  }

  /** @throws UsageError where it cannot be written; nothing is then */
  async stage(name: string, content: Content): Promise<void> {
    const target = targetOf(name)
    const isRegular = name !== STANDARD_OUTPUT && (target.stats === null || target.stats.isFile())
    await this.saying([name], async () => {
      const temp = isRegular ? path.join(this.folderBeside(target.file), path.basename(name)) : null
      this.staged.push({ target, content, temp })
      if (temp === null) return
      const file = openSync(temp, 'w')
      try {
        await writeParts(file, content)
      } finally {
        closeSync(file)
      }
      if (target.stats) chmodSync(temp, target.stats.mode & 0o7777)
    })
  }

  /** Where a file lies that is not in place yet; null where that is nowhere. */
  stagedAt(name: string): string | null {
    return this.staged.find((s) => s.target.name === name)?.temp ?? null
  }

  /** These are not to be written after all. */
  drop(names: readonly string[]): void {
    this.staged = this.staged.filter((s) => !names.includes(s.target.name))
  }

  /** Puts all in place. @throws UsageError where that cannot be done */
  async commit(): Promise<void> {
    const names = this.staged.map((s) => s.target.name)
    await this.saying(names, async () => {
      for (const { target, content, temp } of this.staged)
        if (temp === null) await writeThrough(target.name === STANDARD_OUTPUT ? null : target.file, content)
      for (const { target, temp } of this.staged) if (temp !== null) renameSync(temp, target.file)
    })
    this.discard()
  }

  /** What is not in place goes. */
  discard(): void {
    for (const folder of this.folders.values()) removeFolder(folder)
    this.folders.clear()
    this.staged = []
  }

  private folderBeside(file: string): string {
    const beside = path.dirname(file)
    const known = this.folders.get(beside)
    if (known !== undefined) return known
    cleanUpOnSignals()
    const folder = mkdtempSync(path.join(beside, '.graft-'))
    temporary.add(folder)
    this.folders.set(beside, folder)
    return folder
  }

  private async saying(names: readonly string[], write: () => Promise<void>): Promise<void> {
    try {
      await write()
    } catch (error) {
      this.discard()
      throw new UsageError(`cannot write ${names.join(', ')}: ${reasonOf(error)}. Nothing was written.`)
    }
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

function targetOf(name: string): Target {
  if (name === STANDARD_OUTPUT) return { name, file: name, stats: null }
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
  return { name, file, stats }
}

/** The file that a chain of links ends at, whether or not it is there. */
function behindLinks(name: string): string {
  let file = path.resolve(name)
  for (let n = 0; n < MOST_LINKS; n++) {
    if (!entryAt(file, name)?.isSymbolicLink()) return file
    file = path.resolve(path.dirname(file), readlinkSync(file))
  }
  throw new UsageError(`cannot write ${name}: its links lead in a circle`)
}

/** What lies at a place; undefined where nothing does. @throws UsageError for a name that nothing can have */
function entryAt(file: string, name: string): Stats | undefined {
  try {
    return lstatSync(file, { throwIfNoEntry: false })
  } catch (error) {
    throw new UsageError(`cannot write ${name}: ${reasonOf(error)}`)
  }
}

/** Folders that are to go, whatever ends the program. */
const temporary = new Set<string>()
let watched = false

function cleanUpOnSignals(): void {
  if (watched) return
  watched = true
  const end = (code: number) => () => {
    for (const folder of temporary) removeFolder(folder)
    process.exit(code)
  }
  process.once('SIGINT', end(130))
  process.once('SIGTERM', end(143))
}

function removeFolder(folder: string): void {
  rmSync(folder, { recursive: true, force: true })
  temporary.delete(folder)
}

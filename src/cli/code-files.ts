/** Patterns that lie in files of a person's own code: `*.ts`. They run as any script does, with the rights of whoever starts them. */
import { existsSync, readdirSync } from 'node:fs'
import path from 'node:path'
import { CodeError } from '../code'
import { loadCode } from '../code/load'
import type { CodePattern } from '../code/load'
import { dialectNamed } from '../dialects/tensorrt'
import { PatternAnalyzer, PatternRewriter, snapshotOf } from '../engine'
import type { NetworkSnapshot, RuleExample } from '../engine'
import type { LibraryEntry } from '../patterns'
import { cutOut, networkFromText } from '../verify'
import { UsageError } from './arguments'
import { readBytes, readModel } from './files'

/** Whether a name stands for a file of code. */
export const isCodeFile = (name: string): boolean => /\.[cm]?[jt]s$/i.test(name)

/** What the patterns of files carry along, for their test. */
const CARRIED = new WeakMap<LibraryEntry, CodePattern>()

/** The rewriters of a file, as patterns beside those of the library. @throws UsageError with the line of what is wrong */
export function codeIn(file: string): LibraryEntry[] {
  return loaded(file)
    .filter(({ pattern }) => pattern instanceof PatternRewriter)
    .map(entryOf)
}

/** The analyzers of a file, which rewrite nothing. @throws UsageError with the line of what is wrong */
export function analyzersIn(file: string): PatternAnalyzer[] {
  return loaded(file).flatMap(({ pattern }) => (pattern instanceof PatternAnalyzer ? [pattern] : []))
}

function loaded(file: string): CodePattern[] {
  try {
    return loadCode(new TextDecoder().decode(readBytes(file)))
  } catch (error) {
    if (!(error instanceof CodeError)) throw error
    const { place, reason } = error
    throw new UsageError(`${file}${place ? `:${place.line}:${place.column}` : ''}: ${reason}`)
  }
}

function entryOf(code: CodePattern): LibraryEntry {
  const pattern = code.pattern as PatternRewriter
  const entry: LibraryEntry = {
    label: code.label,
    family: 'Your patterns',
    equation: 'a class',
    exactness: 'rounding',
    benefit: code.benefit,
    stage: 1,
    targets: ['ort', 'onnx'],
    make: () => pattern,
  }
  CARRIED.set(entry, code)
  return entry
}

/**
 * Networks that a pattern is tried on besides those that are made for it: what is cut out of these models where it matches. One in code,
 * for which none are made, is tried on its examples and the models of the gallery too.
 */
export function casesOf(
  entry: LibraryEntry,
  pattern: PatternRewriter,
  home: string,
  models: readonly string[] = [],
): { networks?: readonly NetworkSnapshot[]; examples?: readonly RuleExample[] } {
  const cut = (files: readonly string[]): NetworkSnapshot[] =>
    files.flatMap((file) => {
      const { snapshot } = readModel(file)
      return cutOut(pattern, snapshot, dialectNamed(snapshot.dialect))
    })
  const code = CARRIED.get(entry)
  if (!code) return models.length > 0 ? { networks: cut(models) } : {}
  const examples = code.examples.map((e): RuleExample => ({ ...e, title: '', line: 0 }))
  const own = code.examples.flatMap(({ expected, network }) => (expected === 'matches' ? networkOf(network) : []))
  return { examples, networks: [...own, ...cut([...models, ...galleryOf(home)])] }
}

/** Nothing for a text that cannot be read: the example itself says so. */
function networkOf(text: string): NetworkSnapshot[] {
  try {
    return [snapshotOf(networkFromText(text))]
  } catch {
    return []
  }
}

/** The models that come with Graft, without the deepest: it holds nothing that the others do not. */
function galleryOf(home: string): string[] {
  const folder = ['public/models', 'dist/models'].map((name) => path.join(home, name)).find((name) => existsSync(name))
  if (folder === undefined) return []
  const files = readdirSync(folder).filter((name) => name.endsWith('.onnx') && !name.includes('80'))
  return files.map((name) => path.join(folder, name))
}

import { existsSync, statSync } from 'node:fs'
import type { Network, PatternAnalyzer, RewritePatternManager } from '../engine'
import { libraryFor, managerOf, onnxLibrary, paddedSizes } from '../patterns'
import type { LibraryEntry, Target } from '../patterns'
import type { Arguments } from './arguments'
import { UsageError } from './arguments'
import { analyzersIn, codeIn, isCodeFile } from './code-files'
import { isRuleFile, rulesIn } from './rule-files'

export const CHOICE = {
  patterns: 'string',
  target: 'string',
  exact: 'boolean',
  'no-approximations': 'boolean',
} as const

export interface Choice {
  readonly target: Target
  readonly library: readonly LibraryEntry[]
  /** Labels of those that come from files of a person's own. */
  readonly own: ReadonlySet<string>
  readonly manager: RewritePatternManager
}

/**
 * The patterns that a command line asks for. `--patterns`: labels, families, or files of rules or code, separated by commas, upper and lower
 * case and punctuation alike; `all` also takes those that are off unless chosen. `--exact` leaves what is equal to
 * the bit, on every value; `--no-approximations` leaves out approximations and patterns that assume something of the inputs.
 * @param dialect of the network that they are for
 * @throws UsageError for a name that no pattern has
 */
export function chosenPatterns(args: Arguments, dialect: string): Choice {
  const target = targetOf(args)
  const all = libraryFor(dialect, target)
  const named = args.text('patterns')
  const library = named === undefined ? all.filter((e) => !e.optIn) : namedPatterns(named, target, all)
  const kept = library.filter((e) => isAllowed(e, args))
  return choiceOf(target, kept, all)
}

function choiceOf(target: Target, library: readonly LibraryEntry[], all: readonly LibraryEntry[]): Choice {
  const own = new Set(library.filter((e) => !all.includes(e)).map((e) => e.label))
  return { target, library, own, manager: managerOf(library, target) }
}

/** Patterns that ask for `args` get the sizes of padded tokens, which the module's own example asks for, where the network has some. */
export function giveSizes({ manager }: Choice, network: Network): void {
  const sizes = paddedSizes(network)
  for (const { pattern } of manager.entries()) pattern.args ??= sizes
}

/** The analyzers in the files of code that a command line names. @throws UsageError */
export function namedAnalyzers(args: Arguments): PatternAnalyzer[] {
  return namesIn(args.text('patterns') ?? '')
    .map((name) => name.trim())
    .filter(isCodeFile)
    .flatMap(analyzersIn)
}

function isAllowed({ exactness, assumes }: LibraryEntry, args: Arguments): boolean {
  if (args.has('exact')) return exactness === 'exact' && !assumes
  return !args.has('no-approximations') || (exactness !== 'approximation' && !assumes)
}

/** @throws UsageError where there is not exactly one */
export function onePattern(args: Arguments, dialect: string): Choice {
  const target = targetOf(args)
  const all = libraryFor(dialect, target)
  const name = args.text('pattern')
  if (name === undefined) throw new UsageError('--pattern is missing: which one? See graft patterns')
  const library = ownIn(name) ?? all.filter((e) => slug(e.label) === slug(name))
  if (library.length > 1) throw new UsageError(`${name} has ${library.length} patterns: a file of one is needed here`)
  if (library.length === 0) throw new UsageError(unknown(name, all))
  return choiceOf(target, library, all)
}

/** Whether a model is to be lowered into TensorRT's layers. @throws UsageError for a dialect that nothing is lowered into */
export function isForTensorrt(args: Arguments): boolean {
  const dialect = args.text('dialect')
  if (dialect !== undefined && dialect !== 'tensorrt' && dialect !== 'onnx')
    throw new UsageError(`--dialect is onnx or tensorrt, not ${dialect}`)
  return dialect === 'tensorrt'
}

/** @throws UsageError */
export function targetOf(args: Arguments): Target {
  const target = args.text('target') ?? 'ort'
  if (target !== 'ort' && target !== 'onnx') throw new UsageError(`--target is ort or onnx, not ${target}`)
  return target
}

/**
 * What a model's operator set is raised for: where patterns of one's own take part, for both targets, as in the app, for they may make
 * any operator. @throws UsageError
 */
export function raisedFor(args: Arguments): Target {
  const target = targetOf(args)
  const named = ['patterns', 'pattern'].flatMap((option) => namesIn(args.text(option) ?? ''))
  return named.some((name) => isRuleFile(name.trim()) || isCodeFile(name.trim())) ? 'onnx' : target
}

/** The patterns of a list of labels, families and files of rules or code; those of files come first, as they are written. @throws UsageError */
export function namedPatterns(
  list: string,
  target: Target,
  all: readonly LibraryEntry[] = onnxLibrary(target),
): LibraryEntry[] {
  if (slug(list) === 'all') return [...all]
  const own: LibraryEntry[] = []
  const wanted = new Set<LibraryEntry>()
  for (const name of namesIn(list)) {
    const written = ownIn(name.trim())
    if (written) {
      own.push(...written)
      continue
    }
    const found = all.filter((e) => slug(e.label) === slug(name) || slug(e.family) === slug(name))
    if (found.length === 0) throw new UsageError(unknown(name, all))
    for (const e of found) wanted.add(e)
  }
  const labels = new Set<string>()
  for (const { label } of own) {
    if (labels.has(label)) throw new UsageError(`two patterns are called ${label}: give one of them another name`)
    labels.add(label)
  }
  return [...own, ...all.filter((e) => wanted.has(e) && !labels.has(e.label))]
}

/** What a list names; a file may have a comma in its name. */
function namesIn(list: string): string[] {
  return existsSync(list) && statSync(list).isFile() ? [list] : list.split(',')
}

/** The patterns of a file of rules or of code; null for a name that is no file. @throws UsageError */
function ownIn(name: string): LibraryEntry[] | null {
  if (isCodeFile(name)) return codeIn(name)
  return isRuleFile(name) ? rulesIn(name) : null
}

function unknown(name: string, all: readonly LibraryEntry[]): string {
  const wanted = slug(name)
  const near = nearLabels(wanted, all)
  const hint = near.length > 0 ? `did you mean ${near.join(', ')}?` : 'see graft patterns'
  return `there is no pattern or family called ${name.trim()}: ${hint}`
}

/** So many are told: a letter or two are in most of them. */
const MOST_TOLD = 5

function nearLabels(wanted: string, all: readonly LibraryEntry[]): string[] {
  if (wanted.length < 3) return []
  const near = all.filter((e) => slug(e.label).includes(wanted) || wanted.includes(slug(e.label)))
  return near.slice(0, MOST_TOLD).map((e) => e.label)
}

/** A name without what people do not remember of it. */
export function slug(name: string): string {
  return name
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '-')
    .replace(/^-|-$/g, '')
}

import { LONGEST_NAME, PatternAnalyzer, PatternRewriter } from '../engine'
import { CODE_FILE, CodeError, codeErrorOf } from './code-error'
import { compileCode } from './compile'
import { openDoor } from './doors'
import { canMake } from './network-maker'

/** A pattern that a file exports. */
export interface CodePattern {
  /** The pattern's own name. */
  readonly label: string
  readonly pattern: PatternRewriter | PatternAnalyzer
  /** `static benefit`; 20 without it, above most of the library. */
  readonly benefit: number
  /** `static examples`: small networks in text. */
  readonly examples: readonly CodeExample[]
}

export interface CodeExample {
  readonly expected: 'matches' | 'fails'
  /** As `networkFromText` reads it. */
  readonly network: string
}

const BENEFIT = 20

/** The program behind the types, run: whatever it does, it does with the rights of whoever calls this. */
type Program = (require: (name: unknown) => object, exports: object, module: { exports: object }) => void

/**
 * Runs a file of patterns and makes one of each class that it exports; patterns that it exports are taken as they are.
 * @throws CodeError with the line where it is no TypeScript, imports what it may not, throws, or exports no pattern
 */
export function loadCode(source: string): CodePattern[] {
  const exported: readonly unknown[] = Object.values(exportsOf(source))
  const found = exported.flatMap(patternOf)
  if (found.length === 0 && exported.some(canMake))
    throw new CodeError('it makes a network and no pattern: “Build and open” shows it, and graft build writes it')
  if (found.length === 0)
    throw new CodeError(
      'it exports no pattern: write export class MyPattern extends PatternRewriter, or PatternAnalyzer',
    )
  const labels = new Set<string>()
  for (const { label } of found) {
    if (labels.has(label)) throw new CodeError(`two of its patterns are called ${label}: give one another name`)
    labels.add(label)
  }
  return found
}

/** What a file exports, once it has run. @throws CodeError with the line where it cannot be read, or throws */
export function exportsOf(source: string): object {
  const js = compileCode(source)
  const module = { exports: {} as object }
  try {
    // Evaluated in the global scope; the header stands on the first line, so that lines count as they were written.
    const program = (0, eval)(`(function (require, exports, module) {${js}\n})\n//# sourceURL=${CODE_FILE}`) as Program
    program(imported, module.exports, module)
  } catch (error) {
    throw codeErrorOf(error)
  }
  return module.exports
}

/** As a statement: its trace shows the line of the import. */
function imported(name: unknown): object {
  try {
    return openDoor(name)
  } catch (error) {
    throw new Error((error as CodeError).reason, { cause: error })
  }
}

function patternOf(exported: unknown): CodePattern[] {
  if (isPattern(exported)) return [described(exported, exported.constructor)]
  if (typeof exported !== 'function' || !isPattern(exported.prototype)) return []
  let made: unknown
  try {
    made = new (exported as new () => unknown)()
  } catch (error) {
    const { reason, place } = codeErrorOf(error)
    throw new CodeError(`${exported.name} cannot be made: ${reason}`, place)
  }
  return isPattern(made) ? [described(made, exported)] : []
}

const isPattern = (x: unknown): x is PatternRewriter | PatternAnalyzer =>
  x instanceof PatternRewriter || x instanceof PatternAnalyzer

function described(pattern: PatternRewriter | PatternAnalyzer, made: object): CodePattern {
  const { name } = pattern
  if (typeof name !== 'string' || name.trim() === '')
    throw new CodeError("a pattern has no name: give it one with super('my pattern', …)")
  if (name.length > LONGEST_NAME)
    throw new CodeError(`a pattern has a name of ${name.length} characters: ${LONGEST_NAME} are enough`)
  const { benefit, examples } = made as { benefit?: unknown; examples?: unknown }
  return {
    label: name.trim(),
    pattern,
    benefit: typeof benefit === 'number' && Number.isFinite(benefit) ? benefit : BENEFIT,
    examples: Array.isArray(examples) ? examples.map((e, i) => exampleOf(e, i, name)) : [],
  }
}

function exampleOf(told: unknown, i: number, name: string): CodeExample {
  const entry = told as Partial<Record<'matches' | 'fails', unknown>> | null
  for (const expected of ['matches', 'fails'] as const) {
    const network = entry?.[expected]
    if (typeof network === 'string') return { expected, network }
  }
  throw new CodeError(`example ${i + 1} of ${name} is neither { matches: '…' } nor { fails: '…' }, a network in text`)
}

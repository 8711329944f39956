/** Rules that lie in files of a person's own: `*.rules`. */
import { statSync } from 'node:fs'
import { schemasOfRule } from '../dialects/tensorrt'
import { parseRules, printValue, RuleError, RulePattern, RuleSyntaxError } from '../engine'
import type { RuleGraph } from '../engine'
import type { LibraryEntry } from '../patterns'
import { UsageError } from './arguments'
import { readBytes } from './files'

/** Whether a name stands for a file of rules, and not for a pattern of the library. */
export function isRuleFile(name: string): boolean {
  return /\.rules$/i.test(name) || (/[/\\]/.test(name) && statSync(name, { throwIfNoEntry: false })?.isFile() === true)
}

/** The rules of a file, as patterns beside those of the library. @throws UsageError with line and column for the first fault */
export function rulesIn(file: string): LibraryEntry[] {
  const text = new TextDecoder().decode(readBytes(file))
  return read(file, () => parseRules(text)).map((graph) => read(file, () => entryOf(graph)))
}

function entryOf(graph: RuleGraph): LibraryEntry {
  const pattern = new RulePattern(graph, { schemas: schemasOfRule(graph) })
  return {
    label: graph.name,
    family: 'Your rules',
    equation: equationOf(graph),
    exactness: graph.claim ?? 'rounding',
    benefit: graph.benefit ?? 20,
    stage: 1,
    targets: ['ort', 'onnx'],
    make: () => pattern,
  }
}

function equationOf({ left, right }: RuleGraph): string {
  const side = (statements: RuleGraph['left']): string => statements.map((s) => printValue(s.value)).join('; ')
  return `${side(left)} ⇒ ${side(right)}`
}

function read<T>(file: string, what: () => T): T {
  try {
    return what()
  } catch (error) {
    if (error instanceof RuleSyntaxError) {
      const { line, column, expected, found } = error
      throw new UsageError(`${file}:${line}:${column}: expected ${expected}, found ${found}`)
    }
    if (error instanceof RuleError) {
      const at = error.place ? `:${error.place.line}:${error.place.column}` : ''
      throw new UsageError(`${file}${at}: ${error.reason}`)
    }
    throw error
  }
}

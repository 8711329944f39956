/** Rewrite rules of onnxscript, in Python, as rule text: the pattern and replacement functions of the common form. */
import { parseRule } from '../../engine'
import { conditionsOfCheck } from './check'
import { PythonFile } from './python-file'
import { Side } from './side'
import { callsIn, Untold } from './syntax'
import type { SyntaxNode } from './syntax'

export interface ImportedRule {
  readonly name: string
  readonly text: string
  /** All of it came over. Without that it never fires: a condition says so. */
  readonly isWhole: boolean
}

/** What did not come over, and where. */
export interface NotImported {
  readonly rule: string
  readonly line: number
  readonly what: string
}

export interface ImportedRules {
  readonly rules: readonly ImportedRule[]
  readonly missing: readonly NotImported[]
}

/** Reads a file of rules: classes with `pattern` and `rewrite`, and `RewriteRule(pattern, replacement)`. */
export function rulesFromOnnxscript(source: string): ImportedRules {
  return new Importer(new PythonFile(source)).all()
}

interface Found {
  readonly name: string
  /** The class that it is; null for one that functions make. */
  readonly owner: SyntaxNode | null
  readonly pattern: SyntaxNode
  readonly rewrite: SyntaxNode
  /** `foreign` for a check that stands in another file. */
  readonly check: SyntaxNode | null | { readonly foreign: SyntaxNode }
}

class Importer {
  constructor(private readonly file: PythonFile) {}

  all(): ImportedRules {
    const missing: NotImported[] = []
    const rules: ImportedRule[] = []
    for (const found of [...this.ofClasses(missing), ...this.ofCalls(missing)]) {
      try {
        rules.push(this.rule(found, missing))
      } catch (error) {
        if (!(error instanceof Untold)) throw error
        missing.push({ rule: found.name, line: this.file.line(error.at), what: error.what })
      }
    }
    return { rules, missing }
  }

  private *ofClasses(missing: NotImported[]): Generator<Found> {
    for (const [name, node] of this.file.classes) {
      const methods = this.file.methodsOf(node)
      const [pattern, rewrite, check] = ['pattern', 'rewrite', 'check'].map((m) => methods.get(m) ?? null)
      if (!pattern && !rewrite) continue
      if (pattern && rewrite) yield { name, owner: node, pattern, rewrite, check: check ?? null }
      // A class that others build on has one of them.
      else if (!this.file.isBase(name))
        missing.push({
          rule: name,
          line: this.file.line(node),
          what: `it has no ${pattern ? 'rewrite' : 'pattern'} of its own`,
        })
    }
  }

  /** `RewriteRule(pattern, replacement, check)`, wherever it stands. */
  private *ofCalls(missing: NotImported[]): Generator<Found> {
    for (const call of callsIn(this.file.top)) {
      const name = this.file.text(call.firstChild!)
      if (!/(^|\.)(RewriteRule|rewrite_rule)$/.test(name)) continue
      const { given, named } = this.file.arguments(call)
      const at = (i: number, key: string): SyntaxNode | null => {
        const node = named.get(key) ?? given[i]
        return node ? (this.file.functions.get(this.file.text(node)) ?? null) : null
      }
      const [pattern, rewrite] = [at(0, 'target_pattern'), at(1, 'replacement_pattern')]
      const title = this.file.assignedName(call) ?? (pattern ? this.file.functionName(pattern) : 'a rule')
      const condition = named.get('condition_function') ?? given[2]
      const check =
        at(2, 'condition_function') ?? (condition && condition.name !== 'None' ? { foreign: condition } : null)
      if (pattern && rewrite) yield { name: title, owner: null, pattern, rewrite, check }
      else
        missing.push({
          rule: title,
          line: this.file.line(call),
          what: 'its pattern or replacement is no function of this file',
        })
    }
  }

  private rule({ name, owner, pattern, rewrite, check }: Found, missing: NotImported[]): ImportedRule {
    const left = new Side(this.file, pattern, null, owner)
    const results = left.statements()
    const right = new Side(this.file, rewrite, left, owner)
    const made = right.statements(results)
    const title = name.replace(/"/g, "'")
    const written = (notes: readonly string[], more: readonly string[]): string => {
      const conditions = [...left.conditions, ...more]
      const where = conditions.length > 0 ? [`where ${conditions.join(',\n      ')}`] : []
      return [...notes, `rule "${title}"`, ...left.lines, '=>', ...made, ...where].join('\n') + '\n'
    }
    const checked = this.checked(check, left, (more) => parseRule(written([], more)))
    if (checked.type === 'told') return { name: title, text: written([], checked.conditions), isWhole: true }
    const { line, what } = checked
    missing.push({ rule: name, line, what: `${what}: write it as conditions` })
    const note = `# Line ${line} of the Python file checks more than this says. Write it as conditions in place of the last line.`
    return { name: title, text: written([note], ['opset < 0']), isWhole: false }
  }

  /** A check as conditions; or why it has none, and where. */
  private checked(
    check: Found['check'],
    left: Side,
    parses: (conditions: readonly string[]) => unknown,
  ): { type: 'told'; conditions: readonly string[] } | { type: 'untold'; line: number; what: string } {
    if (check === null) return { type: 'told', conditions: [] }
    if ('foreign' in check)
      return { type: 'untold', line: this.file.line(check.foreign), what: 'its check is in another file' }
    try {
      const conditions = conditionsOfCheck(check, {
        text: (node) => this.file.text(node),
        nameOf: (name) => left.nameInConditions(name),
      })
      parses(conditions)
      return { type: 'told', conditions }
    } catch (error) {
      const at = error instanceof Untold ? error.at : check
      return {
        type: 'untold',
        line: this.file.line(at),
        what: error instanceof Untold ? error.what : 'its check is code',
      }
    }
  }
}

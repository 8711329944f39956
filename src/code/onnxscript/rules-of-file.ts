/** Rewrite rules of onnxscript, in Python, as rule text. */
import { onnxDialect } from '../../dialects/onnx'
import {
  callsIn,
  needsDeclaring,
  parseRule,
  printRule,
  RuleError,
  RulePattern,
  Schemas,
  withUsualAttributes,
} from '../../engine'
import type { RuleGraph } from '../../engine'
import { followRule } from './follow-rule'
import { foundRules } from './found-rules'
import type { NotFound } from './found-rules'
import type { OtherFile } from './names'
import { PythonFile } from './python-file'
import { Untold } from './syntax'
import type { SyntaxNode } from './syntax'
import { withGranted } from './taken-for-granted'

export interface ImportedRule {
  readonly name: string
  readonly text: string
  /** All of it came over. Without that it never fires: a condition says so. */
  readonly isWhole: boolean
  /** What it takes for granted, and would be wrong without: conditions say so. */
  readonly added: readonly string[]
}

/** What did not come over, and where. */
export interface NotImported {
  readonly rule: string
  /** The file that the line is of, where it is another one: `_checks.py`. */
  readonly file?: string
  readonly line: number
  readonly what: string
}

export interface ImportedRules {
  readonly rules: readonly ImportedRule[]
  readonly missing: readonly NotImported[]
}

/**
 * Reads a file of rules: classes with `pattern` and `rewrite`, and `RewriteRule(pattern, replacement)`.
 * @param sourceOf another file by the name of its module, for what is imported from there
 */
export function rulesFromOnnxscript(
  source: string,
  sourceOf: (module: string) => string | null = () => null,
): ImportedRules {
  const files = new Map<string, PythonFile | null>()
  const other: OtherFile = (module) => {
    let file = files.get(module)
    if (file === undefined) {
      const text = sourceOf(module)
      files.set(module, (file = text === null ? null : new PythonFile(text)))
    }
    return file
  }
  return new Importer(new PythonFile(source), other, files).all()
}

const NEWEST = Schemas.newest(onnxDialect)

class Importer {
  private readonly missing: NotImported[] = []

  constructor(
    private readonly file: PythonFile,
    private readonly other: OtherFile,
    /** Those that were looked at, by their modules. */
    private readonly files: ReadonlyMap<string, PythonFile | null>,
  ) {}

  all(): ImportedRules {
    const rules: ImportedRule[] = []
    const note = ({ rule, at, what }: NotFound): void => {
      this.missing.push({ rule, ...this.placeOf(at), what })
    }
    for (const found of foundRules(this.file, this.other, note)) {
      try {
        const { name, text, unchecked } = followRule(this.file, this.other, found)
        rules.push(unchecked ? this.unchecked(name, text, unchecked) : this.whole(name, text))
      } catch (error) {
        if (!(error instanceof Untold || error instanceof RuleError)) throw error
        const at = error instanceof Untold ? error.at : found.pattern.node
        const what = error instanceof Untold ? error.what : `the rule itself is wrong: ${error.message}`
        note({ rule: found.name, at, what })
      }
    }
    return { rules, missing: this.missing }
  }

  /** The file that a part is of, and its module where that is another one. */
  private holderOf(at: SyntaxNode): readonly [file: PythonFile, module: string | null] {
    const found = this.file.has(at) ? undefined : [...this.files].find(([, file]) => file?.has(at))
    return found?.[1] ? [found[1], found[0]] : [this.file, null]
  }

  private placeOf(at: SyntaxNode): Pick<NotImported, 'file' | 'line'> {
    const [of, module] = this.holderOf(at)
    return { ...(module !== null && { file: `${module.split('.').at(-1)}.py` }), line: of.line(at) }
  }

  private whole(name: string, text: string): ImportedRule {
    return { name, ...complete(text), isWhole: true }
  }

  private unchecked(name: string, text: string, why: Untold): ImportedRule {
    const [of] = this.holderOf(why.at)
    const { file, line } = this.placeOf(why.at)
    const asked = of.text(why.at).replace(/\s+/g, ' ').slice(0, 60).trim()
    const what = /^its check/.test(why.what) ? why.what : `its check asks ${asked}`
    this.missing.push({
      rule: name,
      ...(file !== undefined && { file }),
      line,
      what: `${what}: write it as conditions`,
    })
    const note = `# Line ${line} of ${file ?? 'the Python file'} checks more than this says. Write it as conditions in place of the last line.\n`
    const { text: whole, added } = complete(text)
    return { name, text: note + whole, isWhole: false, added }
  }
}

/**
 * With what it takes for granted. Attributes that a pattern of onnxscript leaves open may be anything there, and are lost: here they are
 * what they are by default.
 * @throws RuleError for what is no rule even so
 */
function complete(written: string): Pick<ImportedRule, 'text' | 'added'> {
  const text = withDeclared(written)
  const { rule, added } = withGranted(parseRule(text))
  const notes = added.map((what) => `# Added to what the Python file says: ${what}.\n`).join('')
  const whole = added.length > 0 ? notes + printed(rule) : text
  const usual = (all: boolean): string => notes + printed(withUsualAttributes(rule, NEWEST, all))
  const found = firstSound([() => whole, () => usual(false), () => usual(true)])
  return { text: found, added }
}

/** @throws RuleError of the last, where none is a rule */
function firstSound([text, ...others]: readonly (() => string)[]): string {
  const found = text!()
  try {
    new RulePattern(found, { schemas: NEWEST })
    return found
  } catch (error) {
    if (!(error instanceof RuleError) || others.length === 0) throw error
    return firstSound(others)
  }
}

/** Operators of a domain that is known, and does not have them, are meant: the file writes them. */
function withDeclared(text: string): string {
  const { left, right, otherwise = [] } = parseRule(text)
  const kinds = callsIn([...left, ...right, ...otherwise.flatMap((o) => o.right)]).map((c) => c.kind)
  const declared = [...new Set(kinds)].filter((kind) => needsDeclaring(kind, onnxDialect))
  return declared.length === 0 ? text : text.replace(/\n/, `\noperator ${declared.join(', ')}\n`)
}

function printed(rule: RuleGraph): string {
  const text = printRule(rule)
  return text.endsWith('\n') ? text : `${text}\n`
}

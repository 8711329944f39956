/** Rewrite rules of onnxscript, in Python, as rule text: the pattern and replacement functions of the common form. */
import { parser } from '@lezer/python'

type SyntaxNode = ReturnType<typeof parser.parse>['topNode']

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
  return new Importer(source).all()
}

/** What the importer cannot say in a rule. */
class Untold extends Error {
  constructor(
    readonly what: string,
    readonly at: SyntaxNode,
  ) {
    super(what)
  }
}

interface Found {
  readonly name: string
  readonly pattern: SyntaxNode
  readonly rewrite: SyntaxNode
  readonly check: SyntaxNode | null
}

class Importer {
  private readonly functions = new Map<string, SyntaxNode>()
  private readonly classes = new Map<string, SyntaxNode>()
  private readonly top: SyntaxNode

  constructor(private readonly source: string) {
    this.top = parser.parse(source).topNode
  }

  all(): ImportedRules {
    for (const node of childrenOf(this.top)) {
      const inner = node.name === 'DecoratedStatement' ? childrenOf(node).at(-1)! : node
      const name = inner.getChild('VariableName')
      if (inner.name === 'FunctionDefinition' && name) this.functions.set(this.text(name), inner)
      if (inner.name === 'ClassDefinition' && name) this.classes.set(this.text(name), inner)
    }
    const missing: NotImported[] = []
    const rules: ImportedRule[] = []
    for (const found of [...this.ofClasses(missing), ...this.ofCalls(missing)]) {
      try {
        rules.push(this.rule(found, missing))
      } catch (error) {
        if (!(error instanceof Untold)) throw error
        missing.push({ rule: found.name, line: this.line(error.at), what: error.what })
      }
    }
    return { rules, missing }
  }

  private *ofClasses(missing: NotImported[]): Generator<Found> {
    for (const [name, node] of this.classes) {
      const methods = this.methodsOf(node)
      const [pattern, rewrite, check] = ['pattern', 'rewrite', 'check'].map((m) => methods.get(m) ?? null)
      if (!pattern && !rewrite) continue
      if (pattern && rewrite) yield { name, pattern, rewrite, check: check ?? null }
      // A class that others build on has one of them.
      else if (!this.isBase(name))
        missing.push({
          rule: name,
          line: this.line(node),
          what: `it has no ${pattern ? 'rewrite' : 'pattern'} of its own`,
        })
    }
  }

  /** Methods, those of classes that it builds on in this file included. */
  private methodsOf(node: SyntaxNode, depth = 0): Map<string, SyntaxNode> {
    const methods = new Map<string, SyntaxNode>()
    const bases = childrenOf(node.getChild('ArgList')).filter((n) => n.name === 'VariableName')
    for (const base of bases) {
      const known = this.classes.get(this.text(base))
      if (known && depth < 8) for (const [name, f] of this.methodsOf(known, depth + 1)) methods.set(name, f)
    }
    for (const f of childrenOf(node.getChild('Body'))) {
      const name = f.name === 'FunctionDefinition' ? f.getChild('VariableName') : null
      if (name) methods.set(this.text(name), f)
    }
    return methods
  }

  private isBase(name: string): boolean {
    return [...this.classes.values()].some((c) => childrenOf(c.getChild('ArgList')).some((b) => this.text(b) === name))
  }

  /** `RewriteRule(pattern, replacement, check)`, wherever it stands. */
  private *ofCalls(missing: NotImported[]): Generator<Found> {
    for (const call of callsIn(this.top)) {
      const name = this.text(call.firstChild!)
      if (!/(^|\.)(RewriteRule|rewrite_rule)$/.test(name)) continue
      const { given, named } = this.arguments(call)
      const at = (i: number, key: string): SyntaxNode | null => {
        const node = named.get(key) ?? given[i]
        return node ? (this.functions.get(this.text(node)) ?? null) : null
      }
      const [pattern, rewrite] = [at(0, 'target_pattern'), at(1, 'replacement_pattern')]
      const title = this.assignedName(call) ?? (pattern ? this.functionName(pattern) : 'a rule')
      if (pattern && rewrite) yield { name: title, pattern, rewrite, check: at(2, 'condition_function') }
      else
        missing.push({
          rule: title,
          line: this.line(call),
          what: 'its pattern or replacement is no function of this file',
        })
    }
  }

  private rule({ name, pattern, rewrite, check }: Found, missing: NotImported[]): ImportedRule {
    const left = new Side(this, pattern, null)
    const results = left.statements()
    const right = new Side(this, rewrite, left)
    const made = right.statements(results)
    const notes: string[] = []
    if (check) {
      const line = this.line(check)
      missing.push({ rule: name, line, what: 'its check is code: write it as conditions' })
      notes.push(
        `# Line ${line} of the Python file checks more than this says. Write it as conditions in place of the last line.`,
      )
    }
    const title = name.replace(/"/g, "'")
    const conditions = [...left.conditions, ...(check ? ['opset < 0'] : [])]
    const where = conditions.length > 0 ? [`where ${conditions.join(',\n      ')}`] : []
    const text = [...notes, `rule "${title}"`, ...left.lines, '=>', ...made, ...where].join('\n') + '\n'
    return { name: title, text, isWhole: !check }
  }

  text(node: SyntaxNode): string {
    return this.source.slice(node.from, node.to)
  }
  line(node: SyntaxNode): number {
    return this.source.slice(0, node.from).split('\n').length
  }

  /** Positional and keyword arguments of a call. */
  arguments(call: SyntaxNode): { given: SyntaxNode[]; named: Map<string, SyntaxNode> } {
    const given: SyntaxNode[] = []
    const named = new Map<string, SyntaxNode>()
    const parts = childrenOf(call.getChild('ArgList')).filter((n) => !/^[(),]$/.test(n.name) && n.name !== 'Comment')
    for (let i = 0; i < parts.length; i++) {
      const node = parts[i]!
      if (parts[i + 1]?.name === 'AssignOp') {
        named.set(this.text(node), parts[i + 2]!)
        i += 2
      } else given.push(node)
    }
    return { given, named }
  }

  private assignedName(call: SyntaxNode): string | null {
    const name = call.parent?.name === 'AssignStatement' ? call.parent.firstChild : null
    return name?.name === 'VariableName' ? this.text(name) : null
  }

  private functionName(f: SyntaxNode): string {
    return this.text(f.getChild('VariableName')!)
  }
}

/** Names that mean something else in a rule. */
const RESERVED = new Set([
  'rule',
  'where',
  'none',
  'not',
  'and',
  'or',
  'in',
  'given',
  'let',
  'example',
  'opset',
  'benefit',
  'exact',
  'rounding',
  'approximation',
])

/** One function as the statements of one side. */
class Side {
  readonly lines: string[] = []
  /** What must hold besides. */
  readonly conditions: string[] = []
  /** Parameters that stand for attributes: what an operator takes by name. */
  readonly attributes = new Set<string>()
  private readonly op: string
  private readonly parameters: ReadonlySet<string>

  constructor(
    private readonly file: Importer,
    private readonly f: SyntaxNode,
    /** The left side, for the right one. */
    private readonly left: Side | null,
  ) {
    const names = childrenOf(f.getChild('ParamList'))
      .filter((n) => n.name === 'VariableName')
      .map((n) => file.text(n))
    const own = names[0] === 'self' || names[0] === 'cls' ? names.slice(1) : names
    this.op = own[0] ?? 'op'
    this.parameters = new Set(own.slice(1))
  }

  /** @param results the names that the left side gave its results @returns those names, or on the right the lines */
  statements(results?: readonly string[]): string[] {
    for (const node of childrenOf(this.f.getChild('Body'))) {
      if (node.name === ':' || node.name === 'Comment') continue
      if (node.name === 'ExpressionStatement' && node.firstChild?.name === 'String') continue
      if (node.name === 'DeleteStatement') continue
      if (node.name === 'AssignStatement') this.assign(node)
      else if (node.name === 'ReturnStatement') return this.result(node, results)
      else
        throw new Untold(`${node.name.replace(/Statement$/, '').toLowerCase()} is code that a rule does not have`, node)
    }
    throw new Untold('it returns nothing', this.f)
  }

  /** What a name that was given twice is called now. */
  private readonly renamed = new Map<string, string>()

  private assign(node: SyntaxNode): void {
    const parts = childrenOf(node)
    const at = parts.findIndex((n) => n.name === 'AssignOp')
    const targets = parts.slice(0, at).filter((n) => n.name === 'VariableName')
    const value = parts.at(-1)!
    if (targets.length === 0 || parts.slice(at + 1).length !== 1) throw new Untold('this assignment is no layer', node)
    const made = this.layer(value)
    const names = targets.map((t) => {
      const name = this.file.text(t)
      this.renamed.delete(name)
      const plain = this.name(name)
      const isTaken = this.isDefined(plain) || this.parameters.has(plain) || this.left?.isDefined(plain) === true
      const free = isTaken ? this.fresh(plain) : plain
      if (free !== plain) this.renamed.set(name, free)
      return free
    })
    this.lines.push(`${names.join(', ')} = ${made}`)
  }

  private isDefined(name: string): boolean {
    return this.lines.some((l) => new RegExp(`(^|, )${name}(,| =)`).test(l))
  }

  private result(node: SyntaxNode, results?: readonly string[]): string[] {
    const whole = childrenOf(node).filter((n) => n.name !== 'return')
    const values = whole.length === 1 && whole[0]!.name === 'TupleExpression' ? childrenOf(whole[0]!) : whole
    const given = values.filter((n) => !/^[(),]$/.test(n.name))
    if (!results) {
      const names = given.map((v, i) => {
        if (v.name === 'VariableName') return this.name(this.file.text(v))
        const name = this.fresh(given.length > 1 ? `y${i + 1}` : 'y')
        this.lines.push(`${name} = ${this.layer(v)}`)
        return name
      })
      return names
    }
    if (given.length === 1 && results.length > 1) {
      this.lines.push(`${results.join(', ')} = ${this.layer(given[0]!)}`)
      return this.lines
    }
    if (given.length !== results.length)
      throw new Untold(`it gives ${given.length} results for ${results.length}`, node)
    given.forEach((v, i) => this.lines.push(`${results[i]} = ${this.operand(v)}`))
    return this.lines
  }

  private fresh(base: string): string {
    let name = base
    const isUsed = (lines: readonly string[]): boolean => lines.some((l) => new RegExp(`\\b${name}\\b`).test(l))
    while (this.parameters.has(name) || isUsed(this.lines) || isUsed(this.left?.lines ?? [])) name += '_'
    return name
  }

  private layer(node: SyntaxNode): string {
    const text = this.operand(node)
    if (!/\)$/.test(text)) throw new Untold(`${this.file.text(node)} is no layer`, node)
    return text
  }

  private operand(node: SyntaxNode): string {
    const { file } = this
    switch (node.name) {
      case 'VariableName':
        return this.value(node)
      case 'Number':
        return file.text(node)
      case 'None':
        return 'none'
      case 'ParenthesizedExpression':
        return this.operand(childrenOf(node)[1]!)
      case 'UnaryExpression':
        return this.unary(node)
      case 'BinaryExpression':
        return this.binary(node)
      case 'ArrayExpression':
        return this.list(literal(file.text(node), node))
      case 'CallExpression':
        return this.call(node)
      default:
        throw new Untold(`${file.text(node).slice(0, 60)} is nothing that a rule has`, node)
    }
  }

  /** On the left a constant that a condition holds to its numbers. */
  private list(text: string): string {
    if (this.left) return `{${text}}`
    const name = this.fresh(`c${this.conditions.length + 1}`)
    this.conditions.push(`${name}.value == ${text}`)
    return `@${name}`
  }

  private value(node: SyntaxNode): string {
    const name = this.file.text(node)
    const known =
      this.parameters.has(name) || this.lines.some((l) => new RegExp(`(^|, )${this.name(name)}(,| =)`).test(l))
    if (!known) throw new Untold(`${name} is not known here`, node)
    if (this.left?.attributes.has(name))
      throw new Untold(`${name} is an attribute on the left, and an operand here`, node)
    return this.name(name)
  }

  private name(name: string): string {
    const now = this.renamed.get(name)
    if (now !== undefined) return now
    return RESERVED.has(name) ? `${name}_` : name.replace(/^[A-Z]/, (c) => c.toLowerCase())
  }

  private unary(node: SyntaxNode): string {
    const [sign, of] = childrenOf(node) as [SyntaxNode, SyntaxNode]
    if (this.file.text(sign) !== '-') throw new Untold(`${this.file.text(sign)} is no operator of a rule`, node)
    return of.name === 'Number' ? `-${this.file.text(of)}` : `Neg(${this.operand(of)})`
  }

  private binary(node: SyntaxNode): string {
    const [a, sign, b] = childrenOf(node) as [SyntaxNode, SyntaxNode, SyntaxNode]
    const number = arithmetic(this.file.text(node))
    if (number !== null) return number
    const kind = BINARY[this.file.text(sign)]
    if (!kind) throw new Untold(`${this.file.text(sign)} is no operator of a rule`, node)
    return `${kind}(${this.operand(a)}, ${this.operand(b)})`
  }

  private call(node: SyntaxNode): string {
    const { file } = this
    const callee = file.text(node.firstChild!)
    const { given, named } = file.arguments(node)
    if (/(^|\.)(OrValue|MatchAny)$/.test(callee) && given[0]?.name === 'ArrayExpression' && !this.left) {
      const of = childrenOf(given[0]).filter((n) => !/^[[\],]$/.test(n.name))
      return `(${of.map((n) => this.operand(n)).join(' | ')})`
    }
    if (/(^|\.)Constant$/.test(callee) && !callee.startsWith(`${this.op}.`) && given[0]) return this.operand(given[0])
    if (!callee.startsWith(`${this.op}.`)) throw new Untold(`${callee} is code that a rule does not have`, node)
    const kind = callee.slice(this.op.length + 1)
    if (kind === 'Constant') return this.constant(node, named)
    if (!/^[A-Za-z]\w*$/.test(kind) || kind === 'initializer')
      throw new Untold(`${callee} is code that a rule does not have`, node)
    const domain = named.get('_domain')
    const prefix = domain ? `${file.text(domain).replace(/["']/g, '')}.` : ''
    const attributes = [...named].flatMap(([key, v]) => (key.startsWith('_') ? [] : [this.attribute(key, v)]))
    if (
      named.has('_allow_other_attributes') &&
      /True/.test(file.text(named.get('_allow_other_attributes')!)) &&
      !this.left
    )
      attributes.unshift(`...$at${++this.others}`)
    const list = attributes.length > 0 ? `<${attributes.join(', ')}>` : ''
    return `${prefix}${kind}${list}(${given.map((g) => this.operand(g)).join(', ')})`
  }

  private others = 0

  private constant(node: SyntaxNode, named: ReadonlyMap<string, SyntaxNode>): string {
    for (const key of ['value_float', 'value_int', 'value_ints', 'value_floats']) {
      const value = named.get(key)
      if (!value) continue
      const text = literal(this.file.text(value), value)
      return text.startsWith('[') ? this.list(text) : text
    }
    throw new Untold('this constant is worked out by code', node)
  }

  private attribute(key: string, node: SyntaxNode): string {
    const { file } = this
    const text = file.text(node)
    if (node.name === 'VariableName') {
      const isKnown = this.left ? this.left.attributes.has(text) : this.parameters.has(text)
      if (!isKnown) throw new Untold(`attribute ${key} is ${text}, which is worked out by code`, node)
      this.attributes.add(text)
      return `${key}=$${text}`
    }
    if (node.name === 'CallExpression' && /(^|\.)Attr\w+$/.test(file.text(node.firstChild!))) {
      const { given } = file.arguments(node)
      if (given[1]) return this.attribute(key, given[1])
    }
    return `${key}=${literal(text, node)}`
  }
}

const BINARY: Readonly<Record<string, string>> = {
  '+': 'Add',
  '-': 'Sub',
  '*': 'Mul',
  '/': 'Div',
  '**': 'Pow',
  '@': 'MatMul',
}

/** A number, a text or a list of them, as a rule writes it. */
function literal(text: string, node: SyntaxNode): string {
  const plain = text
    .replace(/^\((.*),?\)$/s, '[$1]')
    .replace(/\s+/g, ' ')
    .replace(/,\s*\]$/, ']')
    .replace(/'([^'"]*)'/g, '"$1"')
  if (/^-?[\d.]+(e[-+]?\d+)?$/i.test(plain) || /^"[^"]*"$/.test(plain)) return plain
  if (/^\[(\s*(-?[\d.]+(e[-+]?\d+)?|"[^"]*")\s*,?)*\]$/i.test(plain)) return plain
  const number = arithmetic(plain)
  if (number !== null) return number
  if (plain === 'True' || plain === 'False') return plain === 'True' ? '1' : '0'
  throw new Untold(`${text.slice(0, 60)} is worked out by code`, node)
}

/** `1 / 6` as a number; null for anything else. */
function arithmetic(text: string): string | null {
  const found = /^(-?[\d.]+)\s*([-+*/])\s*(-?[\d.]+)$/.exec(text.trim())
  if (!found) return null
  const [a, b] = [Number(found[1]), Number(found[3])]
  const value = found[2] === '+' ? a + b : found[2] === '-' ? a - b : found[2] === '*' ? a * b : a / b
  return Number.isFinite(value) ? String(value) : null
}

function childrenOf(node: SyntaxNode | null): SyntaxNode[] {
  const found: SyntaxNode[] = []
  for (let child = node?.firstChild ?? null; child; child = child.nextSibling) found.push(child)
  return found
}

function callsIn(top: SyntaxNode): SyntaxNode[] {
  const found: SyntaxNode[] = []
  top.cursor().iterate((ref) => {
    if (ref.name === 'CallExpression') found.push(ref.node)
  })
  return found
}

/** Rewrite rules of onnxscript, in Python, as rule text: the pattern and replacement functions of the common form. */
import { parser } from '@lezer/python'
import { parseRule } from '../engine'
import { conditionsOfCheck, UntoldCheck } from './onnxscript-check'

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
  /** The class that it is; null for one that functions make. */
  readonly owner: SyntaxNode | null
  readonly pattern: SyntaxNode
  readonly rewrite: SyntaxNode
  /** `foreign` for a check that stands in another file. */
  readonly check: SyntaxNode | null | { readonly foreign: SyntaxNode }
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
      if (pattern && rewrite) yield { name, owner: node, pattern, rewrite, check: check ?? null }
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

  /** What a class, or one that it builds on, gives a name: `op_type: ClassVar = "Conv"`. null for nothing. */
  constantOf(owner: SyntaxNode | null, name: string, depth = 0): SyntaxNode | null {
    for (const node of childrenOf(owner?.getChild('Body') ?? null)) {
      const target = node.name === 'AssignStatement' ? node.firstChild! : null
      if (target?.name === 'VariableName' && this.text(target) === name) return node.lastChild
    }
    for (const base of childrenOf(owner?.getChild('ArgList') ?? null)) {
      const known = this.classes.get(this.text(base))
      const found = known && depth < 8 ? this.constantOf(known, name, depth + 1) : null
      if (found) return found
    }
    return null
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
      const condition = named.get('condition_function') ?? given[2]
      const check =
        at(2, 'condition_function') ?? (condition && condition.name !== 'None' ? { foreign: condition } : null)
      if (pattern && rewrite) yield { name: title, owner: null, pattern, rewrite, check }
      else
        missing.push({
          rule: title,
          line: this.line(call),
          what: 'its pattern or replacement is no function of this file',
        })
    }
  }

  private rule({ name, owner, pattern, rewrite, check }: Found, missing: NotImported[]): ImportedRule {
    const left = new Side(this, pattern, null, owner)
    const results = left.statements()
    const right = new Side(this, rewrite, left, owner)
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
      return { type: 'untold', line: this.line(check.foreign), what: 'its check is in another file' }
    try {
      const conditions = conditionsOfCheck(check, {
        text: (node) => this.text(node),
        nameOf: (name) => left.nameInConditions(name),
      })
      parses(conditions)
      return { type: 'told', conditions }
    } catch (error) {
      const at = error instanceof UntoldCheck ? error.at : check
      return {
        type: 'untold',
        line: this.line(at),
        what: error instanceof UntoldCheck ? error.what : 'its check is code',
      }
    }
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
    /** The class that the function belongs to. */
    private readonly owner: SyntaxNode | null,
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
      else if (node.name === 'IfStatement' && this.decided(node)) continue
      else
        throw new Untold(`${node.name.replace(/Statement$/, '').toLowerCase()} is code that a rule does not have`, node)
    }
    throw new Untold('it returns nothing', this.f)
  }

  /** Attributes that are put together before they are passed on, by the name of the dictionary. */
  private readonly dictionaries = new Map<string, Map<string, SyntaxNode>>()

  /** `if self.trans_a: attributes["transA"] = 1`, where the class says what holds. */
  private decided(node: SyntaxNode): boolean {
    const parts = childrenOf(node)
    const [, name] = /^self\.(\w+)$/.exec(this.file.text(parts[1]!)) ?? []
    const value = name === undefined ? null : this.file.constantOf(this.owner, name)
    const body = parts[2]
    if (value?.name !== 'Boolean' || parts.length !== 3 || body?.name !== 'Body') return false
    const entries = childrenOf(body).filter((n) => n.name !== ':')
    if (this.file.text(value) === 'True') return entries.every((n) => this.entry(n))
    return entries.every((n) => n.name === 'AssignStatement')
  }

  /** `attributes["transA"] = 1` */
  private entry(node: SyntaxNode): boolean {
    const [, of, key] = /^(\w+)\[["'](\w+)["']\]$/.exec(this.file.text(node.firstChild!)) ?? []
    const known = of === undefined ? undefined : this.dictionaries.get(of)
    if (!known || key === undefined) return false
    known.set(key, node.lastChild!)
    return true
  }

  /** What a name that was given twice is called now. */
  private readonly renamed = new Map<string, string>()

  private assign(node: SyntaxNode): void {
    const parts = childrenOf(node)
    const at = parts.findIndex((n) => n.name === 'AssignOp')
    const targets = parts.slice(0, at).filter((n) => n.name === 'VariableName')
    const value = parts.at(-1)!
    if (value.name === 'DictionaryExpression' && /^\{\s*\}$/.test(this.file.text(value)) && targets.length === 1)
      return void this.dictionaries.set(this.file.text(targets[0]!), new Map())
    if (this.entry(node)) return
    if (targets.length === 0 || parts.slice(at + 1).length !== 1) throw new Untold('this assignment is no layer', node)
    const [, produced] = /^(\w+)\.producer\(\)$/.exec(this.file.text(value)) ?? []
    if (produced !== undefined && targets.length === 1 && this.left?.outputs.has(produced))
      return void this.producers.set(this.file.text(targets[0]!), produced)
    const made = this.operand(value)
    if (targets.length === 1 && this.isDefined(made)) return void this.renamed.set(this.file.text(targets[0]!), made)
    if (!/\)$/.test(made)) throw new Untold(`${this.file.text(value)} is no layer`, value)
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
        const made = this.layer(v)
        if (this.isDefined(made)) return made
        const name = this.fresh(given.length > 1 ? `y${i + 1}` : 'y')
        this.lines.push(`${name} = ${made}`)
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
    if (!/\)$/.test(text) && !this.isDefined(text)) throw new Untold(`${this.file.text(node)} is no layer`, node)
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

  /** What a parameter, or a value that the pattern names, is called in conditions; null for what it does not have. */
  nameInConditions(name: string): string | null {
    if (this.attributes.has(name)) return `$${name}`
    const plain = this.name(name)
    return this.parameters.has(name) || this.isDefined(plain) ? plain : null
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
    if (callee === `${this.op}.op` && this.left) return this.again(node, given)
    const kind = callee.slice(this.op.length + 1)
    if (kind === 'Constant') return this.constant(node, named)
    if (!/^[A-Za-z]\w*$/.test(kind) || kind === 'initializer')
      throw new Untold(`${callee} is code that a rule does not have`, node)
    const domain = named.get('_domain')
    const prefix = domain ? `${file.text(domain).replace(/["']/g, '')}.` : ''
    const spread = given.findIndex((n) => file.text(n) === '**')
    const passed = spread < 0 ? [] : given.splice(spread, 2)
    if (passed.length > 0) {
      const known = this.dictionaries.get(file.text(passed[1] ?? passed[0]!))
      if (!known) throw new Untold(`${file.text(passed[1] ?? passed[0]!)} is worked out by code`, node)
      for (const [key, value] of known) named.set(key, value)
    }
    const attributes = [...named].flatMap(([key, v]) => (key.startsWith('_') ? [] : [this.attribute(key, v)]))
    if (
      named.has('_allow_other_attributes') &&
      /True/.test(file.text(named.get('_allow_other_attributes')!)) &&
      !this.left
    )
      attributes.unshift(`...$at${++this.others}`)
    const list = attributes.length > 0 ? `<${attributes.join(', ')}>` : ''
    const made = `${prefix}${kind}${list}(${given.map((g) => this.operand(g)).join(', ')})`
    const [, output] = /^\[\s*["'](\w+)["']\s*\]$/.exec(file.text(named.get('_outputs') ?? node)) ?? []
    if (output === undefined || this.left) return made
    this.outputs.set(output, { kind: `${prefix}${kind}`, operands: given.map((g) => this.operand(g)) })
    return this.called(output, made)
  }

  /** Layers whose results the pattern names. */
  readonly outputs = new Map<string, { readonly kind: string; readonly operands: readonly string[] }>()
  /** Names that stand for such layers in a replacement. */
  private readonly producers = new Map<string, string>()

  /** `op.op(self.op_type, *node.inputs[:-1], **node.attributes)`: a layer that was matched, without its last operand. */
  private again(node: SyntaxNode, given: readonly SyntaxNode[]): string {
    const { file } = this
    const text = given.map((g) => file.text(g)).join(' ')
    const [, constant, from, to] = /^self\.(\w+) \* (\w+)\.inputs\[:-1\] \*\* (\w+)\.attributes$/.exec(text) ?? []
    const kind = constant === undefined ? null : file.constantOf(this.owner, constant)
    const output = from !== undefined && from === to ? this.producers.get(from) : undefined
    const of = output === undefined ? undefined : this.left?.outputs.get(output)
    if (!kind || !of || literal(file.text(kind), kind) !== `"${of.kind}"`)
      throw new Untold('this layer is put together by code', node)
    const attributes = this.left!.passOn(output!)
    return `${of.kind}<${attributes}>(${of.operands.slice(0, -1).join(', ')})`
  }

  /** The attributes of a layer that the pattern names, as what is passed on. */
  passOn(output: string): string {
    const at = this.lines.findIndex((l) => l.startsWith(`${this.name(output)} = `))
    const rest = `...$at${++this.others}`
    this.lines[at] = this.lines[at]!.replace(/^(\w+ = [\w.]+)\(/, `$1<${rest}>(`)
    return rest
  }

  /** A layer whose result the pattern names: it stands by itself, unless what it stands in has a name too. */
  private called(output: string, made: string): string {
    const name = this.name(output)
    if (this.isDefined(name) || this.parameters.has(output)) return made
    this.lines.push(`${name} = ${made}`)
    return name
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

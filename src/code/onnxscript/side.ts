/** One function of a rule in Python as the statements of one side of a rule. */
import { RESERVED_WORDS } from '../../engine'
import type { PythonFile } from './python-file'
import { arithmetic, childrenOf, literal, Untold } from './syntax'
import type { SyntaxNode } from './syntax'

/** The lines of one side, and the conditions that they need. */
export class Side {
  readonly lines: string[] = []
  /** What must hold besides. */
  readonly conditions: string[] = []
  /** Parameters that stand for attributes: what an operator takes by name. */
  readonly attributes = new Set<string>()
  private readonly op: string
  private readonly parameters: ReadonlySet<string>

  constructor(
    private readonly file: PythonFile,
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
    return RESERVED_WORDS.has(name) ? `${name}_` : name.replace(/^[A-Z]/, (c) => c.toLowerCase())
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

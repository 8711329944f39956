/** Follows the functions of a rule in Python, every way that they can go, without running anything. */
import { all, compared, FALSE, TRUE } from './conditions'
import type { Condition } from './conditions'
import { Expressions } from './expressions'
import type { LeftSide, MadeLayer, Operand } from './layers'
import { callBuiltin } from './library'
import { callMethod } from './methods'
import { Failed, untold } from './machine'
import { hasMoreInputs } from './members'
import type { Names } from './names'
import { childrenOf, Untold } from './syntax'
import type { SyntaxNode } from './syntax'
import { Statements } from './statements'
import type { Steps } from './statements'
import { reckonTensors } from './tensors'
import type { Arguments, ClassValue, FunctionValue, Scope, SelfValue, Value } from './values'
import { NONE } from './values'
import { Ways } from './ways'

const MOST_CALLS = 40

/** The field of an object that holds the name of its rule. */
export const RULE_NAME = 'the name of the rule'

const ANOTHER = 'is another one for each element of a loop'

export class Interpreter extends Ways implements Steps {
  side: 'left' | 'right' = 'left'
  readonly hints = new Map<MadeLayer, string>()
  /** What a check and a replacement get, by name. */
  readonly bindings = new Map<string, Value>()
  private calls = 0
  readonly expressions: Expressions
  private readonly statements: Statements
  private readonly frames: FunctionValue[] = []

  constructor(
    readonly left: LeftSide,
    private readonly names: Names,
  ) {
    super()
    this.expressions = new Expressions(this, (name, scope, at) => this.lookup(name, scope, at))
    this.statements = new Statements(this, this.expressions)
  }

  protected override here(): SyntaxNode {
    return this.frames.at(-1)?.node ?? this.names.top
  }

  sure(v: Value): Value {
    if (v.type === 'none') return v
    if (!v.given) return v
    this.assume(v.given)
    const { given: _given, ...rest } = v
    return rest as Value
  }

  condition(v: Value, at: SyntaxNode): Condition {
    switch (v.type) {
      case 'bool':
        return v.is
      case 'none':
      case 'failed':
        return FALSE
      case 'number':
        return v.value === 0 ? FALSE : TRUE
      case 'string':
        return v.value === '' ? FALSE : TRUE
      case 'result-of-check':
        return TRUE
      case 'list':
        return v.items.length > 0 ? TRUE : FALSE
      case 'inputs':
        return hasMoreInputs(v.of, v.from)
      case 'term':
        if (v.is === 'list') return compared(`len(${v.text})`, '>', '0')
        return all(v.given ?? TRUE, compared(v.text, '!=', '0', v.is === 'each'))
      case 'value':
      case 'attribute':
        return v.given ?? TRUE
      default:
        throw this.side === 'left'
          ? new Untold('if is code that a rule does not have', at)
          : untold(this, at, 'is asked for')
    }
  }

  evaluate(node: SyntaxNode, scope: Scope): Value {
    return this.expressions.of(node, scope)
  }

  textOf(node: SyntaxNode): string {
    return this.names.textOf(node, this.frames.at(-1)?.file)
  }

  bind(name: string, v: Value): void {
    this.bindings.set(name, v)
  }

  operandIn(v: Value): Operand {
    if (v.type !== 'value') throw new Failed()
    return v.of
  }

  reckon(name: string, given: readonly Value[]): Value | null {
    return reckonTensors(name, given)
  }

  hint(v: Value, name: string): void {
    const of = v.type === 'value' ? v.of : v.type === 'tensor' ? v.operand : null
    if (of?.type !== 'result' || this.hints.has(of.of) || of.of.names.some((n) => n !== null)) return
    if (this.side === 'left') of.of.names[of.index] = this.left.fresh(name)
    else if (of.of.names.length === 1) this.hints.set(of.of, name)
  }

  parametersOf(f: FunctionValue): string[] {
    return this.names.parametersOf(f).flatMap((p) => (p.kind === 'any' || p.kind === 'named' ? [p.name] : []))
  }

  parameterName(name: string): string {
    return this.names.parameterName(name)
  }

  parameterAsValue(name: string): Operand {
    const known = this.bindings.get(name)
    if (known?.type === 'attribute') throw new Failed()
    if (known?.type === 'value') return known.of
    const of: Operand = { type: 'free', name: this.names.parameterName(name) }
    this.bindings.set(name, { type: 'value', of })
    return of
  }

  parameterAsAttribute(name: string): string {
    if (!this.bindings.has(name)) {
      this.left.release(name)
      this.bindings.set(name, { type: 'attribute', name, text: this.left.variable(name) })
    }
    return `$${name}`
  }

  assign(of: Value, field: string, value: Value): boolean {
    if (of.type !== 'self') return false
    const write = (v: Value): void => {
      const before = of.fields.get(field)
      this.change(
        () => void of.fields.set(field, v),
        () => void (before ? of.fields.set(field, before) : of.fields.delete(field)),
      )
    }
    write(value)
    if (this.isInLoop && value.type !== 'lost') this.note({ type: 'lost', place: `self.${field}`, write })
    return true
  }

  ownMember(of: Value, name: string, at: SyntaxNode): Value | null {
    if (of.type === 'self') {
      const own = of.fields.get(name)
      if (own?.type === 'lost') throw untold(this, at, ANOTHER)
      if (own) return own
      const found = this.names.inClass(of.owner, name)
      if (found) return this.memberOf(found, of)
      return { type: 'method', of, name }
    }
    if (of.type === 'super') {
      const { self, owner } = of.of
      const found = owner && this.names.inBases(owner, name)
      return found && self ? this.memberOf(found, self) : { type: 'method', of, name }
    }
    return null
  }

  private memberOf(found: NonNullable<ReturnType<Names['inClass']>>, self: SelfValue): Value {
    const { node, owner, isStatic } = found
    if (node.name !== 'FunctionDefinition') return this.valueIn(owner, node)
    return { type: 'function', file: owner.file, node, scope: null, self: isStatic ? null : self, owner }
  }

  /** What a class, or a file, gives a name. */
  private valueIn(owner: ClassValue, node: SyntaxNode): Value {
    const of: FunctionValue = { type: 'function', file: owner.file, node, scope: null, self: null, owner }
    return this.within(of, () => this.evaluate(node, { names: new Map(), parent: null, of, depth: this.depth }))
  }

  call(f: Value, args: Arguments, at: SyntaxNode): Value {
    const found = this.called(f, args, at)
    if (found) return found
    const callee = at.firstChild!
    const isMethod = f.type === 'method' && f.of.type !== 'op' && f.of.type !== 'super'
    throw isMethod || f.type === 'builtin'
      ? untold(this, at)
      : untold(this, callee, 'is code that a rule does not have')
  }

  private called(f: Value, args: Arguments, at: SyntaxNode): Value | null {
    switch (f.type) {
      case 'function':
        return this.callFunction(f, args, at)
      case 'class':
        return this.construct(f, args, at)
      case 'method':
        if (f.of.type === 'super' && f.name === '__init__') return this.named(f.of.of, args)
        return callMethod(this, f.of, f.name, args, at)
      case 'opaque':
        return f
      case 'builtin':
        if (f.name === 'super') return { type: 'super', of: this.frames.at(-1)! }
        return callBuiltin(this, f.name, args, at)
      default:
        return null
    }
  }

  /** What an object of a rule calls itself. */
  private named({ self }: FunctionValue, { given, named }: Arguments): Value {
    const name = given[0] ?? named.get('name')
    if (self && name?.type === 'string') self.fields.set(RULE_NAME, name)
    return NONE
  }

  construct(owner: ClassValue, args: Arguments, at: SyntaxNode): SelfValue {
    const self: SelfValue = { type: 'self', owner, fields: new Map() }
    const init = this.names.inClass(owner, '__init__')
    if (init)
      this.callFunction(
        { type: 'function', file: init.owner.file, node: init.node, scope: null, self, owner: init.owner },
        args,
        at,
      )
    return self
  }

  callFunction(f: FunctionValue, args: Arguments, at: SyntaxNode): Value {
    if (++this.calls > MOST_CALLS) throw untold(this, at, 'calls itself')
    try {
      if (f.node.name === 'LambdaExpression') return this.calledLambda(f, args)
      if (f.node.name !== 'FunctionDefinition') throw new Untold('its check is in another file', f.node)
      return this.within(f, () => {
        const scope: Scope = { names: new Map(), parent: f.scope, of: f, depth: this.depth }
        this.bindParameters(f, args, scope)
        const signal = this.statements.run(childrenOf(f.node.getChild('Body')), scope)
        return signal?.type === 'return' ? signal.value : NONE
      })
    } finally {
      this.calls--
    }
  }

  private calledLambda(f: FunctionValue, args: Arguments): Value {
    return this.within(f, () => {
      const scope: Scope = { names: new Map(), parent: f.scope, of: f, depth: this.depth }
      this.bindParameters(f, args, scope)
      return this.evaluate(f.node.lastChild!, scope)
    })
  }

  private within<T>(f: FunctionValue, run: () => T): T {
    this.frames.push(f)
    try {
      return run()
    } finally {
      this.frames.pop()
    }
  }

  private bindParameters(f: FunctionValue, { given, named }: Arguments, scope: Scope): void {
    const rest = new Map(named)
    const values: Value[] = f.self ? [f.self, ...given] : [...given]
    for (const p of this.names.parametersOf(f)) {
      if (p.kind === '*') scope.names.set(p.name, { type: 'list', items: values.splice(0), depth: this.depth })
      else if (p.kind === '**') scope.names.set(p.name, { type: 'dictionary', entries: rest })
      else {
        const value = values.length > 0 && p.kind === 'any' ? values.shift()! : rest.get(p.name)
        rest.delete(p.name)
        if (value) scope.names.set(p.name, value)
        else if (p.otherwise) scope.names.set(p.name, this.evaluate(p.otherwise, scope))
      }
    }
  }

  private lookup(name: string, scope: Scope, at: SyntaxNode): Value {
    for (let s: Scope | null = scope; s; s = s.parent) {
      const value = s.names.get(name)
      if (value?.type === 'lost') throw untold(this, at, ANOTHER)
      if (value) return value
    }
    const found = this.names.inFile(scope.of.file, name)
    if (found?.type === 'value') return this.valueIn({ type: 'class', file: found.file, node: found.node }, found.node)
    if (found) return found.is
    const isCalled = at.parent?.name === 'CallExpression' && at.parent.firstChild?.from === at.from
    throw new Untold(isCalled ? `${name} is code that a rule does not have` : `${name} is not known here`, at)
  }
}

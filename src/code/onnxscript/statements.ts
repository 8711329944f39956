/** Python's statements: what they leave in names, and where they end. */
import { all, conditionText, isFalse, isTrue, not } from './conditions'
import type { Condition } from './conditions'
import type { Expressions } from './expressions'
import { afterLoop, eachOf, isRest } from './loops'
import { Failed, untold } from './machine'
import type { Machine, Way } from './machine'
import { childrenOf, Untold } from './syntax'
import type { SyntaxNode } from './syntax'
import { arithmetic, asTerm, chosenTerm, isSpread, term } from './terms'
import { reckonTensors } from './tensors'
import type { Scope, Value } from './values'
import { NONE } from './values'

/** How a statement ends, where it is not by going on to the next one. */
export type Signal = { readonly type: 'return'; readonly value: Value } | { readonly type: 'continue' | 'break' }

/** What a loop, or a branch, asks of the machine beside its own. */
export interface Steps extends Machine {
  /** All ways through something whose conditions are of elements; nothing is left changed. */
  ways(run: () => Value | null): Way[]
  /** What the body of a loop does to what stands outside of it. */
  pending(place: string): Value | null
  assign(of: Value, field: string, value: Value): boolean
  hint(v: Value, name: string): void
}

export class Statements {
  constructor(
    private readonly m: Steps,
    private readonly expressions: Expressions,
  ) {}

  run(nodes: readonly SyntaxNode[], scope: Scope): Signal | null {
    for (const node of nodes) {
      const signal = this.one(node, scope)
      if (signal) return signal
    }
    return null
  }

  private one(node: SyntaxNode, scope: Scope): Signal | null {
    const { m } = this
    switch (node.name) {
      case ':':
      case 'Comment':
      case 'PassStatement':
      case 'DeleteStatement':
      case 'ImportStatement':
        return null
      case 'ExpressionStatement':
        this.expression(node, scope)
        return null
      case 'AssignStatement':
        this.assignment(node, scope)
        return null
      case 'UpdateStatement':
        this.update(node, scope)
        return null
      case 'ReturnStatement':
        return { type: 'return', value: this.returned(node, scope) }
      case 'IfStatement':
        return this.branches(node, scope)
      case 'ForStatement':
        return this.loop(node, scope)
      case 'ContinueStatement':
        return { type: 'continue' }
      case 'BreakStatement':
        return { type: 'break' }
      case 'RaiseStatement':
        throw new Failed()
      case 'AssertStatement': {
        const asked = childrenOf(node)[1]!
        m.assume(m.condition(this.expressions.of(asked, scope), asked))
        return null
      }
      case 'FunctionDefinition': {
        const name = m.textOf(node.getChild('VariableName')!)
        const { file } = scope.of
        this.expressions.set(scope, name, { type: 'function', file, node, scope, self: null, owner: null })
        return null
      }
      default:
        throw new Untold(`${node.name.replace(/Statement$/, '').toLowerCase()} is code that a rule does not have`, node)
    }
  }

  private expression(node: SyntaxNode, scope: Scope): void {
    const { m } = this
    const inner = node.firstChild!
    if (/String$/.test(inner.name) || /^(logger|logging|print)\b/.test(m.textOf(inner))) return
    if (this.pop(inner, scope)) return
    this.expressions.of(inner, scope)
  }

  /** `sizes.pop(-2)`, which leaves out one element. */
  private pop(node: SyntaxNode, scope: Scope): boolean {
    const { m } = this
    const [, name, at] = /^(\w+)\.pop\((-?\d+)?\)$/.exec(m.textOf(node)) ?? []
    if (name === undefined) return false
    const value = this.expressions.of(node.firstChild!.firstChild!, scope)
    const i = Number(at ?? -1)
    if (value.type === 'list' && !isSpread(value)) {
      this.expressions.set(scope, name, { ...value, items: value.items.toSpliced(i, 1) })
      return true
    }
    const t = asTerm(value)
    if (!t || t.is === 'number') throw untold(m, node)
    const behind = i === -1 ? '' : ` ++ ${t.text}[${i + 1}:]`
    this.expressions.set(scope, name, term(`(${t.text}[:${i}]${behind})`, 'list'))
    return true
  }

  private returned(node: SyntaxNode, scope: Scope): Value {
    const parts = childrenOf(node).filter((n) => n.name !== 'return' && n.name !== 'Comment')
    if (parts.length === 0) return NONE
    if (parts.length === 1) return this.expressions.of(parts[0]!, scope)
    const items = parts.filter((n) => n.name !== ',').map((n) => this.expressions.of(n, scope))
    return { type: 'list', items, depth: this.m.depth }
  }

  private assignment(node: SyntaxNode, scope: Scope): void {
    const { m } = this
    const parts = childrenOf(node).filter((n) => n.name !== 'TypeDef' && n.name !== 'Comment')
    const at = parts.findIndex((n) => n.name === 'AssignOp')
    if (at < 0) return
    const targets = parts.slice(0, at).filter((n) => n.name !== ',')
    const values = parts.slice(at + 1).filter((n) => n.name !== ',')
    if (this.prepend(targets, values, scope)) return
    const given = values.map((v) => this.expressions.of(v, scope))
    const value: Value = given.length === 1 ? given[0]! : { type: 'list', items: given, depth: m.depth }
    if (targets.length === 1) return this.assign(targets[0]!, value, scope)
    const items = value.type === 'list' ? value.items : this.taken(value, targets.length, values[0]!)
    if (items.length !== targets.length) throw new Failed()
    targets.forEach((t, i) => this.assign(t, items[i]!, scope))
  }

  private taken(value: Value, count: number, at: SyntaxNode): readonly Value[] {
    const { m } = this
    if (value.type === 'inputs') return eachOf(m, value, at).elements
    throw new Untold(`${m.textOf(at).slice(0, 60)} is no list of ${count}`, at)
  }

  private assign(target: SyntaxNode, value: Value, scope: Scope): void {
    const { m } = this
    if (target.name === 'VariableName') {
      const name = m.textOf(target)
      m.hint(value, name)
      return this.expressions.set(scope, name, value)
    }
    const parts = childrenOf(target)
    if (target.name === 'MemberExpression' && parts[1]!.name === '.') {
      const of = this.expressions.of(parts[0]!, scope)
      if (m.assign(of, m.textOf(parts[2]!), value)) return
    } else if (target.name === 'MemberExpression') return this.put(parts, value, scope)
    else if (/^(Tuple|Array)Expression$/.test(target.name)) return this.expressions.bind([target], value, scope)
    throw new Untold('this assignment is no layer', target)
  }

  /** `list[i] = v` */
  private put(parts: readonly SyntaxNode[], value: Value, scope: Scope): void {
    const { m } = this
    const [base, , index] = parts as [SyntaxNode, SyntaxNode, SyntaxNode]
    const place = m.textOf(base)
    const of = m.pending(place) ?? m.sure(this.expressions.of(base, scope))
    const at = this.expressions.of(index, scope)
    const entries = of.type === 'dictionary' ? of.entries : of.type === 'attributes' ? of.set : null
    if (entries && at.type === 'string') {
      if (m.isInLoop) throw untold(m, base)
      const before = entries.get(at.value)
      return m.change(
        () => void entries.set(at.value, value),
        () => void (before ? entries.set(at.value, before) : entries.delete(at.value)),
      )
    }
    const write = (v: Value): void => this.assign(base, as(of, v), scope)
    const i = asTerm(m.sure(at))
    if (m.isInLoop && i) {
      m.note({ type: 'put', place, index: i.text, value: m.sure(value), before: of, write })
      return this.hide(base, scope)
    }
    const list = of.type === 'tensor' ? of.numbers : of
    if (list?.type === 'list' && at.type === 'number' && !isSpread(list))
      return write({ ...list, items: list.items.with(at.value, value) })
    const [now, v] = [asTerm(of), asTerm(m.sure(value))]
    if (!now || !i || !v) throw untold(m, base)
    write(term(`put(${now.text}, [${i.text}], [${v.text}])`, now.is))
  }

  /** What a loop sets element by element cannot be read before it has ended. */
  private hide(place: SyntaxNode, scope: Scope): void {
    const { m } = this
    const lost: Value = { type: 'lost', name: m.textOf(place) }
    if (place.name === 'VariableName') {
      const name = m.textOf(place)
      let owner = scope
      while (owner.parent && !owner.names.has(name)) owner = owner.parent
      const before = owner.names.get(name)!
      return m.change(
        () => void owner.names.set(name, lost),
        () => void owner.names.set(name, before),
      )
    }
    const [of, , field] = childrenOf(place)
    const isHidden = of && field && m.assign(this.expressions.of(of, scope), m.textOf(field), lost)
    if (!isHidden) throw untold(m, place)
  }

  /** `sizes = [n, *sizes]` in a loop, which fills a list from its front. */
  private prepend(targets: readonly SyntaxNode[], values: readonly SyntaxNode[], scope: Scope): boolean {
    const { m } = this
    const [target, value] = [targets[0], values[0]]
    if (!m.isInLoop || targets.length !== 1 || target?.name !== 'VariableName' || value?.name !== 'ArrayExpression')
      return false
    const parts = childrenOf(value).filter((n) => !/^[[\],]$/.test(n.name) && n.name !== 'Comment')
    const name = m.textOf(target)
    if (parts.length !== 3 || parts[1]!.name !== '*' || m.textOf(parts[2]!) !== name) return false
    const before = this.expressions.of(target, scope)
    const write = (v: Value): void => this.expressions.set(scope, name, v)
    m.note({ type: 'prepend', place: name, value: m.sure(this.expressions.of(parts[0]!, scope)), before, write })
    this.hide(target, scope)
    return true
  }

  private update(node: SyntaxNode, scope: Scope): void {
    const { m } = this
    const [target, sign, value] = childrenOf(node) as [SyntaxNode, SyntaxNode, SyntaxNode]
    const [a, b] = [m.sure(this.expressions.of(target, scope)), m.sure(this.expressions.of(value, scope))]
    const op = m.textOf(sign).slice(0, -1)
    const isTensor = a.type === 'tensor' || b.type === 'tensor'
    const made = isTensor ? reckonTensors(op, [a, b]) : arithmetic(op, a, b)
    if (!made) throw untold(m, node)
    this.assign(target, made, scope)
  }

  private branches(node: SyntaxNode, scope: Scope): Signal | null {
    const { m } = this
    const parts = childrenOf(node).filter((n) => n.name !== 'Comment')
    if (this.converted(parts, scope)) return null
    for (let i = 0; i < parts.length; i++) {
      const word = parts[i]!.name
      if (word !== 'if' && word !== 'elif' && word !== 'else') continue
      const body = parts[i + (word === 'else' ? 1 : 2)]!
      if (word !== 'else') {
        const c = m.condition(this.expressions.of(parts[i + 1]!, scope), parts[i + 1]!)
        if (m.side === 'left' && !isTrue(c) && !isFalse(c))
          throw new Untold('if is code that a rule does not have', node)
        if (!m.decide(c)) continue
      }
      return this.run(childrenOf(body), scope)
    }
    return null
  }

  /** `if c: sizes[0] = 1`: one of two values, where both ways would go on alike. */
  private converted(parts: readonly SyntaxNode[], scope: Scope): boolean {
    const { m } = this
    if (m.isInLoop || parts.some((n) => n.name === 'else')) return false
    const arms: { readonly asked: SyntaxNode; readonly body: readonly SyntaxNode[] }[] = []
    for (let i = 0; i < parts.length; i += 3) {
      const body = childrenOf(parts[i + 2] ?? null).filter((n) => n.name !== ':' && n.name !== 'Comment')
      if (!/^(el)?if$/.test(parts[i]!.name) || body.length !== 1 || !this.isPut(body[0]!, scope)) return false
      arms.push({ asked: parts[i + 1]!, body })
    }
    let before: Condition = all()
    for (const { asked, body } of arms) {
      const c = m.condition(this.expressions.of(asked, scope), asked)
      this.putIf(all(before, c), body[0]!, scope)
      before = all(before, not(c))
    }
    return true
  }

  /** `sizes[0] = …` */
  private isPut(node: SyntaxNode, scope: Scope): boolean {
    const parts = node.name === 'AssignStatement' ? childrenOf(node.firstChild) : []
    if (node.firstChild?.name !== 'MemberExpression' || parts[1]?.name !== '[' || parts[2]?.name !== 'Number')
      return false
    return this.expressions.of(parts[0]!, scope).type !== 'dictionary'
  }

  private putIf(c: Condition, node: SyntaxNode, scope: Scope): void {
    const { m } = this
    if (isFalse(c)) return
    const [target, , value] = childrenOf(node).filter((n) => n.name !== 'Comment') as [
      SyntaxNode,
      SyntaxNode,
      SyntaxNode,
    ]
    if (isTrue(c)) return this.assignment(node, scope)
    const parts = childrenOf(target)
    const at = this.expressions.of(parts[2]!, scope)
    const old = m.sure(this.expressions.of(target, scope))
    const given = this.expressions.of(value, scope)
    const made = at.type === 'number' ? chosenTerm(c, conditionText(c), given, old) : null
    if (!made) throw untold(m, node)
    this.put(parts, made, scope)
  }

  private loop(node: SyntaxNode, scope: Scope): Signal | null {
    const { m } = this
    const parts = childrenOf(node).filter((n) => n.name !== 'Comment')
    const at = parts.findIndex((n) => n.name === 'in')
    const targets = parts.slice(1, at).filter((n) => n.name !== ',')
    const body = childrenOf(parts[at + 2]!)
    if (parts.length > at + 3) throw untold(m, node, 'is code that a rule does not have')
    const over = eachOf(m, m.sure(this.expressions.of(parts[at + 1]!, scope)), parts[at + 1]!)
    for (const element of over.elements) {
      const isAll = over.isSymbolic || isRest(element)
      const once = (): Signal | null => {
        this.expressions.bind(targets, element, scope)
        return this.run(body, scope)
      }
      const signal = isAll ? this.allAtOnce(node, once, over.length) : once()
      if (signal?.type === 'break') break
      if (signal?.type === 'return') return signal
    }
    return null
  }

  private allAtOnce(node: SyntaxNode, once: () => Signal | null, length: string): Signal | null {
    const ways = this.m.ways(() => {
      const signal = once()
      if (signal?.type === 'break') throw untold(this.m, node, 'leaves in ways that a rule does not have')
      return signal?.type === 'return' ? signal.value : null
    })
    const value = afterLoop(this.m, ways, `range(${length})`, node)
    return value && { type: 'return', value }
  }
}

/** A value in the place of another: a tensor stays one, with other numbers. */
function as(before: Value, now: Value): Value {
  if (before.type !== 'tensor') return now
  const numbers: Value = now.type === 'term' ? { ...now, is: 'each' } : now
  return { ...before, operand: null, numbers }
}

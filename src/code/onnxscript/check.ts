/** The check of an onnxscript rule as conditions: what its common idioms say of ranks, shapes, types, constants and attributes. */
import { all, any, compared, FALSE, is, isFalse, not, TRUE, written } from './conditions'
import type { Condition } from './conditions'
import { childrenOf, Untold } from './syntax'
import type { SyntaxNode } from './syntax'

/** What the check may speak of. */
export interface CheckNames {
  readonly text: (node: SyntaxNode) => string
  /** A parameter as the rule calls it: `x`, or `$axis` for an attribute; null for one that the rule does not have. */
  readonly nameOf: (name: string) => string | null
}

/** @returns the conditions, all of which must hold. @throws Untold */
export function conditionsOfCheck(f: SyntaxNode, names: CheckNames): string[] {
  const body = f.getChild('Body')
  const whole = new Check(names, new Map()).sequence(childrenOf(body), 0)
  if (isFalse(whole)) throw new Untold('its check never holds', f)
  return written(whole)
}

class Check {
  constructor(
    private readonly names: CheckNames,
    /** What names of its own stand for. */
    private readonly known: Map<string, string>,
  ) {}

  /** When the statements from here on end well. */
  sequence(statements: readonly SyntaxNode[], from: number): Condition {
    for (let i = from; i < statements.length; i++) {
      const node = statements[i]!
      if (node.name === 'AssignStatement') this.assign(node)
      else if (node.name === 'ReturnStatement') return this.result(node)
      else if (node.name === 'IfStatement') return this.branches(node, statements.slice(i + 1))
      else if (!this.isIdle(node)) throw this.untold(node)
    }
    return TRUE
  }

  /** What decides nothing: comments, `del`, what is written to a log. */
  private isIdle(node: SyntaxNode): boolean {
    if ([':', 'Comment', 'DeleteStatement', 'PassStatement'].includes(node.name)) return true
    return node.name === 'ExpressionStatement' && /^(["']|logger\.|logging\.)/.test(this.text(node))
  }

  private assign(node: SyntaxNode): void {
    const parts = childrenOf(node)
    const at = parts.findIndex((n) => n.name === 'AssignOp')
    const targets = parts.slice(0, at).filter((n) => n.name === 'VariableName')
    const value = parts.at(-1)!
    if (/(^|\.)MatchResult\(\)$/.test(this.text(value))) return void this.known.set(this.text(targets[0]!), RESULT)
    const values = value.name === 'TupleExpression' && targets.length > 1 ? itemsOf(value) : [value]
    if (targets.length !== values.length || targets.length === 0) throw this.untold(node)
    targets.forEach((t, i) => this.known.set(this.text(t), this.term(values[i]!)))
  }

  private result(node: SyntaxNode): Condition {
    const value = childrenOf(node).at(-1)!
    const text = this.text(value)
    if (/\.fail\(/.test(text) || text === 'False') return FALSE
    if (text === 'True' || this.known.get(text) === RESULT) return TRUE
    return this.condition(value)
  }

  private branches(node: SyntaxNode, rest: readonly SyntaxNode[]): Condition {
    const parts = childrenOf(node)
    let [yes, no] = [FALSE, TRUE]
    const without = (c: Condition, then: Condition): Condition => (isFalse(then) ? FALSE : all(c, then))
    for (let i = 0; i < parts.length; i++) {
      if (!/^(if|elif|else)$/.test(parts[i]!.name)) continue
      const isElse = parts[i]!.name === 'else'
      const c = isElse ? TRUE : this.condition(parts[i + 1]!)
      const body = parts[i + (isElse ? 1 : 2)]!
      const then = new Check(this.names, new Map(this.known)).sequence([...childrenOf(body), ...rest], 0)
      yes = any(yes, without(all(no, c), then))
      no = all(no, not(c))
      if (isElse) return yes
    }
    return any(yes, without(no, this.sequence(rest, 0)))
  }

  private condition(node: SyntaxNode): Condition {
    const parts = childrenOf(node)
    if (node.name === 'ParenthesizedExpression') return this.condition(parts[1]!)
    if (node.name === 'UnaryExpression' && parts[0]!.name === 'not') return not(this.condition(parts[1]!))
    if (node.name === 'BinaryExpression') return this.comparison(node, parts)
    if (node.name === 'CallExpression') return this.test(node)
    throw this.untold(node)
  }

  private comparison(node: SyntaxNode, parts: readonly SyntaxNode[]): Condition {
    const [left, right] = [parts[0]!, parts.at(-1)!]
    const op = parts
      .slice(1, -1)
      .map((n) => this.text(n))
      .join(' ')
    if (op === 'and') return all(this.condition(left), this.condition(right))
    if (op === 'or') return any(this.condition(left), this.condition(right))
    if (right.name === 'None') return op === 'is' ? not(this.isKnown(left)) : this.isKnown(left)
    if (op === 'in' || op === 'not in') {
      const c = is(`${this.term(left)} in ${this.term(right)}`)
      return op === 'in' ? c : not(c)
    }
    if (!/^(==|!=|<|<=|>|>=)$/.test(op)) throw this.untold(node)
    // Attributes of a rule have the type that their operator gives them.
    if (/\.type$/.test(this.text(left)) && /AttributeType\.\w+$/.test(this.text(right)))
      return op === '==' ? TRUE : FALSE
    return compared(this.term(left), op, this.term(right))
  }

  /** That something is not None. */
  private isKnown(node: SyntaxNode): Condition {
    const term = this.term(node)
    const [, value, property] = /^(\w+)(?:\.(\w+))?$/.exec(term) ?? []
    if (value !== undefined && (property === undefined || property === 'value')) return is(`${value}.isConstant`)
    if (property === 'shape') return is(`${value}.rank >= 0`)
    const single = SINGLE.exec(term)
    if (single) return all(is(`${single[1]}.isConstant`), compared(`${single[1]}.size`, '==', '1'))
    throw this.untold(node)
  }

  private test(node: SyntaxNode): Condition {
    const callee = this.text(node.firstChild!)
    const [a, b, tolerance] = argumentsOf(node, this.names)
    const name = callee.split('.').at(-1)!
    if (name === 'is_ref') return FALSE
    const inner = node.firstChild!.firstChild!
    if (name === 'all' && !a && /\.equal$/.test(this.text(inner.firstChild ?? inner))) {
      const [x, y] = argumentsOf(inner, this.names)
      if (x && y) return is(`all(${this.term(x)} == ${this.term(y)})`)
    }
    if (name === 'has_rank' && a && b) return compared(`${this.term(a)}.rank`, '==', this.term(b))
    if (name === 'same_shape' && a && b) return compared(this.term(a), '==', this.term(b))
    if (name === 'isinstance' && a && b && this.text(b) === 'int') return is(`${this.term(a)} >= 0`)
    if (name === 'isclose' && a && b && callee !== name)
      return is(`abs(${this.term(a)} - ${this.term(b)}) <= 0.00000001 + 0.00001 * abs(${this.term(b)})`)
    if (name === 'is_singleton_value' && a && b) {
      const [value, wanted] = [this.term(a), this.term(b)]
      const one = `max(${value}.value * [1])`
      const size = compared(`${value}.size`, '==', '1')
      if (!tolerance || Number(wanted) === 0) return all(size, compared(one, '==', wanted))
      return all(size, is(`abs(${one} - ${wanted}) <= ${this.term(tolerance)} * abs(${wanted})`))
    }
    throw this.untold(node)
  }

  private term(node: SyntaxNode): string {
    const parts = childrenOf(node)
    switch (node.name) {
      case 'Number':
        return this.text(node)
      case 'ParenthesizedExpression':
        return this.term(parts[1]!)
      case 'UnaryExpression':
        if (parts[0]!.name === 'ArithOp') return `-${this.term(parts[1]!)}`
        throw this.untold(node)
      case 'VariableName':
        return this.name(node)
      case 'NamedExpression': {
        const term = this.term(parts.at(-1)!)
        this.known.set(this.text(parts[0]!), term)
        return term
      }
      case 'TupleExpression':
      case 'ArrayExpression':
        return `[${itemsOf(node)
          .map((n) => this.term(n))
          .join(', ')}]`
      case 'BinaryExpression':
        return this.arithmetic(node, parts)
      case 'MemberExpression':
        return this.member(node, parts)
      case 'CallExpression':
        return this.call(node)
      default:
        throw this.untold(node)
    }
  }

  private name(node: SyntaxNode): string {
    const text = this.text(node)
    const found = this.known.get(text) ?? this.names.nameOf(text)
    if (found === null || found === RESULT) throw this.untold(node)
    return found
  }

  private arithmetic(node: SyntaxNode, parts: readonly SyntaxNode[]): string {
    const [left, op, right] = parts as [SyntaxNode, SyntaxNode, SyntaxNode]
    const sign = this.text(op)
    const [a, b] = [this.term(left), this.term(right)]
    if (sign === '//') return `floor(${a} / ${b})`
    if (!/^[-+*/%]$/.test(sign)) throw this.untold(node)
    return `(${a} ${sign} ${b})`
  }

  private member(node: SyntaxNode, parts: readonly SyntaxNode[]): string {
    const of = this.term(parts[0]!)
    if (parts[1]!.name === '[') {
      if (parts.length !== 4) throw this.untold(node)
      return `${of}[${this.term(parts[2]!)}]`
    }
    const property = this.text(parts[2]!)
    if (/^\w+$/.test(of) && (property === 'shape' || property === 'dtype')) return `${of}.${property}`
    if (/^\w+$/.test(of) && property === 'const_value') return of
    if (property === 'dims') return of
    if (property === 'size' && of.endsWith('.value')) return of.replace(/value$/, 'size')
    throw this.untold(node)
  }

  private call(node: SyntaxNode): string {
    const callee = node.firstChild!
    const name = this.text(callee).split('.').at(-1)!
    const given = argumentsOf(node, this.names)
    if (callee.name === 'MemberExpression' && given.length === 0) {
      const of = (): string => this.term(callee.firstChild!)
      if (/^as_(int|ints|float|floats|string)$/.test(name) && of().startsWith('$')) return of()
      if (name === 'numpy' && /^\w+(\.value)?$/.test(of())) return of().replace(/(\.value)?$/, '.value')
      if (name === 'tolist' || name === 'flatten') return of()
      if (name === 'item' && of().endsWith('.value')) return `max(${of()} * [1])`
    }
    const [first, second] = given
    if (first && /^(get_numpy_value|get_const_tensor)$/.test(name)) return `${this.term(first)}.value`
    if (first && name === 'get_singleton_value') return `max(${this.term(first)}.value * [1])`
    if (first && callee.name === 'VariableName') {
      const a = this.term(first)
      if (name === 'len') return a.endsWith('.shape') ? a.replace(/shape$/, 'rank') : `len(${a})`
      if (name === 'tuple' || name === 'list') return a
      if (name === 'range') return `range(${a}${second ? `, ${this.term(second)}` : ''})`
      if (name === 'abs' || name === 'min' || name === 'max')
        return `${name}(${given.map((n) => this.term(n)).join(', ')})`
    }
    throw this.untold(node)
  }

  private text(node: SyntaxNode): string {
    return this.names.text(node)
  }

  private untold(node: SyntaxNode): Untold {
    return new Untold(`its check asks ${this.text(node).replace(/\s+/g, ' ').slice(0, 60).trim()}`, node)
  }
}

/** A name that stands for the result of the check itself. */
const RESULT = '\0result'

/** The one number of a constant, as it is written here. */
const SINGLE = /^max\((\w+)\.value \* \[1\]\)$/

/** Positional arguments, then a tolerance that is given by name. */
function argumentsOf(call: SyntaxNode, { text }: CheckNames): SyntaxNode[] {
  const parts = childrenOf(call.getChild('ArgList')).filter((n) => !/^[(),]$/.test(n.name))
  const given: SyntaxNode[] = []
  for (let i = 0; i < parts.length; i++) {
    if (parts[i + 1]?.name !== 'AssignOp') given.push(parts[i]!)
    else {
      if (text(parts[i]!) === 'rtol') given.push(parts[i + 2]!)
      i += 2
    }
  }
  return given
}

const itemsOf = (node: SyntaxNode): SyntaxNode[] => childrenOf(node).filter((n) => !/^[[\](),]$/.test(n.name))

/** Python's expressions, as what a rule can say of them. */
import { all, any, conditionText, FALSE, isEach, isFalse, isTrue, not, TRUE } from './conditions'
import type { Condition } from './conditions'
import { compareValues, isIn } from './comparisons'
import { eachOf } from './loops'
import { Failed, untold } from './machine'
import type { Machine } from './machine'
import { inputAt, inputItems, member } from './members'
import { logicOf } from './logic'
import type { Logic } from './logic'
import { layerOf } from './op-calls'
import { argumentNodes, childrenOf, Untold } from './syntax'
import type { SyntaxNode } from './syntax'
import { picked, newAxes, sliced } from './subscripts'
import { reckonTensors, typeName } from './tensors'
import { arithmetic, asTerm, chosenTerm, comparison, filled, term } from './terms'
import type { Arguments, Scope, Value } from './values'
import { NONE, number, truth } from './values'

/** What a name stands for. */
export type Lookup = (name: string, scope: Scope, at: SyntaxNode) => Value

export class Expressions {
  constructor(
    private readonly m: Machine,
    private readonly lookup: Lookup,
  ) {}

  of(node: SyntaxNode, scope: Scope): Value {
    const { m } = this
    const parts = childrenOf(node).filter((n) => n.name !== 'Comment')
    switch (node.name) {
      case 'Number':
        return number(Number(m.textOf(node).replace(/_/g, '')))
      case 'String':
        return { type: 'string', value: m.textOf(node).replace(/^[rbu]*("""|'''|"|')([^]*)\1$/i, '$2') }
      case 'FormatString':
        return this.format(node, parts, scope)
      case 'ContinuedString':
        return { type: 'opaque', at: node }
      case 'Boolean':
        return truth(m.textOf(node) === 'True' ? TRUE : FALSE)
      case 'None':
        return NONE
      case 'Ellipsis':
        return { type: 'opaque', at: node }
      case 'VariableName':
        return this.lookup(m.textOf(node), scope, node)
      case 'ParenthesizedExpression':
        return this.of(parts[1]!, scope)
      case 'TupleExpression':
      case 'ArrayExpression':
      case 'SetExpression':
        return this.list(parts, scope)
      case 'DictionaryExpression':
        return this.dictionary(node, parts, scope)
      case 'NamedExpression': {
        const value = this.of(parts.at(-1)!, scope)
        this.set(scope, m.textOf(parts[0]!), value)
        return value
      }
      case 'UnaryExpression':
        return this.unary(node, parts, scope)
      case 'BinaryExpression':
        return this.binary(node, parts, scope)
      case 'ConditionalExpression':
        return this.conditional(node, parts, scope)
      case 'MemberExpression':
        return this.member(node, parts, scope)
      case 'CallExpression':
        return this.call(node, scope)
      case 'LambdaExpression':
        return { type: 'function', file: scope.of.file, node, scope, self: null, owner: null }
      case 'DictionaryComprehensionExpression':
        return this.attributesAsTheyAre(node, scope)
      case 'ArrayComprehensionExpression':
      case 'ComprehensionExpression':
      case 'SetComprehensionExpression':
        return this.comprehension(node, parts.slice(1, -1), scope)
      default:
        throw untold(m, node, 'is nothing that a rule has')
    }
  }

  /** `f"Expand_{kind}"` */
  private format(node: SyntaxNode, parts: readonly SyntaxNode[], scope: Scope): Value {
    const text = this.m.textOf(node)
    let whole = ''
    let at = 0
    for (const part of parts) {
      const inner = childrenOf(part)[1]
      const value = inner?.name === 'VariableName' ? this.of(inner, scope) : null
      if (value?.type !== 'string') return { type: 'opaque', at: node }
      whole += text.slice(at, part.from - node.from) + value.value
      at = part.to - node.from
    }
    return { type: 'string', value: (whole + text.slice(at)).replace(/^f(["'])([^]*)\1$/, '$2') }
  }

  set(scope: Scope, name: string, value: Value): void {
    const { m } = this
    const write = (v: Value): void => {
      const before = scope.names.get(name)
      const back = (): void => void (before === undefined ? scope.names.delete(name) : scope.names.set(name, before))
      m.change(() => void scope.names.set(name, v), back)
    }
    write(value)
    if (m.isInLoop && scope.depth < m.depth) m.note({ type: 'lost', place: name, write })
  }

  private list(parts: readonly SyntaxNode[], scope: Scope): Value {
    const items: Value[] = []
    for (const { node, isSpread } of itemsIn(parts)) {
      const value = this.of(node, scope)
      if (isSpread && value.type !== 'list' && value.type !== 'inputs') return this.spread(parts, scope)
      items.push(...(isSpread ? eachOf(this.m, value, node).elements : [value]))
    }
    return { type: 'list', items, depth: this.m.depth }
  }

  /** `[*a, b]` of a list that only the match knows. */
  private spread(parts: readonly SyntaxNode[], scope: Scope): Value {
    const found = itemsIn(parts).map(({ node, isSpread }) => {
      const t = asTerm(this.m.sure(this.of(node, scope)))
      if (!t || isSpread === (t.is === 'number')) throw untold(this.m, node)
      return isSpread ? t.text : `[${t.text}]`
    })
    return term(found.length === 1 ? found[0]! : `(${found.join(' ++ ')})`, 'list')
  }

  private dictionary(node: SyntaxNode, parts: readonly SyntaxNode[], scope: Scope): Value {
    const entries = new Map<string, Value>()
    const items = parts.filter((n) => !/^[{},]$/.test(n.name))
    for (let i = 0; i < items.length; i += 3) {
      const key = this.of(items[i]!, scope)
      if (key.type !== 'string' || items[i + 1]?.name !== ':') throw untold(this.m, node)
      entries.set(key.value, this.of(items[i + 2]!, scope))
    }
    return { type: 'dictionary', entries }
  }

  private unary(node: SyntaxNode, parts: readonly SyntaxNode[], scope: Scope): Value {
    const { m } = this
    if (parts[0]!.name === 'not') return this.logical(logicOf(node), scope)
    const value = this.of(parts[1]!, scope)
    if (m.textOf(parts[0]!) !== '-') throw new Untold(`${m.textOf(parts[0]!)} is no operator of a rule`, node)
    if (value.type === 'number') return number(-value.value)
    const layer = layerOf(m, 'Neg', [value])
    if (layer) return layer
    const t = asTerm(m.sure(value))
    if (!t || t.is === 'list') throw untold(m, node)
    return term(`-${t.text}`, t.is)
  }

  private binary(node: SyntaxNode, parts: readonly SyntaxNode[], scope: Scope): Value {
    const { m } = this
    const op = parts
      .slice(1, -1)
      .map((n) => m.textOf(n))
      .join(' ')
    if (op === 'and' || op === 'or') return this.logical(logicOf(node), scope)
    if (COMPARE.test(op) && isComparison(m, parts[0]!)) return this.chain(node, op, parts, scope)
    const a = this.of(parts[0]!, scope)
    const b = this.of(parts.at(-1)!, scope)
    if (/^(is|is not|==|!=)$/.test(op) && (a.type === 'none' || b.type === 'none'))
      return truth(comparison(op.startsWith('is') ? (op === 'is' ? '==' : '!=') : op, a, b)!)
    if (op === 'in' || op === 'not in') return truth(op === 'in' ? isIn(m, a, b, node) : not(isIn(m, a, b, node)))
    if (COMPARE.test(op)) return truth(compareValues(m, op, a, b, node))
    return this.reckoned(op, a, b, node)
  }

  /** `a == b == c` */
  private chain(node: SyntaxNode, op: string, parts: readonly SyntaxNode[], scope: Scope): Value {
    const { m } = this
    const before = m.condition(this.of(parts[0]!, scope), parts[0]!)
    const [b, c] = [this.of(parts[0]!.lastChild!, scope), this.of(parts.at(-1)!, scope)]
    return truth(all(before, compareValues(m, op, b, c, node)))
  }

  /** The second is asked for only where the first does not decide; what it needs to be asked holds there alone. */
  private logical(l: Logic, scope: Scope): Value {
    const { m } = this
    if (l.op === 'leaf') return this.of(l.node, scope)
    if (l.op === 'not') return truth(not(m.condition(this.logical(l.of, scope), l.node)))
    const a = this.logical(l.left, scope)
    const first = m.condition(a, l.left.node)
    if (l.op === 'and' ? isFalse(first) : isTrue(first)) return a
    const ask = (): Value => this.logical(l.right, scope)
    if (l.op === 'and' ? isTrue(first) : isFalse(first)) return ask()
    const { assumed, result } = m.asking(l.op === 'and' ? first : not(first), () => m.condition(ask(), l.right.node))
    const second = all(...assumed, result)
    return truth(l.op === 'and' ? all(first, second) : any(first, second))
  }

  private reckoned(op: string, a: Value, b: Value, node: SyntaxNode): Value {
    const { m } = this
    const isLayer = (v: Value): boolean => v.type === 'value' || v.type === 'parameter'
    if (isLayer(a) || isLayer(b)) {
      const kind = BINARY[op]
      if (!kind) throw new Untold(`${op} is no operator of a rule`, node)
      return layerOf(m, kind, [a, b]) ?? fail(untold(m, node))
    }
    if (a.type === 'inputs' && b.type === 'inputs' && op === '+') return this.inputsTogether(a, b)
    if (op === '+' && (isText(a) || isText(b))) return { type: 'opaque', at: node }
    const [x, y] = [m.sure(a), m.sure(b)]
    const isTensor = x.type === 'tensor' || y.type === 'tensor'
    return (isTensor ? reckonTensors(op, [x, y]) : arithmetic(op, x, y)) ?? fail(untold(m, node))
  }

  private inputsTogether(...of: readonly Extract<Value, { type: 'inputs' }>[]): Value {
    const items = of.flatMap((v) =>
      Array.from({ length: Math.max(0, v.to - v.from) }, (_, i) => inputAt(v.of, v.from + i)),
    )
    return { type: 'list', items, depth: this.m.depth }
  }

  private conditional(node: SyntaxNode, parts: readonly SyntaxNode[], scope: Scope): Value {
    const { m } = this
    const [yes, , condition, , no] = parts as [SyntaxNode, SyntaxNode, SyntaxNode, SyntaxNode, SyntaxNode]
    const c = m.condition(this.of(condition, scope), condition)
    if (isTrue(c) || isFalse(c)) return this.of(isTrue(c) ? yes : no, scope)
    if (isEach(c)) {
      const [a, b] = [m.sure(this.of(yes, scope)), m.sure(this.of(no, scope))]
      return chosenTerm(c, conditionText(c), a, b) ?? fail(untold(m, node))
    }
    return this.of(m.decide(c) ? yes : no, scope)
  }

  private member(node: SyntaxNode, parts: readonly SyntaxNode[], scope: Scope): Value {
    const { m } = this
    const dtype = dtypeIn(m.textOf(node))
    if (dtype !== null) return { type: 'dtype', text: dtype }
    if (MOST.test(m.textOf(node))) return term('9223372036854775807')
    const of = this.of(parts[0]!, scope)
    if (parts[1]!.name === '[') return this.part(node, of, parts.slice(2, -1), scope)
    const name = m.textOf(parts[2]!)
    // There Python goes wrong.
    if (of.type === 'none') throw new Failed()
    const own = m.ownMember(of, name, node)
    if (own) return own
    const sure = of.type === 'opaque' ? of : m.sure(of)
    return member(m, sure, name, { type: 'opaque', at: node }) ?? fail(untold(m, node))
  }

  /** `x[…]` */
  private part(node: SyntaxNode, given: Value, inside: readonly SyntaxNode[], scope: Scope): Value {
    const { m } = this
    const of = m.sure(given)
    if (of.type === 'tensor' && inside.some((n) => n.name === ',')) return newAxes(m, of, inside, node)
    const colon = inside.findIndex((n) => n.name === ':')
    if (colon >= 0) {
      const [from, to] = [inside.slice(0, colon)[0], inside.slice(colon + 1)[0]]
      if (inside.length > colon + 2) throw untold(m, node)
      return sliced(m, of, from && this.of(from, scope), to && this.of(to, scope), node)
    }
    return picked(m, of, this.of(inside[0]!, scope), node)
  }

  private call(node: SyntaxNode, scope: Scope): Value {
    const callee = node.firstChild!
    const list = node.getChild('ArgList')!
    const inner = childrenOf(list).filter((n) => n.name !== 'Comment')
    if (inner.some((n) => n.name === 'for')) {
      const f = this.of(callee, scope)
      const elements = this.comprehension(node, inner.slice(1, -1), scope)
      return this.m.call(f, { given: [elements], named: new Map() }, node)
    }
    const f = this.of(callee, scope)
    return this.m.call(f, this.arguments(node, scope), node)
  }

  private arguments(node: SyntaxNode, scope: Scope): Arguments {
    const { m } = this
    const given: Value[] = []
    const named = new Map<string, Value>()
    for (const { name, value, spread } of argumentNodes(node, (n) => m.textOf(n))) {
      const v = this.of(value, scope)
      if (name !== null) named.set(name, v)
      else if (spread === '**') this.spreadNamed(v, named, value)
      else if (spread === '*') given.push(...this.elements(v, value))
      else given.push(v)
    }
    return { given, named }
  }

  private spreadNamed(v: Value, named: Map<string, Value>, at: SyntaxNode): void {
    if (v.type === 'dictionary') for (const [key, x] of v.entries) named.set(key, x)
    else if (v.type === 'attributes') named.set('**', v)
    else throw untold(this.m, at)
  }

  private elements(v: Value, at: SyntaxNode): readonly Value[] {
    if (v.type === 'list') return v.items
    if (v.type === 'inputs') return inputItems(v)
    const t = asTerm(this.m.sure(v))
    if (t?.is === 'list') return [{ type: 'spread', of: t }]
    throw untold(this.m, at)
  }

  /** `{k: v.value for k, v in node.attributes.items()}` */
  private attributesAsTheyAre(node: SyntaxNode, scope: Scope): Value {
    const [key, , value, , k, , v, , over, ...more] = childrenOf(node)
      .slice(1, -1)
      .filter((n) => n.name !== 'Comment')
    const { m } = this
    const isPlain = key && k && value && v && more.length === 0 && m.textOf(key) === m.textOf(k)
    const [of, dot, items] = childrenOf(over?.name === 'CallExpression' ? over.firstChild : null)
    if (!isPlain || !/^\w+(\.value)?$/.test(m.textOf(value)) || m.textOf(value).split('.')[0] !== m.textOf(v) || !of)
      throw untold(m, node)
    const given = dot && items && m.textOf(items) === 'items' ? this.of(of, scope) : null
    if (given?.type !== 'attributes') throw untold(m, node)
    return { ...given, set: new Map(given.set) }
  }

  /** `[e for x in l if c]`, without its brackets. */
  private comprehension(node: SyntaxNode, parts: readonly SyntaxNode[], scope: Scope): Value {
    const { m } = this
    const from = parts.findIndex((n) => n.name === 'for')
    const at = parts.findIndex((n) => n.name === 'in')
    const test = parts.findIndex((n, i) => n.name === 'if' && i > at)
    if (parts.slice(from + 1).some((n) => n.name === 'for')) throw untold(m, node)
    const targets = parts.slice(from + 1, at).filter((n) => n.name !== ',')
    const over = eachOf(m, m.sure(this.of(parts[at + 1]!, scope)), node)
    const inner: Scope = { names: new Map(), parent: scope, of: scope.of, depth: m.depth }
    const filter = test < 0 ? null : parts[test + 1]!
    const items: Value[] = []
    for (const element of over.elements) {
      this.bind(targets, element, inner)
      if (filter) {
        const c = m.condition(this.of(filter, inner), filter)
        if (isEach(c)) return this.filtered(parts[0]!, inner, c, node)
        if (!m.decide(c)) continue
      }
      const value = this.of(parts[0]!, inner)
      if (over.isSymbolic) return asVector(m, value, over.length, node)
      items.push(value)
    }
    return { type: 'list', items, depth: m.depth }
  }

  /** `sum(1 for d in dims if c)` */
  private filtered(item: SyntaxNode, scope: Scope, c: Condition, node: SyntaxNode): Value {
    const value = this.of(item, scope)
    if (value.type !== 'number' || value.value !== 1) throw untold(this.m, node)
    return term(`choose(${conditionText(c)}, 1, 0)`, 'each')
  }

  bind(targets: readonly SyntaxNode[], value: Value, scope: Scope): void {
    const { m } = this
    const [first] = targets
    if (targets.length === 1 && first) {
      if (first.name === 'VariableName') return this.set(scope, m.textOf(first), value)
      if (/^(Tuple|Array|Parenthesized)Expression$/.test(first.name))
        return this.bind(
          childrenOf(first).filter((n) => !/^[()[\],]$/.test(n.name)),
          value,
          scope,
        )
    }
    const items = value.type === 'list' ? value.items : null
    if (!items) throw untold(m, first!, 'is no layer')
    // There Python goes wrong.
    if (items.length !== targets.length) throw new Failed()
    targets.forEach((t, i) => this.bind([t], items[i]!, scope))
  }
}

/** What stands in a list or a tuple, without brackets and commas; `*a` is spread. */
function itemsIn(parts: readonly SyntaxNode[]): { node: SyntaxNode; isSpread: boolean }[] {
  const inside = parts.filter((n) => !/^[[\](){},]$/.test(n.name))
  return inside.flatMap((node, i) => (node.name === '*' ? [] : [{ node, isSpread: inside[i - 1]?.name === '*' }]))
}

/** All elements at once, as one list. */
function asVector(m: Machine, value: Value, length: string, node: SyntaxNode): Value {
  if (value.type === 'bool') return value
  if (value.type === 'list' && value.items.length === 1) {
    const only = asTerm(value.items[0]!)
    if (only?.is === 'each') return { type: 'column', of: { ...only, is: 'list' } }
  }
  if (value.type === 'tensor' || value.type === 'value') return { type: 'list', items: [value], depth: m.depth }
  const t = asTerm(m.sure(value))
  if (!t || t.is === 'list') throw untold(m, node)
  return t.is === 'each' ? { ...t, is: 'list' } : filled(t.text, length)
}

const COMPARE = /^(==|!=|<|<=|>|>=)$/

const isComparison = (m: Machine, node: SyntaxNode): boolean =>
  node.name === 'BinaryExpression' && COMPARE.test(m.textOf(childrenOf(node)[1]!))

const MOST = /^(sys\.maxsize|np\.iinfo\(np\.int64\)\.max)$/

/** `ir.DataType.FLOAT16`, `np.int64`; null for anything else. */
function dtypeIn(text: string): string | null {
  const [, name] = /^(?:\w+\.)*(?:DataType|TensorProto)\.([A-Z]\w*)$/.exec(text) ?? []
  return name === undefined ? null : typeName(name)
}

const isText = (v: Value): boolean => v.type === 'opaque' || v.type === 'string'

function fail(error: Error): never {
  throw error
}

const BINARY: Readonly<Record<string, string>> = {
  '+': 'Add',
  '-': 'Sub',
  '*': 'Mul',
  '/': 'Div',
  '**': 'Pow',
  '@': 'MatMul',
}

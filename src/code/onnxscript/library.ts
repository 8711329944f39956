/** The functions that numpy and onnxscript bring along. */
import { all, compared, FALSE, is, TRUE } from './conditions'
import { Failed, untold } from './machine'
import type { Machine } from './machine'
import { schemaOf } from './layers'
import type { Operand } from './layers'
import { constantOf, same } from './members'
import { ofAll, python } from './python-functions'
import type { SyntaxNode } from './syntax'
import { numpyCall, single, tensorOf, typeName } from './tensors'
import { asTerm, comparison, term } from './terms'
import type { Arguments, Value } from './values'
import { NONE, number, truth } from './values'

/** A function by its name. @returns null for one that nobody knows */
export function callBuiltin(m: Machine, whole: string, args: Arguments, at: SyntaxNode): Value | null {
  const name = whole.split('.').at(-1)!
  const [a, b, c] = args.given
  switch (name) {
    case 'MatchResult':
      return { type: 'result-of-check' }
    case 'getattr':
      return a?.type === 'op' && b?.type === 'string' ? { type: 'method', of: a, name: b.value } : null
    case 'Var':
      return a?.type === 'string' && m.side === 'left' ? variable(m, a.value, args.named.get('can_match_none')) : null
    case 'check_shape':
    case 'check_shape_bool':
      return a && b && c ? hasShape(m, name, [a, b, c], at) : null
    case 'OrValue':
    case 'MatchAny':
      return oneOf(m, a, at)
    case 'tensor':
    case 'array':
    case 'Tensor':
      return a ? tensorOf(m.sure(a), typeOf(args.named.get('dtype') ?? b)) : null
    case 'DataType':
      return a ? dtypeOf(m, a) : null
    case 'Constant':
      return a ?? null
    case 'get_numpy_value':
    case 'get_const_value':
    case 'get_const_tensor':
      return a?.type === 'none' ? NONE : a?.type === 'value' ? constantOf(m, m.operandIn(a)) : null
    case 'get_singleton_value':
      return a?.type === 'value' ? singleton(m, a, args.named.get('rank') ?? b) : null
    case 'is_singleton_value':
      return a && b ? isSingleton(m, a, b, args, at) : null
    case 'is_1d_value':
      return a?.type === 'value' && b ? isOneDimensional(m, a, b) : null
    case 'has_rank':
      return a && b ? hasRank(m, a, b) : null
    case 'get_dim':
      return a?.type === 'value' && b ? dimOf(m, a, b) : null
    case 'same_shape':
    case 'same_dim': {
      const same = a && b && comparison('==', m.sure(a), m.sure(b))
      return same ? truth(same) : null
    }
    case 'isclose':
      return a && b ? isClose(m, a, b, args.named) : null
    case 'equal':
      return a && b ? equalEach(m, a, b) : null
    case 'reduce':
      return a?.type === 'builtin' && b?.type === 'list' ? numpyOfMany(m, a.name, b.items) : null
    default:
      if (/^Attr\w*$/.test(name))
        return { type: 'list', items: [a ?? NONE, args.given.at(-1) ?? c ?? NONE], depth: m.depth }
      if (/^(np|numpy|math)\./.test(whole)) return numpy(m, name, args)
      return python(m, name, args, at)
  }
}

function numpy(m: Machine, name: string, { given, named }: Arguments): Value | null {
  const sure = given.map((v) => m.sure(v))
  const [a] = sure
  if ((name === 'any' || name === 'all') && a) return truth(ofAll(m, name, a) ?? fail(new Failed()))
  return numpyCall(m, name, sure, named)
}

/** `functools.reduce(np.minimum, values)` */
function numpyOfMany(m: Machine, name: string, items: readonly Value[]): Value | null {
  const [only] = items
  const isOne = items.length === 1 && only?.type === 'tensor' && only.operand?.type !== 'rest'
  return isOne ? only : m.reckon(name.split('.').at(-1)!, items)
}

function oneOf(m: Machine, v: Value | undefined, at: SyntaxNode): Value {
  if (v?.type !== 'list' || m.side === 'right') throw untold(m, at)
  const of = v.items.map((x) =>
    x.type === 'value' ? x.of : x.type === 'parameter' ? m.parameterAsValue(x.name) : null,
  )
  if (!of.every((o) => o !== null)) throw untold(m, at)
  const [first] = of
  if (first && of.every((o) => o === first || isSwapped(first, o))) return { type: 'value', of: first }
  return { type: 'value', of: { type: 'either', of } }
}

/** The same layer with its operands swapped, which it matches anyway. */
function isSwapped(a: Operand, b: Operand): boolean {
  if (a.type !== 'result' || b.type !== 'result' || a.of.kind !== b.of.kind || a.of.operands.length !== 2) return false
  const [p, q] = b.of.operands
  return (
    schemaOf(a.of.kind)?.commutative === true &&
    b.of.operands.length === 2 &&
    a.of.attributes.size + b.of.attributes.size === 0 &&
    same(a.of.operands[0]!, q!) &&
    same(a.of.operands[1]!, p!)
  )
}

/** `pattern.Var("mask", can_match_none=True)` */
function variable(m: Machine, name: string, mayBeNone: Value | undefined): Value {
  const of = m.parameterAsValue(name)
  if (of.type !== 'free' || mayBeNone?.type !== 'bool' || mayBeNone.is !== TRUE) return { type: 'value', of }
  const v: Value = { type: 'value', of: { ...of, optional: true }, given: is(`given ${of.name}`) }
  m.bind(name, v)
  return v
}

/** `check_shape(sizes, x, ["B", "S", "D"])`: what has a name already is the same size. */
function hasShape(m: Machine, name: string, [sizes, v, names]: readonly [Value, Value, Value], at: SyntaxNode): Value {
  if (sizes.type !== 'dictionary' || v.type !== 'value' || names.type !== 'list') throw untold(m, at)
  const of = m.left.nameOf(m.operandIn(m.sure(v)))
  const asked = [compared(`${of}.rank`, '==', String(names.items.length))]
  for (const [i, wanted] of names.items.entries()) {
    if (wanted.type !== 'string') throw untold(m, at)
    const size = term(`${of}.shape[${i}]`)
    const known = sizes.entries.get(wanted.value)
    const before = known && asTerm(known)
    if (before) asked.push(compared(size.text, '==', before.text))
    else
      m.change(
        () => void sizes.entries.set(wanted.value, size),
        () => void sizes.entries.delete(wanted.value),
      )
  }
  const held = all(...asked)
  if (name === 'check_shape_bool') return truth(held)
  m.assume(held)
  return NONE
}

function singleton(m: Machine, a: Value, rank: Value | undefined): Value {
  const tensor = constantOf(m, m.operandIn(a))
  const found = single(m, tensor)!
  const name = m.left.nameOf(m.operandIn(a))
  const ranks = rank?.type === 'number' ? [compared(`${name}.rank`, '==', String(rank.value))] : []
  return { ...found.value, given: all(tensor.given ?? TRUE, found.one, ...ranks) }
}

function isSingleton(m: Machine, a: Value, b: Value, { named }: Arguments, at: SyntaxNode): Value {
  if (a.type !== 'value') return truth(FALSE)
  const value = singleton(m, a, named.get('rank'))
  if (b.type === 'function') {
    const { given, ...number } = value
    const held = m.condition(m.call(b, { given: [number as Value], named: new Map() }, at), at)
    return truth(all(given ?? TRUE, held))
  }
  const [x, y, rtol] = [asTerm(value)!, asTerm(b), asTerm(named.get('rtol') ?? number(0))]
  if (!y || !rtol) throw untold(m, at)
  const isExact = !named.has('rtol') || y.text === '0'
  const same = isExact
    ? compared(x.text, '==', y.text)
    : is(`abs(${x.text} - ${y.text}) <= ${rtol.text} * abs(${y.text})`)
  return truth(all(value.given ?? TRUE, same))
}

function isOneDimensional(m: Machine, a: Value, b: Value): Value | null {
  const name = m.left.nameOf(m.operandIn(a))
  const wanted = asTerm(b)
  return (
    wanted &&
    truth(
      all(
        is(`${name}.isConstant`),
        compared(`${name}.rank`, '==', '1'),
        is(`${name}.dtype == int64`),
        compared(`${name}.value`, '==', wanted.text),
      ),
    )
  )
}

function hasRank(m: Machine, a: Value, rank: Value): Value | null {
  if (a.type !== 'value') return a.type === 'none' ? truth(FALSE) : null
  const t = asTerm(rank)
  return t && truth(compared(`${m.left.nameOf(m.operandIn(a))}.rank`, '==', t.text))
}

function dimOf(m: Machine, a: Value, at: Value): Value | null {
  const [name, i] = [m.left.nameOf(m.operandIn(a)), asTerm(at)]
  return i && { ...term(`${name}.shape[${i.text}]`), given: is(`known(${name}.rank)`) }
}

/** `np.isclose(a, b)`, `math.isclose(a, b, rel_tol=…)` */
function isClose(m: Machine, a: Value, b: Value, named: ReadonlyMap<string, Value>): Value | null {
  const [x, y] = [asTerm(m.sure(a)), asTerm(m.sure(b))]
  if (!x || !y) return null
  const relative = named.get('rel_tol') ?? named.get('rtol')
  const least = named.has('rel_tol') ? '' : '0.00000001 + '
  const by = relative ? asTerm(relative)?.text : '0.00001'
  return by === undefined
    ? null
    : truth(is(`abs(${x.text} - ${y.text}) <= ${least}${by} * abs(${y.text})`, x.is === 'each'))
}

function equalEach(m: Machine, a: Value, b: Value): Value | null {
  const c = comparison('==', m.sure(a), m.sure(b))
  return c && truth(c)
}

const typeOf = (v: Value | undefined): string | null =>
  v?.type === 'dtype'
    ? v.text
    : v?.type === 'string'
      ? typeName(v.value)
      : v?.type === 'builtin'
        ? typeName(v.name.split('.').at(-1)!)
        : null

function dtypeOf(m: Machine, v: Value): Value | null {
  const t = asTerm(m.sure(v))
  return t && { type: 'dtype', text: t.text }
}

function fail(error: Error): never {
  throw error
}

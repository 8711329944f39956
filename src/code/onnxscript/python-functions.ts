/** Python's own functions, of what a rule reckons with. */
import { all, any, compared, FALSE, is, not, TRUE } from './conditions'
import type { Condition } from './conditions'
import type { Machine } from './machine'
import { inputItems } from './members'
import type { SyntaxNode } from './syntax'
import { single } from './tensors'
import { asTerm, every, known, lengthText, LONGEST_LIST, some, isSpread, term } from './terms'
import type { Arguments, Value } from './values'
import { number, truth } from './values'

/** @returns null for one that nobody knows */
export function python(m: Machine, name: string, { given }: Arguments, at: SyntaxNode): Value | null {
  const [a, b] = given
  if (!a) return name === 'list' || name === 'tuple' ? { type: 'list', items: [], depth: m.depth } : null
  switch (name) {
    case 'len':
      return lengthOf(m.sure(a))
    case 'isinstance':
      return b ? isInstanceOf(a, b) : null
    case 'list':
    case 'tuple':
    case 'set':
    case 'frozenset':
      return asList(m, m.sure(a))
    case 'int':
      return whole(m, m.sure(a))
    case 'dict':
      return a.type === 'attributes' ? { ...a, set: new Map(a.set) } : null
    case 'float': {
      const v = m.sure(a)
      const only = v.type === 'tensor' && v.operand?.type !== 'rest' ? single(m, v) : null
      if (only) m.assume(only.one)
      return only?.value ?? v
    }
    case 'bool':
      return truth(m.condition(a, at))
    case 'range':
      return rangeOf(m, given)
    case 'reversed':
      return reversedOf(m, m.sure(a))
    case 'enumerate':
      return enumerated(m, m.sure(a))
    case 'zip':
      return zipped(
        m,
        given.map((v) => m.sure(v)),
      )
    case 'any':
    case 'all': {
      const c = ofAll(m, name, a)
      return c && truth(c)
    }
    case 'sum': {
      const t = asTerm(m.sure(a))
      return t && term(`sum(${t.text})`)
    }
    case 'min':
    case 'max':
      return extremeOf(m, name, given)
    case 'abs': {
      const t = asTerm(m.sure(a))
      return a.type === 'number' ? number(Math.abs(a.value)) : t && term(`abs(${t.text})`, t.is)
    }
    default:
      return null
  }
}

function extremeOf(m: Machine, name: 'min' | 'max', given: readonly Value[]): Value | null {
  if (given.every((v) => v.type === 'number')) return number(Math[name](...given.map((v) => v.value)))
  const terms = given.map((v) => asTerm(m.sure(v)))
  if (!terms.every((t) => t !== null)) return null
  return term(`${name}(${terms.map((t) => t.text).join(', ')})`, terms.some((t) => t.is === 'each') ? 'each' : 'number')
}

function lengthOf(v: Value): Value | null {
  if (v.type === 'list' && !isSpread(v)) return number(v.items.length)
  if (v.type === 'inputs') return { type: 'count', of: v }
  const t = asTerm(v)
  if (!t || t.is === 'number' || v.type === 'value') return null
  return term(lengthText(t.text))
}

function asList(m: Machine, v: Value): Value | null {
  if (v.type === 'list') return { ...v, items: [...v.items], depth: m.depth }
  if (v.type === 'inputs') return { type: 'list', items: inputItems(v), depth: m.depth }
  const t = asTerm(v)
  return t && t.is !== 'number' ? { ...t, is: 'list' } : null
}

const WHOLE = /^(\w+\.(shape|rank|size)\b|len\(|range\()/

/** `int(x)`: of what is not whole it is another number, which no rule of that kind means. */
function whole(m: Machine, v: Value): Value | null {
  if (v.type === 'number') return number(Math.trunc(v.value))
  const t = asTerm(v)
  if (!t || t.is === 'list') return null
  if (!t.whole && !WHOLE.test(t.text)) m.assume(compared(`floor(${t.text})`, '==', t.text, t.is === 'each'))
  return v
}

/** `isinstance(x, (int, float))` too. */
function isInstanceOf(v: Value, of: Value): Value | null {
  const types = of.type === 'list' ? of.items : [of]
  const each = types.map((t) => (t.type === 'builtin' ? isInstance(v, t.name.split('.').at(-1)!) : null))
  const conditions = each.map((c) => (c?.type === 'bool' ? c.is : null))
  return conditions.every((c) => c !== null) ? truth(any(...conditions)) : null
}

function isInstance(v: Value, type: string): Value | null {
  if (v.type === 'number') return truth(type === 'int' && Number.isInteger(v.value) ? TRUE : FALSE)
  if (v.type === 'none') return truth(FALSE)
  if (v.type === 'attribute' && type === 'Attr') return truth(TRUE)
  const t = asTerm(v)
  if (!t || t.is === 'list') return null
  const [, constant] = /^(\w+)\.value$/.exec(t.text) ?? []
  const ofWhole =
    constant === undefined
      ? []
      : [is(`${constant}.dtype in [int64, int32, int16, int8, uint64, uint32, uint16, uint8]`)]
  const isKnown = all(v.given ?? TRUE, known(t), ...ofWhole)
  if (type === 'float' && constant !== undefined)
    return truth(all(v.given ?? TRUE, known(t), is(`${constant}.dtype in [float32, float64, float16, bfloat16]`)))
  return type === 'int' ? truth(isKnown) : type === 'SymbolicDim' ? truth(not(isKnown)) : null
}

function rangeOf(m: Machine, given: readonly Value[]): Value | null {
  if (given.every((v) => v.type === 'number')) {
    const [from, to] = given.length > 1 ? [given[0]!.value, given[1]!.value] : [0, given[0]!.value]
    if (to - from > LONGEST_LIST) return null
    return {
      type: 'list',
      items: Array.from({ length: Math.max(0, to - from) }, (_, i) => number(from + i)),
      depth: m.depth,
    }
  }
  const terms = given.map((v) => asTerm(m.sure(v)))
  return terms.length <= 2 && terms.every((t) => t?.is === 'number')
    ? term(`range(${terms.map((t) => t!.text).join(', ')})`, 'list')
    : null
}

function reversedOf(m: Machine, v: Value): Value | null {
  if (v.type === 'list') return { ...v, items: v.items.toReversed(), depth: m.depth }
  const t = asTerm(v)
  return t && t.is !== 'number' ? term(`reversed(${t.text})`, 'list') : null
}

function enumerated(m: Machine, v: Value): Value | null {
  if (v.type === 'list')
    return {
      type: 'list',
      items: v.items.map((x, i) => ({ type: 'list', items: [number(i), x], depth: m.depth })),
      depth: m.depth,
    }
  if (v.type === 'zipped')
    return { ...v, parts: [term(`range(${v.length})`, 'each'), { type: 'list', items: [...v.parts], depth: m.depth }] }
  const t = asTerm(v)
  if (!t || t.is === 'number') return null
  const length = lengthText(t.text)
  return { type: 'zipped', parts: [term(`range(${length})`, 'each'), { ...t, is: 'each' }], length }
}

/** Lists that are read from their ends may differ in length; of others Python would leave the rest of the longer one. */
function zipped(m: Machine, given: readonly Value[]): Value | null {
  if (given.every((v) => v.type === 'list')) {
    const length = Math.min(...given.map((v) => v.items.length))
    return {
      type: 'list',
      items: Array.from({ length }, (_, i) => ({ type: 'list', items: given.map((v) => v.items[i]!), depth: m.depth })),
      depth: m.depth,
    }
  }
  const terms = given.map(asTerm)
  if (!terms.every((t) => t !== null && t.is !== 'number')) return null
  const lengths = [...new Set(terms.map((t) => lengthText(t!.text)))]
  const isFromEnd = terms.some((t) => t!.text.startsWith('reversed('))
  const length = lengths.length === 1 ? lengths[0]! : isFromEnd ? `min(${lengths.join(', ')})` : lengths[0]!
  if (lengths.length > 1 && !isFromEnd) for (const other of lengths.slice(1)) m.assume(compared(length, '==', other))
  const cut = lengths.length > 1 && isFromEnd ? `[:${length}]` : ''
  return { type: 'zipped', parts: terms.map((t) => term(`${t!.text}${cut}`, 'each')), length }
}

/** `all(…)`, `any(…)` of a list or of a mask. */
export function ofAll(m: Machine, name: 'all' | 'any', given: Value): Condition | null {
  const v = given.type === 'bool' ? given : m.sure(given)
  const together = name === 'all' ? every : some
  if (v.type === 'bool') return together(v.is)
  if (v.type === 'list') {
    const each = v.items.map((x) => (x.type === 'bool' ? together(x.is) : null))
    if (each.every((c) => c !== null)) return name === 'all' ? all(...each) : not(all(...each.map(not)))
  }
  const t = asTerm(v)
  return t && t.is !== 'number' ? together(compared(t.text, '!=', '0', true)) : null
}

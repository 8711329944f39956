/** What stands behind a dot, or in brackets, of onnxscript's and Python's objects. */
import { any, FALSE, is, TRUE } from './conditions'
import { schemaOf } from './layers'
import type { MadeLayer, Operand } from './layers'
import type { Machine } from './machine'
import { asTerm, lengthText, term } from './terms'
import { sizeOf, tensorOfConstant } from './tensors'
import type { Value } from './values'
import { NONE, number } from './values'

/** @returns null for what a rule has no words for */
export function member(m: Machine, of: Value, name: string, opaque: Value): Value | null {
  switch (of.type) {
    case 'value':
      return ofValue(m, of.of, name, opaque)
    case 'node':
      return ofNode(of.of, name, opaque)
    case 'context':
      return ofContext(m, name)
    case 'tensor':
      return ofTensor(m, of, name)
    case 'term':
      if (name === 'dims') return of
      if (name === 'flat') return { ...of, is: 'each' }
      return TERM_METHODS.has(name) ? { type: 'method', of, name } : null
    case 'attribute':
      if (name === 'value') return { ...of, type: 'term', text: of.text, is: 'number' }
      if (name === 'type') return { type: 'builtin', name: 'the type of an attribute' }
      return { type: 'method', of, name }
    case 'builtin':
      if (/(^|\.)(math|np|numpy)$/.test(of.name) && Object.hasOwn(NUMBERS, name)) return number(NUMBERS[name]!)
      return { type: 'builtin', name: `${of.name}.${name}` }
    case 'opaque':
    case 'string':
      return opaque
    case 'op':
    case 'bool':
    case 'attributes':
    case 'list':
    case 'dictionary':
    case 'result-of-check':
    case 'class':
      return { type: 'method', of, name }
    default:
      return null
  }
}

const TERM_METHODS: ReadonlySet<string> = new Set([
  'rank',
  'numpy',
  'tolist',
  'item',
  'is_dynamic',
  'is_static',
  'has_unknown_dim',
  'all',
  'any',
  'pop',
  'as_int',
  'as_float',
  'as_ints',
])

const NUMBERS: Readonly<Record<string, number>> = { pi: Math.PI, e: Math.E, inf: Infinity }

function ofValue(m: Machine, of: Operand, name: string, opaque: Value): Value | null {
  const shape = (): string => `${m.left.nameOf(of)}.shape`
  const isRest = of.type === 'rest'
  switch (name) {
    case 'shape':
      return { ...term(shape(), isRest ? 'each' : 'list'), given: is(`known(${m.left.nameOf(of)}.rank)`, isRest) }
    case 'dtype':
      return term(`${m.left.nameOf(of)}.dtype`, isRest ? 'each' : 'number')
    case 'const_value':
      return constantOf(m, of)
    case 'name':
    case 'type':
      return opaque
    default:
      return { type: 'method', of: { type: 'value', of }, name }
  }
}

/** The numbers of a value, where it is a constant. */
export function constantOf(m: Machine, of: Operand): Value {
  return tensorOfConstant(m, of, isListEverywhere(m, of))
}

/** All operators that take it want one dimension. */
function isListEverywhere(m: Machine, of: Operand): boolean {
  const places = m.left.layers.flatMap((l) =>
    l.operands.flatMap((o, i) => (same(o, of) ? [schemaOf(l.kind)?.inputs[i]] : [])),
  )
  return places.length > 0 && places.every((s) => s?.list === true)
}

export const same = (a: Operand, b: Operand): boolean =>
  a === b || (a.type === 'result' && b.type === 'result' && a.of === b.of && a.index === b.index)

function ofNode(of: MadeLayer, name: string, opaque: Value): Value | null {
  switch (name) {
    case 'inputs':
      return { type: 'inputs', of, from: 0, to: of.operands.length }
    case 'outputs':
      return {
        type: 'list',
        items: of.names.map((_, index) => ({ type: 'value', of: { type: 'result', of, index } })),
        depth: 0,
      }
    case 'attributes':
      return { type: 'attributes', of, set: new Map() }
    case 'op_type':
      return { type: 'string', value: of.kind.split('.').at(-1)! }
    case 'domain':
      return { type: 'string', value: of.kind.split('.').slice(0, -1).join('.') }
    case 'name':
      return opaque
    default:
      return null
  }
}

function ofContext(m: Machine, name: string): Value | null {
  const [first] = m.left.results
  switch (name) {
    case 'root':
      return first?.type === 'result' ? { type: 'node', of: first.of } : null
    case 'output_values':
      return { type: 'list', items: m.left.results.map((of) => ({ type: 'value', of })), depth: 0 }
    case 'nodes':
      // The root is matched first; which of the others follows depends on the match.
      return first?.type === 'result' ? { type: 'list', items: [{ type: 'node', of: first.of }], depth: 0 } : null
    default:
      return null
  }
}

function ofTensor(m: Machine, of: Extract<Value, { type: 'tensor' }>, name: string): Value | null {
  switch (name) {
    case 'shape':
      return of.shape
    case 'ndim': {
      const shape = of.shape && asTerm(of.shape)
      return shape && term(lengthText(shape.text))
    }
    case 'size':
      return sizeOf(m, of)
    case 'dtype':
      return { type: 'builtin', name: 'its own type' }
    case 'flat':
      return of
    default:
      return { type: 'method', of, name }
  }
}

/** An attribute of a layer of the pattern, by its name: what it is, or by default. */
export function attributeOf(m: Machine, of: MadeLayer, name: string): Value {
  // Operators of a domain have one version.
  const known = of.kind.includes('.') ? schemaOf(of.kind)?.attributes : undefined
  if (known && !Object.hasOwn(known, name) && !of.attributes.has(name)) return NONE
  const text = m.left.attribute(of, name)
  if (text === 'none') return NONE
  if (/^-?[\d.]/.test(text)) return number(Number(text))
  if (text.startsWith('"')) return { type: 'string', value: text.slice(1, -1) }
  if (text.endsWith('?')) {
    const plain = text.slice(0, -1)
    return { type: 'attribute', name, text: plain, given: is(`given ${plain}`) }
  }
  return { type: 'attribute', name, text }
}

/** The elements that inputs of a layer stand for; a rest is one for all of them. */
export function inputAt(of: MadeLayer, i: number): Value {
  const o = of.operands[i]
  if (!o || (o.type === 'text' && o.text === 'none')) return NONE
  if (o.type === 'free' && o.optional) return { type: 'value', of: o, given: is(`given ${o.name}`) }
  return { type: 'value', of: o }
}

/** As they are handed on: one that may be absent is absent there, too. */
export const inputItems = (v: Extract<Value, { type: 'inputs' }>): Value[] =>
  Array.from({ length: Math.max(0, v.to - v.from) }, (_, i) => {
    const { given: _given, ...value } = inputAt(v.of, v.from + i)
    return value as Value
  })

/** Whether a layer has more inputs than this. */
export function hasMoreInputs(of: MadeLayer, count: number): ReturnType<typeof any> {
  const rest = of.operands.slice(count)
  if (rest.length === 0) return FALSE
  if (rest.some((o) => o.type !== 'free' || !o.optional) && !rest.some((o) => o.type === 'rest')) return TRUE
  return any(
    ...rest.map((o) =>
      o.type === 'rest' ? is(`len(${o.name}.size) > 0`) : is(`given ${o.type === 'free' ? o.name : ''}`),
    ),
  )
}

/** The methods of what Python, numpy and onnxscript make. */
import { FALSE, is, not } from './conditions'
import type { Machine } from './machine'
import { attributeOf } from './members'
import { opCall } from './op-calls'
import { ofAll } from './python-functions'
import type { SyntaxNode } from './syntax'
import { reshaped, single } from './tensors'
import { asTerm, every, known, lengthText, some, term } from './terms'
import type { Arguments, Value } from './values'
import { NONE, truth } from './values'

/** A method of what Python or onnxscript made. @returns null for one that nobody knows */
export function callMethod(m: Machine, of: Value, name: string, args: Arguments, at: SyntaxNode): Value | null {
  switch (of.type) {
    case 'op':
      return opCall(m, name, args, at)
    case 'value':
      return ofValue(m, of, name)
    case 'result-of-check':
      return name === 'fail' ? { type: 'failed' } : null
    case 'attribute':
      return ofAttribute(of, name)
    case 'attributes':
      return ofAttributes(m, of, name, args)
    case 'tensor':
      return ofTensor(m, of, name, args)
    case 'term':
      return ofTerm(m, of, name, args)
    case 'bool':
      return name === 'all' || name === 'any' ? truth(ofAll(m, name, of)!) : null
    case 'list':
      return ofList(m, of, name, args)
    case 'dictionary':
      return ofDictionary(of, name, args)
    case 'inputs':
      return null
    default:
      return null
  }
}

function ofValue(m: Machine, of: Extract<Value, { type: 'value' }>, name: string): Value | null {
  const o = of.of
  const isRest = o.type === 'rest'
  switch (name) {
    case 'producer':
      return o.type === 'result' ? { type: 'node', of: o.of } : null
    case 'is_initializer':
      return truth(is(`${m.left.nameOf(o)}.isConstant`, isRest))
    case 'is_graph_input':
      return truth(is(`${m.left.nameOf(o)}.isInput`, isRest))
    case 'is_graph_output':
      return truth(is(`${m.left.nameOf(o)}.isOutput`, isRest))
    case 'uses':
      return { type: 'uses', of: o }
    default:
      return null
  }
}

function ofAttribute(of: Extract<Value, { type: 'attribute' }>, name: string): Value | null {
  if (name === 'is_ref') return truth(FALSE)
  const [, kind, many] = /^as_(int|float|string)(s?)$/.exec(name) ?? []
  return kind === undefined ? null : term(of.text, many ? 'list' : 'number')
}

function ofAttributes(
  m: Machine,
  of: Extract<Value, { type: 'attributes' }>,
  name: string,
  { given }: Arguments,
): Value | null {
  const [key, second] = given
  if (name === 'copy') return { ...of, set: new Map(of.set) }
  if (name === 'add' && key?.type === 'list' && key.items[0]?.type === 'string') {
    if (m.isInLoop) return null
    of.set.set(key.items[0].value, key.items[1]!)
    return NONE
  }
  if (!/^get(_\w+)?$/.test(name) || key?.type !== 'string') return null
  const found = of.set.get(key.value) ?? attributeOf(m, of.of, key.value)
  const isList = /ints|floats|strings/.test(name)
  if (found.type === 'none') return second ?? NONE
  if (found.type !== 'attribute') return found
  if (name === 'get') return found
  if (!found.given) return term(found.text, isList ? 'list' : 'number')
  if (!second || second.type === 'none') return { ...term(found.text, isList ? 'list' : 'number'), given: found.given }
  const otherwise = asTerm(m.sure(second))
  return otherwise && term(`(${found.text} ?? ${otherwise.text})`, isList ? 'list' : 'number')
}

function ofTensor(
  m: Machine,
  of: Extract<Value, { type: 'tensor' }>,
  name: string,
  { given }: Arguments,
): Value | null {
  const t = asTerm(of)
  switch (name) {
    case 'numpy':
    case 'astype':
    case 'copy':
      return of
    case 'flatten':
      return t && { ...of, numbers: { type: 'term', text: t.text, is: 'each' } }
    case 'tolist':
      return t && (t.is === 'number' ? t : { ...t, is: 'list' })
    case 'item': {
      const found = single(m, of)
      if (!found) return null
      m.assume(found.one)
      return found.value
    }
    case 'reshape': {
      const shape: Value =
        given.length === 1 && given[0]!.type !== 'number'
          ? given[0]!
          : { type: 'list', items: [...given], depth: m.depth }
      return reshaped(of, shape)
    }
    default:
      return null
  }
}

function ofTerm(m: Machine, of: Extract<Value, { type: 'term' }>, name: string, { given }: Arguments): Value | null {
  const [a] = given
  switch (name) {
    case 'rank':
      return term(lengthText(of.text))
    case 'numpy':
      if (of.is === 'list') m.assume(every(known({ ...of, is: 'each' })))
      return of
    case 'tolist':
    case 'item':
    case 'as_int':
    case 'as_float':
    case 'as_ints':
      return of
    case 'has_unknown_dim':
      return truth(some(not(known({ ...of, is: 'each' }))))
    case 'is_static':
    case 'is_dynamic': {
      const i = a && asTerm(m.sure(a))
      const isKnown = i ? is(`known(${of.text}[${i.text}])`) : every(known({ ...of, is: 'each' }))
      return truth(name === 'is_static' ? isKnown : not(isKnown))
    }
    case 'all':
    case 'any':
      return truth(ofAll(m, name, of)!)
    default:
      return null
  }
}

function ofList(m: Machine, of: Extract<Value, { type: 'list' }>, name: string, { given }: Arguments): Value | null {
  const [a] = given
  if (!a) return null
  const before = of.items
  if (name === 'append') {
    if (m.appendInLoop(of, a)) return NONE
    m.change(
      () => (of.items = [...before, a]),
      () => (of.items = before),
    )
    return NONE
  }
  if (name === 'extend' && a.type === 'list' && of.depth >= m.depth) {
    m.change(
      () => (of.items = [...before, ...a.items]),
      () => (of.items = before),
    )
    return NONE
  }
  return null
}

function ofDictionary(of: Extract<Value, { type: 'dictionary' }>, name: string, { given }: Arguments): Value | null {
  const [key, second] = given
  if (name !== 'get' || key?.type !== 'string') return null
  return of.entries.get(key.value) ?? second ?? NONE
}

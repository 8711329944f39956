/** `op.Conv(x, w, pads=…)`: layers of the pattern, and of what stands for it. */
import { MadeLayer, schemaOf } from './layers'
import type { Operand } from './layers'
import { untold } from './machine'
import type { Machine } from './machine'
import { literalText } from './literals'
import { Untold } from './syntax'
import type { SyntaxNode } from './syntax'
import { operandOf, tensorOf } from './tensors'
import { asTerm } from './terms'
import type { Arguments, Value } from './values'
import { NONE } from './values'

/** A layer of Python's operators (`x * 2`); null where no operand is a value of the network. */
export function layerOf(m: Machine, kind: string, given: readonly Value[]): Value | null {
  if (!given.some((v) => v.type === 'value' || v.type === 'parameter')) return null
  const operands = given.map((v) => operand(m, v))
  return operands.every((o) => o !== null) ? added(m, new MadeLayer(kind, operands, 1)) : null
}

function added(m: Machine, layer: MadeLayer): Value {
  if (m.side === 'left') m.left.layers.push(layer)
  const values = layer.names.map((_, index): Value => ({ type: 'value', of: { type: 'result', of: layer, index } }))
  return values.length === 1 ? values[0]! : { type: 'list', items: values, depth: m.depth }
}

/** null for what is no operand. */
function operand(m: Machine, v: Value): Operand | null {
  if (v.type === 'parameter') return m.parameterAsValue(v.name)
  if (v.type === 'builtin' && /(^|\.)ANY_VALUE$/.test(v.name) && m.side === 'left')
    return { type: 'free', name: m.left.fresh('any') }
  if (v.type !== 'list' || m.side === 'right') return operandOf(v)
  const list = asTerm(v)
  if (!list) return null
  const name = m.left.fresh(`c${m.left.conditions.length + 1}`)
  m.left.conditions.push(`${name}.value == ${list.text}`)
  return { type: 'free', name: `@${name}` }
}

export function opCall(m: Machine, name: string, args: Arguments, at: SyntaxNode): Value {
  if (name === 'Constant') return constant(m, args, at)
  if (name === 'initializer') return args.given[0] ?? NONE
  if (name !== 'op') return call(m, name, args.given, args, at)
  const [kind, ...given] = args.given
  if (kind?.type !== 'string') throw new Untold('this layer is put together by code', at)
  return call(m, kind.value, given, args, at)
}

function call(m: Machine, name: string, given: readonly Value[], { named }: Arguments, at: SyntaxNode): Value {
  if (!/^[A-Za-z]\w*$/.test(name)) throw untold(m, at, 'is code that a rule does not have')
  const domain = named.get('_domain')
  const prefix =
    domain?.type === 'string' && domain.value !== '' && domain.value !== 'ai.onnx' ? `${domain.value}.` : ''
  const kind = prefix + name
  // What may be absent is handed on as that.
  const handed = (v: Value): Value => (v.type === 'none' || v.type === 'value' ? v : m.sure(v))
  const operands = given.map((v, i) => operand(m, handed(v)) ?? fail(notAnOperand(m, v, i, at)))
  if (m.side === 'left' && isTrue(named.get('_allow_other_inputs')))
    operands.push(...otherInputs(m, kind, operands.length))
  const outputs = named.get('_outputs')
  const layer = new MadeLayer(kind, operands, resultsOf(outputs))
  for (const [key, value] of named) if (!key.startsWith('_') && key !== '**') attribute(m, layer, key, value, at)
  passOn(m, layer, named.get('**'), at)
  const made = added(m, layer)
  if (m.side === 'left') nameResults(m, layer, outputs)
  return made
}

const resultsOf = (outputs: Value | undefined): number =>
  outputs?.type === 'number' ? outputs.value : outputs?.type === 'list' ? outputs.items.length : 1

const isTrue = (v: Value | undefined): boolean => v?.type === 'bool' && v.is.op === 'all' && v.is.of.length === 0

function nameResults(m: Machine, layer: MadeLayer, outputs: Value | undefined): void {
  if (outputs?.type !== 'list') return
  outputs.items.forEach((v, index) => {
    if (v.type !== 'string') return
    layer.names[index] = m.left.fresh(v.value)
    m.bind(v.value, { type: 'value', of: { type: 'result', of: layer, index } })
  })
}

/** The operands that a pattern does not name, as the operator has them. */
function otherInputs(m: Machine, kind: string, from: number): Operand[] {
  const inputs = schemaOf(kind)?.inputs ?? []
  const last = inputs.at(-1)
  if (last?.variadic) return [{ type: 'rest', name: m.left.fresh(`more`) }]
  return inputs
    .slice(from)
    .map((s): Operand => ({ type: 'free', name: m.left.fresh(s.name), ...(s.optional && { optional: true }) }))
}

function attribute(m: Machine, layer: MadeLayer, key: string, value: Value, at: SyntaxNode): void {
  const text = attributeText(m, value)
  if (text === null) throw new Untold(`${attributeSource(m, key, at)} is worked out by code`, at)
  const usual = value.type === 'none' && m.side === 'right' ? usualOf(layer.kind, key) : text
  if (usual !== '') layer.attributes.set(key, usual)
}

/** None is what an attribute is by default; nothing where it has none. */
function usualOf(kind: string, name: string): string {
  const usual = schemaOf(kind)?.attributes[name]?.default
  return typeof usual === 'number' ? String(usual) : typeof usual === 'string' ? `"${usual}"` : ''
}

const attributeSource = (m: Machine, key: string, at: SyntaxNode): string =>
  new RegExp(`\\b${key}=([^,]*(?:\\([^)]*\\))?)`)
    .exec(m.textOf(at))?.[1]
    ?.replace(/\)+$/, (s) => (s.length > 1 ? s.slice(1) : '')) ?? key

/** As a rule writes it; nothing for one that is not given; null for what a rule has no words for. */
function attributeText(m: Machine, v: Value): string | null {
  if (v.type === 'none') return ''
  if (v.type === 'parameter') return m.parameterAsAttribute(v.name)
  if (v.type === 'attribute') return v.text + (v.given && m.side === 'right' ? '?' : '')
  const literal = literalText(v)
  if (literal !== null) return literal
  if (m.side === 'left') return null
  if (v.type === 'tensor') return tensorText(v)
  const t = asTerm(m.sure(v))
  return t && `{${t.text}}`
}

function tensorText(v: Extract<Value, { type: 'tensor' }>): string | null {
  const t = v.numbers && asTerm(v.numbers)
  return t && v.dtype !== null ? `{tensor(${t.text}, ${v.dtype})}` : null
}

function passOn(m: Machine, layer: MadeLayer, v: Value | undefined, at: SyntaxNode): void {
  if (v?.type !== 'attributes') return
  m.left.passOn(v.of)
  layer.passedOn = v.of
  for (const [key, value] of v.set) attribute(m, layer, key, value, at)
}

/** `op.Constant(value_float=1.0)`, `op.Constant(value=ir.tensor(…))` */
function constant(m: Machine, { named }: Arguments, at: SyntaxNode): Value {
  for (const key of ['value', 'value_float', 'value_int', 'value_ints', 'value_floats']) {
    const value = named.get(key)
    if (!value) continue
    if (m.side === 'left') return value.type === 'tensor' && value.numbers ? value.numbers : value
    const dtype = key.startsWith('value_int') ? 'int64' : null
    return tensorOf(value, dtype) ?? fail(untold(m, at))
  }
  throw new Untold('this constant is worked out by code', at)
}

function notAnOperand(m: Machine, v: Value, i: number, at: SyntaxNode): Error {
  if (v.type === 'attribute')
    return new Untold(`${v.text.slice(1)} is an attribute on the left, and an operand here`, at)
  return untold(m, at, `has operand ${i + 1}, which a rule cannot say`)
}

function fail(error: Error): never {
  throw error
}

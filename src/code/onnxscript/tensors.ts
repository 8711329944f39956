/** Numpy on constants: what it makes is worked out by layers, or told as numbers. */
import { codeOf, usualType } from '../../engine'
import { compared, is, TRUE } from './conditions'
import type { Condition } from './conditions'
import { MadeLayer } from './layers'
import type { Operand } from './layers'
import type { Machine } from './machine'
import { arithmetic, asTerm, chosenTerm, numberText, term } from './terms'
import { conditionText } from './conditions'
import type { TensorValue, TermValue, Value } from './values'
import { number } from './values'

/** The numbers of a constant of the pattern. */
export function tensorOfConstant(m: Machine, of: Operand, isFlat: boolean): TensorValue {
  const name = m.left.nameOf(of)
  const flat = isFlat ? { whole: true } : { flat: compared(`${name}.rank`, '==', '1') }
  return {
    type: 'tensor',
    operand: of,
    numbers: term(`${name}.value`, 'each', flat),
    shape: term(`${name}.shape`, of.type === 'rest' ? 'each' : 'list'),
    dtype: null,
    given: is(`${name}.isConstant`, of.type === 'rest'),
  }
}

const ofNumbers = (numbers: Value, dtype: string | null): TensorValue => ({
  type: 'tensor',
  operand: null,
  numbers,
  shape: null,
  dtype,
})

/** `np.array(x, dtype)`, `ir.tensor(x, dtype=…)`; null for what has no numbers. */
export function tensorOf(v: Value, dtype: string | null): Value | null {
  if (v.type === 'tensor') return { ...v, dtype: dtype ?? v.dtype }
  if (v.type === 'list' && v.items.length === 1 && v.items[0]!.type === 'tensor' && v.items[0]!.operand === null)
    return tensorOf(v.items[0]!, dtype)
  const numbers = asTerm(v)
  return numbers ? ofNumbers(v.type === 'list' ? v : numbers, dtype) : null
}

const LAYERS: Readonly<Record<string, string>> = {
  '+': 'Add',
  '-': 'Sub',
  '*': 'Mul',
  '/': 'Div',
  '**': 'Pow',
  maximum: 'Max',
  minimum: 'Min',
  sqrt: 'Sqrt',
}

/** `w * s` and the like, of which one is a tensor; null where it is nothing that a rule can work out. */
export function reckonTensors(op: string, given: readonly Value[]): TensorValue | null {
  const kind = LAYERS[op]
  const [a, b] = given
  const operands = given.map((v) => operandOf(v))
  const operand = kind !== undefined && operands.every((o) => o !== null) ? folded(kind, operands) : null
  const numbers = a && b ? numbersOf(op, a, b) : null
  return operand || numbers ? { type: 'tensor', operand, numbers, shape: null, dtype: null } : null
}

/** Element by element, where one of both is a number, or both have one dimension. */
function numbersOf(op: string, a: Value, b: Value): Value | null {
  const [x, y] = [each(a), each(b)]
  if (!x || !y || (a.type === 'tensor' && b.type === 'tensor' && (x.flat ?? y.flat))) return null
  if (op === 'maximum' || op === 'minimum') return term(`${op.slice(0, 3)}(${x.text}, ${y.text})`, 'each')
  return arithmetic(op, x, y)
}

const each = (v: Value): TermValue | null => {
  const t = asTerm(v)
  return t && t.is === 'list' ? { ...t, is: 'each' } : t
}

export function folded(
  kind: string,
  operands: readonly Operand[],
  attributes: Readonly<Record<string, string>> = {},
): Operand {
  const layer = new MadeLayer(kind, operands, 1, true)
  for (const [name, text] of Object.entries(attributes)) layer.attributes.set(name, text)
  return { type: 'result', of: layer, index: 0 }
}

/** A value as an operand of a layer; null for what is none. */
export function operandOf(v: Value): Operand | null {
  switch (v.type) {
    case 'none':
      return { type: 'text', text: 'none' }
    case 'value':
      return v.of
    case 'number':
      return { type: 'text', text: numberText(v.value) }
    case 'tensor':
      return v.operand ?? (v.numbers ? textOperand(v.numbers, v.dtype) : null)
    default:
      return v.type === 'bool' ? null : textOperand(v, null)
  }
}

function textOperand(v: Value, dtype: string | null): Operand | null {
  const t = asTerm(v)
  if (!t || dtype?.startsWith('$')) return null
  const type = dtype === null ? '' : `: ${dtype}`
  const text = /^-?[\d.]+(e-?\d+)?$/.test(t.text) ? t.text : `{${t.text}}`
  return { type: 'text', text: text + type }
}

/** numpy's functions of tensors; null for others, and for what cannot be said. */
export function numpyCall(
  m: Machine,
  name: string,
  given: readonly Value[],
  named: ReadonlyMap<string, Value>,
): Value | null {
  const [a, b, c] = given
  if (!a) return null
  switch (name) {
    case 'maximum':
    case 'minimum':
      if (a.type === 'number' && b?.type === 'number')
        return number(name === 'maximum' ? Math.max(a.value, b.value) : Math.min(a.value, b.value))
      return b ? reckonTensors(name, [a, b]) : null
    case 'sqrt':
      if (a.type === 'number') return number(Math.sqrt(a.value))
      return a.type === 'term' && a.is !== 'list' ? term(`sqrt(${a.text})`, a.is) : reckonTensors(name, [a])
    case 'max':
    case 'min':
      return extreme(name, a)
    case 'prod': {
      const t = asTerm(a)
      return t && term(`prod(${t.text})`)
    }
    case 'where': {
      if (a.type !== 'bool' || !b || !c) return null
      const [x, y] = [each(b), each(c)]
      return x && y && chosenTerm(a.is, conditionText(a.is), x, y)
    }
    case 'count_nonzero':
      return a.type === 'bool' ? term(`sum(choose(${conditionText(a.is)}, 1, 0))`) : null
    case 'zeros_like': {
      const shape = a.type === 'tensor' && a.shape ? asTerm(a.shape) : null
      return (
        shape && {
          type: 'tensor',
          operand: { type: 'text', text: `full(${shape.text}, 0)` },
          numbers: null,
          shape,
          dtype: null,
        }
      )
    }
    case 'reshape':
      return b ? reshaped(a, b) : null
    case 'sum':
      return summed(a, named)
    case 'size':
      return sizeOf(m, a)
    case 'isscalar':
      return a.type === 'tensor' ? { type: 'bool', is: { op: 'any', of: [] } } : null
    default:
      return null
  }
}

/** `np.max([c.numpy() for c in …])` */
function extreme(name: string, v: Value): Value | null {
  const texts = (v.type === 'list' ? v.items : [v]).map((x) => asTerm(x)?.text)
  if (!texts.every((t) => t !== undefined)) return null
  return term(texts.length === 1 ? `${name}(${texts[0]})` : `${name}(${texts.join(' ++ ')})`)
}

export function reshaped(v: Value, shape: Value): Value | null {
  const [operand, list] = [operandOf(v), asTerm(shape)]
  if (!operand || !list || v.type !== 'tensor') return null
  const to: Operand = { type: 'text', text: `{${list.text}}` }
  return { type: 'tensor', operand: folded('Reshape', [operand, to]), numbers: null, shape, dtype: null }
}

/** `s[:, None, ...]` */
export function unsqueezed(v: TensorValue, axes: readonly number[]): Value | null {
  const operand = operandOf(v)
  const to: Operand = { type: 'text', text: `{[${axes.join(', ')}]}` }
  return (
    operand && { type: 'tensor', operand: folded('Unsqueeze', [operand, to]), numbers: null, shape: null, dtype: null }
  )
}

function summed(v: Value, named: ReadonlyMap<string, Value>): Value | null {
  const [axis, keepdims] = [named.get('axis'), named.get('keepdims')]
  const axes = axis?.type === 'number' ? `[${axis.value}]` : axis && asTerm(axis)?.text
  const operand = operandOf(v)
  if (axes === undefined || !operand || v.type !== 'tensor') return null
  const keeps = keepdims?.type === 'bool' && keepdims.is === TRUE ? '1' : '0'
  const over: Operand = { type: 'text', text: `{${axes}}` }
  return {
    type: 'tensor',
    operand: folded('ReduceSum', [operand, over], { keepdims: keeps }),
    numbers: null,
    shape: null,
    dtype: null,
  }
}

export function sizeOf(m: Machine, v: Value): Value | null {
  if (v.type === 'tensor' && v.operand && v.operand.type !== 'text' && !isFoldedOperand(v.operand))
    return term(`${m.left.nameOf(v.operand)}.size`, v.operand.type === 'rest' ? 'each' : 'number')
  const t = asTerm(v)
  return t && term(`len(${t.text})`)
}

const isFoldedOperand = (o: Operand): boolean => o.type === 'result' && o.of.isFolded

/** Whether a constant has one element, and that element. */
export function single(m: Machine, v: Value): { readonly one: Condition; readonly value: TermValue } | null {
  if (v.type !== 'tensor') return null
  const t = asTerm(v)
  if (!t) return null
  const size = sizeOf(m, v)
  const one = size && asTerm(size)
  const isOne = one && !/^len\((max|min)\(/.test(one.text) ? compared(one.text, '==', '1', one.is === 'each') : TRUE
  const { flat: _flat, ...number } = t
  return {
    one: v.operand === null && t.is === 'number' ? TRUE : isOne,
    value: { ...number, is: v.operand?.type === 'rest' ? 'each' : 'number' },
  }
}

/** A type as a rule writes it: `ir.DataType.FLOAT16`, "int64"; null for none. */
export function typeName(text: string): string | null {
  const usual = usualType(text)
  return codeOf(usual) === undefined ? null : usual
}

import type { Tensor } from '../../../engine'
import { dtypeOfDataType } from '../data-type'
import { cannotRaise } from './error'
import type { Raise, RaisedLayer } from './raised-layer'

const BINARY: Readonly<Record<string, string>> = {
  SUM: 'Add', PROD: 'Mul', MAX: 'Max', MIN: 'Min', SUB: 'Sub', DIV: 'Div', POW: 'Pow', AND: 'And', OR: 'Or', XOR: 'Xor',
  EQUAL: 'Equal', GREATER: 'Greater', LESS: 'Less',
} // prettier-ignore

const elementwise: Raise = (l) => {
  const [a, b] = [l.input(0), l.input(1)]
  const op = l.text('op')
  const kind = BINARY[op]
  if (kind) return l.b.op(kind, [a, b])
  if (op !== 'FLOOR_DIV') return cannotRaise(`ELEMENTWISE ${op} has no form in ONNX`)
  const quotient = l.b.op('Div', [a, b])
  return a.dtype?.includes('float') ? l.b.op('Floor', [quotient]) : roundedDown(l, a, b, quotient)
}

/** ONNX cuts off quotients of whole numbers: one less where something is left and the signs differ. */
function roundedDown({ b: builder }: RaisedLayer, a: Tensor, b: Tensor, quotient: Tensor): Tensor {
  const exact = builder.op('Equal', [builder.op('Mul', [quotient, b]), a])
  const zero = builder.like(a, 0)
  const differ = builder.op('Xor', [builder.op('Less', [a, zero]), builder.op('Less', [b, zero])])
  const less = builder.op('And', [differ, builder.op('Not', [exact])])
  return builder.op('Sub', [quotient, builder.cast(less, a.dtype ?? 'int64')])
}

const UNARY: Readonly<Record<string, string>> = {
  EXP: 'Exp', LOG: 'Log', SQRT: 'Sqrt', RECIP: 'Reciprocal', ABS: 'Abs', NEG: 'Neg', SIN: 'Sin', COS: 'Cos', TAN: 'Tan',
  SINH: 'Sinh', COSH: 'Cosh', ASIN: 'Asin', ACOS: 'Acos', ATAN: 'Atan', ASINH: 'Asinh', ACOSH: 'Acosh', ATANH: 'Atanh',
  CEIL: 'Ceil', FLOOR: 'Floor', ERF: 'Erf', NOT: 'Not', SIGN: 'Sign', ROUND: 'Round', ISINF: 'IsInf', ISNAN: 'IsNaN',
} // prettier-ignore

const unary: Raise = (l) =>
  l.b.op(UNARY[l.text('op')] ?? cannotRaise(`UNARY ${l.text('op')} has no form in ONNX`), [l.input(0)])

const PLAIN: Readonly<Record<string, string>> = { SIGMOID: 'Sigmoid', TANH: 'Tanh', SOFTSIGN: 'Softsign' }

/** ONNX Runtime chooses between booleans by no kernel. */
const select: Raise = (l) => {
  const [condition, a, b] = [l.input(0), l.input(1), l.input(2)]
  const dtype = a.dtype ?? 'float32'
  if (dtype !== 'bool' && dtype !== 'int8') return l.b.op('Where', [condition, a, b])
  return l.b.cast(l.b.op('Where', [condition, l.b.cast(a, 'int32'), l.b.cast(b, 'int32')]), dtype)
}

const activation: Raise = (l) => {
  const x = l.input(0)
  const type = l.text('type')
  const [alpha, beta] = [l.number('alpha') ?? 0, l.number('beta') ?? 0]
  const { b } = l
  const scaled = (y: Tensor, by: number): Tensor => (by === 1 ? y : b.op('Mul', [y, b.like(y, by)]))
  switch (type) {
    case 'RELU':
      return x.dtype?.startsWith('int') ? b.op('Max', [x, b.like(x, 0)]) : b.op('Relu', [x])
    case 'LEAKY_RELU':
      return b.op('LeakyRelu', [x], { alpha })
    case 'ELU':
      return b.op('Elu', [x], { alpha })
    case 'SELU':
      return b.op('Selu', [x], { alpha, gamma: beta })
    case 'SOFTPLUS':
      return scaled(b.op('Softplus', [scaled(x, beta)]), alpha)
    case 'SCALED_TANH':
      return scaled(b.op('Tanh', [scaled(x, beta)]), alpha)
    case 'CLIP':
      return b.op('Max', [b.op('Min', [x, b.like(x, beta)]), b.like(x, alpha)])
    case 'HARD_SIGMOID':
      return b.op('HardSigmoid', [x], { alpha, beta })
    case 'THRESHOLDED_RELU':
      return b.op('ThresholdedRelu', [x], { alpha })
    case 'GELU_ERF':
      return gelu(l, x)
    case 'GELU_TANH':
      return tanhGelu(l, x)
    default:
      return b.op(PLAIN[type] ?? cannotRaise(`ACTIVATION ${type} has no form in ONNX`), [x])
  }
}

/** 0.5 x (1 + erf(x / √2)) */
function gelu({ b }: RaisedLayer, x: Tensor): Tensor {
  if (b.opset >= 20) return b.op('Gelu', [x])
  const inner = b.op('Erf', [b.op('Mul', [x, b.like(x, Math.SQRT1_2)])])
  return b.op('Mul', [b.op('Mul', [x, b.like(x, 0.5)]), b.op('Add', [inner, b.like(x, 1)])])
}

/** 0.5 x (1 + tanh(√(2/π) (x + 0.044715 x³))) */
function tanhGelu({ b }: RaisedLayer, x: Tensor): Tensor {
  if (b.opset >= 20) return b.op('Gelu', [x], { approximate: 'tanh' })
  const cube = b.op('Mul', [b.op('Mul', [x, x]), x])
  const sum = b.op('Add', [x, b.op('Mul', [cube, b.like(x, 0.044715)])])
  const inner = b.op('Tanh', [b.op('Mul', [sum, b.like(x, Math.sqrt(2 / Math.PI))])])
  return b.op('Mul', [b.op('Mul', [x, b.like(x, 0.5)]), b.op('Add', [inner, b.like(x, 1)])])
}

/** (x · scale + shift) ^ power, for all, for each channel, or for each element. */
const scale: Raise = (l) => {
  const rank = l.rank()
  const axis = l.number('channel_axis') ?? rank - 3
  const behind = new Array<number>(Math.max(rank - axis - 1, 0)).fill(1)
  const mode = l.text('mode')
  const own = (l.input(0).shape ?? []).slice(axis)
  const part = (name: string): Tensor | null => {
    const value = l.tensor(name)
    if (!value || value.size === 0) return null
    const shape = mode === 'CHANNEL' ? [value.size, ...behind] : mode === 'ELEMENTWISE' ? own : []
    if (!shape.every((d) => typeof d === 'number'))
      return cannotRaise(`the sizes that ${name} of ${l.record.name} is of are not known`)
    return l.b.network.addConstant(value.reshaped(shape), `${l.record.name}.${name}`)
  }
  let y = l.input(0)
  for (const [name, kind] of [
    ['scale', 'Mul'],
    ['shift', 'Add'],
    ['power', 'Pow'],
  ] as const) {
    const by = part(name)
    if (by) y = l.b.op(kind, [y, by])
  }
  return y
}

const cast: Raise = (l) => {
  const to = l.text('to_type')
  const dtype = dtypeOfDataType(to) ?? cannotRaise(`ONNX has no element type ${to}`)
  const x = l.input(0)
  return x.dtype === dtype ? l.b.op('Identity', [x]) : l.b.cast(x, dtype)
}

export const elementwiseRaising = {
  ELEMENTWISE: elementwise,
  UNARY: unary,
  ACTIVATION: activation,
  PARAMETRIC_RELU: (l) => l.b.op('PRelu', [l.input(0), l.input(1)]),
  SELECT: select,
  SCALE: scale,
  CAST: cast,
  IDENTITY: (l) => l.b.op('Identity', [l.input(0)]),
} satisfies Readonly<Record<string, Raise>>

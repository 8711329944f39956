import type { DType, Tensor } from '../../../engine'
import { dtypeOfNumber } from '../../onnx'
import { rankOf, typeOf } from './builder'
import type { Builder } from './builder'
import type { Lower, OnnxNode } from './node'
import { unsupported } from './unsupported'

export const isFloat = (dtype: DType | null): boolean =>
  dtype === 'float32' || dtype === 'float16' || dtype === 'bfloat16'

const isInt = (dtype: DType | null): boolean => dtype === 'int32' || dtype === 'int64'

/** ELEMENTWISE on operands of any number, two at a time. */
const binary =
  (op: string): Lower =>
  (n) =>
    n.inputs().reduce((a, b) => n.b.elementwise(op, a, b))

const one =
  (a: number): ((n: OnnxNode) => Tensor) =>
  (n) =>
    n.input(a)

/** Comparisons of BOOL are comparisons of numbers. */
const comparable = (n: OnnxNode, i: number): Tensor =>
  n.dtype(i) === 'bool' ? n.b.cast(n.input(i), 'int32') : n.input(i)

const compare =
  (op: string, orEqual = false): Lower =>
  (n) => {
    const [a, b] = [comparable(n, 0), comparable(n, 1)]
    const strict = n.b.elementwise(op, a, b)
    return orEqual ? n.b.elementwise('OR', strict, n.b.elementwise('EQUAL', a, b)) : strict
  }

const unary =
  (op: string, types: (dtype: DType | null) => boolean = isFloat): Lower =>
  (n) => {
    const x = one(0)(n)
    if (!types(x.dtype)) unsupported(`UNARY ${op} takes no ${x.dtype}`)
    return n.b.unary(op, x)
  }

const neg: Lower = (n) => {
  const x = n.input(0)
  return isInt(x.dtype) ? n.b.elementwise('SUB', n.b.like(x, 0), x) : unary('NEG')(n)
}

const abs: Lower = (n) => {
  const x = n.input(0)
  return isInt(x.dtype) ? n.b.elementwise('MAX', x, n.b.elementwise('SUB', n.b.like(x, 0), x)) : unary('ABS')(n)
}

const isInf: Lower = (n) =>
  n.int('detect_negative', 1) === 1 && n.int('detect_positive', 1) === 1
    ? unary('ISINF')(n)
    : unsupported('ISINF finds both infinities')

const activation =
  (type: string, attributes: readonly [name: string, usual: number][] = []): Lower =>
  (n) => {
    const x = n.input(0)
    if (!isFloat(x.dtype)) {
      if (type === 'RELU' && isInt(x.dtype)) return n.b.elementwise('MAX', x, n.b.like(x, 0))
      unsupported(`ACTIVATION ${type} takes no ${x.dtype}`)
    }
    const [alpha, beta] = attributes.map(([name, usual]) => (name === '' ? usual : numberOf(n, name, usual)))
    return n.b.activation(type, x, alpha, beta)
  }

function numberOf(n: OnnxNode, name: string, usual: number): number {
  const v = n.attribute(name)
  return typeof v === 'number' ? v : usual
}

/** SELU(x) is β·x or β·(α·eˣ − α). */
const selu: Lower = (n) =>
  n.b.activation('SELU', n.input(0), numberOf(n, 'alpha', 1.6732631921768188), numberOf(n, 'gamma', 1.0507010221481323))

const gelu: Lower = (n) =>
  n.b.activation(n.text('approximate', 'none') === 'tanh' ? 'GELU_TANH' : 'GELU_ERF', n.input(0))

const fastGelu: Lower = (n) =>
  n.b.activation('GELU_TANH', n.has(1) ? n.b.elementwise('SUM', n.input(0), n.input(1)) : n.input(0))

/** x · σ(α x) */
const swish =
  (usual: number): Lower =>
  (n) => {
    const x = n.input(0)
    const alpha = numberOf(n, 'alpha', usual)
    const inner = alpha === 1 ? x : n.b.elementwise('PROD', x, n.b.like(x, alpha))
    return n.b.elementwise('PROD', x, n.b.activation('SIGMOID', inner))
  }

const hardSwish: Lower = (n) =>
  n.b.elementwise('PROD', n.input(0), n.b.activation('HARD_SIGMOID', n.input(0), 1 / 6, 0.5))

const mish: Lower = (n) => {
  const soft = n.b.activation('SOFTPLUS', n.input(0), 1, 1)
  return n.b.elementwise('PROD', n.input(0), n.b.activation('TANH', soft))
}

/** The largest number of each float type: what a bound is that is not given, so that infinities are bounded too. */
const LARGEST: Readonly<Partial<Record<DType, number>>> = {
  float32: 2 ** 127 * (2 - 2 ** -23),
  float16: 65504,
  bfloat16: 2 ** 127 * (2 - 2 ** -7),
}

/** Bounds that are known are an ACTIVATION, as long as the lower one is not above the other. */
const clip: Lower = (n) => {
  const x = n.input(0)
  if (n.opset < 11) unsupported('bounds of this operator set')
  const most = (x.dtype && LARGEST[x.dtype]) ?? null
  const bound = (i: number, usual: number | null): number | null => (n.has(i) ? n.scalar(i) : usual)
  const [low, high] = [bound(1, most === null ? null : -most), bound(2, most)]
  if (Number.isNaN(low) || Number.isNaN(high)) unsupported('a bound is no number')
  if (isFloat(x.dtype) && low !== null && high !== null && low <= high) return n.b.activation('CLIP', x, low, high)
  const side = (i: number, op: string, y: Tensor, usual: number | null): Tensor => {
    if (n.has(i)) return n.b.elementwise(op, y, n.input(i))
    return usual === null ? y : n.b.elementwise(op, y, n.b.like(y, usual))
  }
  const bounded = side(2, 'MIN', side(1, 'MAX', x, most === null ? null : -most), most)
  return bounded === x ? n.b.layer('IDENTITY', [x]) : bounded
}

/** Powers of integers are taken in floats, as TensorRT has none. */
const pow: Lower = (n) => {
  const [x, y] = [n.input(0), n.input(1)]
  const type = typeOf(x)
  if (isFloat(type)) return n.b.elementwise('POW', x, n.b.cast(y, type))
  const result = n.b.elementwise('POW', n.b.cast(x, 'float32'), n.b.cast(y, 'float32'))
  return n.b.cast(result, type)
}

const mean: Lower = (n) => {
  const sum = n.inputs().reduce((a, b) => n.b.elementwise('SUM', a, b))
  return n.inputCount === 1
    ? n.b.layer('IDENTITY', [sum])
    : n.b.elementwise('PROD', sum, n.b.like(sum, 1 / n.inputCount))
}

/** a − b · ⌊a / b⌋ has the sign of the divisor, as an ONNX Mod of integers. */
const mod: Lower = (n) => {
  if (n.int('fmod', 0) !== 0) unsupported('a remainder with the sign of the dividend')
  const [a, b] = [n.input(0), n.input(1)]
  return n.b.elementwise('SUB', a, n.b.elementwise('PROD', b, n.b.elementwise('FLOOR_DIV', a, b)))
}

const where: Lower = (n) => selected(n.b, n.input(0), n.input(1), n.input(2))

export function selected(b: Builder, condition: Tensor, yes: Tensor, no: Tensor): Tensor {
  const rank = Math.max(rankOf(condition), rankOf(yes), rankOf(no))
  return b.layer('SELECT', [b.aligned(condition, rank), b.aligned(yes, rank), b.aligned(no, rank)])
}

const cast: Lower = (n) => {
  const dtype = dtypeOfNumber(n.int('to', 0)) ?? unsupported('the type that it casts to')
  const to = dtype === 'float64' ? 'float32' : dtype
  const x = n.input(0)
  return x.dtype === to ? n.b.layer('IDENTITY', [x]) : n.b.cast(x, to)
}

const castLike: Lower = (n) => {
  const x = n.input(0)
  const to = typeOf(n.input(1))
  return x.dtype === to ? n.b.layer('IDENTITY', [x]) : n.b.cast(x, to)
}

const identity: Lower = (n) => n.b.layer('IDENTITY', [n.input(0)])

const dropout: Lower = (n) => (n.makes(1) ? unsupported('the mask of a Dropout') : identity(n))

const prelu: Lower = (n) => {
  const [x, slope] = [n.input(0), n.input(1)]
  // One slope for each channel stands behind the channels as ONNX broadcasts: the ranks are aligned at the end.
  return n.b.layer('PARAMETRIC_RELU', [x, n.b.aligned(slope, rankOf(x))])
}

export const elementwiseLowering: Readonly<Record<string, Lower>> = {
  Add: binary('SUM'),
  Sum: (n) => (n.inputCount === 1 ? identity(n) : binary('SUM')(n)),
  Sub: binary('SUB'),
  Mul: binary('PROD'),
  Div: binary('DIV'),
  Max: (n) => (n.inputCount === 1 ? identity(n) : binary('MAX')(n)),
  Min: (n) => (n.inputCount === 1 ? identity(n) : binary('MIN')(n)),
  Mean: mean,
  Pow: pow,
  Mod: mod,
  And: binary('AND'),
  Or: binary('OR'),
  Xor: binary('XOR'),
  Equal: compare('EQUAL'),
  Greater: compare('GREATER'),
  Less: compare('LESS'),
  GreaterOrEqual: compare('GREATER', true),
  LessOrEqual: compare('LESS', true),
  Not: unary('NOT', (d) => d === 'bool'),
  Neg: neg,
  Abs: abs,
  Sign: unary('SIGN', (d) => isFloat(d) || d === 'int32'),
  IsInf: isInf,
  IsNaN: unary('ISNAN'),
  ...Object.fromEntries(
    'Exp Log Sqrt Sin Cos Tan Sinh Cosh Asin Acos Atan Asinh Acosh Atanh Ceil Floor Erf Round'
      .split(' ')
      .map((name) => [name, unary(name.toUpperCase())]),
  ),
  Reciprocal: unary('RECIP'),
  Relu: activation('RELU'),
  Sigmoid: activation('SIGMOID'),
  Tanh: activation('TANH'),
  LeakyRelu: activation('LEAKY_RELU', [['alpha', 0.01]]),
  Elu: activation('ELU', [['alpha', 1]]),
  Selu: selu,
  Softsign: activation('SOFTSIGN'),
  Softplus: activation('SOFTPLUS', [
    ['', 1],
    ['', 1],
  ]),
  HardSigmoid: activation('HARD_SIGMOID', [
    ['alpha', 0.2],
    ['beta', 0.5],
  ]),
  ThresholdedRelu: activation('THRESHOLDED_RELU', [['alpha', 1]]),
  Clip: clip,
  Gelu: gelu,
  'com.microsoft.Gelu': gelu,
  'com.microsoft.FastGelu': fastGelu,
  Swish: swish(1),
  'com.microsoft.QuickGelu': swish(1.702),
  HardSwish: hardSwish,
  Mish: mish,
  PRelu: prelu,
  Where: where,
  Cast: cast,
  CastLike: castLike,
  Identity: identity,
  Dropout: dropout,
}

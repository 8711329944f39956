import type { DType, Tensor } from '../../../engine'
import { Tensor as TensorClass } from '../../../engine'
import type { ActivationType, ElementWiseOperation, UnaryOperation } from '../enums'
import { LayerType } from '../layer-type'
import { layer, rankOf, toTensor } from './core'
import type { Operand } from './core'
import { castTo, clipped, expandDimsLike } from './shape'

/** Two operands of one rank: a number becomes a CONSTANT of the other's type, the lower rank gets leading ones. */
export function broadcastHelper(left: Operand, right: Operand): [Tensor, Tensor] {
  const a = toTensor(left, right instanceof TensorClass ? right.dtype : null)
  const b = toTensor(right, a.dtype)
  const [p, q] = [rankOf(a), rankOf(b)]
  return [p < q ? expandDimsLike(a, b) : a, p > q ? expandDimsLike(b, a) : b]
}

/** An ELEMENTWISE layer of two operands, brought to one rank; of int32 and int64 both become int64. */
export function elementwiseBinary(left: Operand, right: Operand, op: ElementWiseOperation, name?: string): Tensor {
  const [a, b] = broadcastHelper(left, right)
  const x = a.dtype === 'int32' && b.dtype === 'int64' ? castTo(a, 'int64') : a
  const y = a.dtype === 'int64' && b.dtype === 'int32' ? castTo(b, 'int64') : b
  return checked(layer(LayerType.ELEMENTWISE, [x, y], { op }, { name }), x, y)
}

/** @throws RangeError where the shapes do not broadcast */
function checked(result: Tensor, a: Tensor, b: Tensor): Tensor {
  if (result.shape === null)
    throw new RangeError(
      `shapes of ${a.name} and ${b.name} do not broadcast: [${String(a.shape)}] and [${String(b.shape)}]`,
    )
  return result
}

const binary =
  (op: ElementWiseOperation) =>
  (left: Operand, right: Operand): Tensor =>
    elementwiseBinary(left, right, op)

export const add = binary('SUM')
export const sub = binary('SUB')
export const mul = binary('PROD')
export const div = binary('DIV')
export const floordiv = binary('FLOOR_DIV')
export const gt = binary('GREATER')
export const lt = binary('LESS')
export const eq = binary('EQUAL')
export const opAnd = binary('AND')
export const opOr = binary('OR')
export const opXor = binary('XOR')
export const minimum = binary('MIN')
export const maximum = binary('MAX')
export const pow = binary('POW')

/** x − (x // y) · y */
export const modulo = (x: Tensor, y: Operand): Tensor => sub(x, mul(floordiv(x, y), y))

/** The upper bound first. @throws RangeError where the bounds are the wrong way round */
export const intClip = (x: Tensor, lower: number, upper: number): Tensor => clipped(x, lower, upper)

type UnaryCall = [x: Tensor, op: UnaryOperation] | [op: UnaryOperation, x: Tensor]
/** In the module's order, or with the operation first. */
export function unary(...[first, second]: UnaryCall): Tensor {
  const [x, op] = typeof first === 'string' ? [second as Tensor, first] : [first, second as UnaryOperation]
  return layer(LayerType.UNARY, [x], { op })
}
const unaryOf =
  (op: UnaryOperation) =>
  (x: Tensor): Tensor =>
    unary(x, op)
export const round = unaryOf('ROUND')
export const sqrt = unaryOf('SQRT')
export const exp = unaryOf('EXP')
export const sin = unaryOf('SIN')
export const cos = unaryOf('COS')
export const abs = unaryOf('ABS')
export const log = unaryOf('LOG')
export const notOp = unaryOf('NOT')

export const activation = (x: Tensor, type: ActivationType, bounds: { alpha?: number; beta?: number } = {}): Tensor =>
  layer(LayerType.ACTIVATION, [x], { type, ...bounds })
export const relu = (x: Tensor): Tensor => activation(x, 'RELU')
export const tanh = (x: Tensor): Tensor => activation(x, 'TANH')
export const sigmoid = (x: Tensor): Tensor => activation(x, 'SIGMOID')
export const clip = (x: Tensor, alpha: number, beta: number): Tensor => activation(x, 'CLIP', { alpha, beta })

/** x · σ(x) */
export const silu = (x: Tensor): Tensor => mul(x, sigmoid(x))
export const squaredRelu = (x: Tensor): Tensor => pow(relu(x), 2)
/** By tanh: 0.5 x (tanh(√(2/π) (x + 0.044715 x³)) + 1) */
export function gelu(x: Tensor): Tensor {
  const half = mul(0.5, x)
  const inner = tanh(mul(Math.sqrt(2 / Math.PI), add(x, mul(0.044715, pow(x, 3)))))
  return mul(half, add(inner, 1))
}
export const quickGelu = (x: Tensor): Tensor => mul(x, sigmoid(mul(1.702, x)))

/** ln(1 + e^(βx)) / β, and x itself where βx is above the threshold. */
export function softplus(x: Tensor, beta: number, threshold: number): Tensor {
  const soft = activation(x, 'SOFTPLUS', { alpha: 1 / beta, beta })
  return where(gt(mul(x, beta), threshold), x, soft)
}

/**
 * SELECT; all are brought to the largest rank. Numbers take the type of the value beside them; two of them float32, unless both
 * are whole.
 */
export function where(condition: Tensor | boolean, left: Operand, right: Operand): Tensor {
  const both = typeof left === 'number' && typeof right === 'number'
  const usual: DType | null = both && !(Number.isInteger(left) && Number.isInteger(right)) ? 'float32' : null
  const beside = (x: Operand): DType | null => (x instanceof TensorClass ? x.dtype : usual)
  const c = toTensor(condition)
  const a = toTensor(left, beside(right))
  const b = toTensor(right, beside(left))
  const largest = [c, a, b].reduce((most, t) => (rankOf(t) > rankOf(most) ? t : most))
  const wide = (t: Tensor): Tensor => (t === largest ? t : expandDimsLike(t, largest))
  return layer(LayerType.SELECT, [wide(c), wide(a), wide(b)])
}

/** A CAST; a tensor of that type already is handed on. */
export const cast = (x: Tensor, dtype: DType): Tensor => castTo(x, dtype)
export const identity = (x: Tensor): Tensor => layer(LayerType.IDENTITY, [x])

/** A condition that has to hold where the engine is built, or runs. */
export function assertion(condition: Tensor, message = ''): void {
  condition.network.addLayer({ kind: 'ASSERTION', inputs: [condition], attributes: { message }, outputs: [] })
}

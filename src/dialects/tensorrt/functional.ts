import { defaultNet, isStatic } from '../../engine'
import type { Attributes, ConstantValue, DType, Shape, Tensor } from '../../engine'
import { LayerType } from './layer-type'
import type { ActivationType, ElementWiseOperation, UnaryOperation } from './layer-type'

/** A new network input, as `Tensor(name=..., dtype=..., shape=...)` is in the module. */
export function input(name: string, dtype: DType, shape: Shape): Tensor {
  return defaultNet().addInput(name, dtype, shape)
}

function layer(
  kind: LayerType,
  inputs: readonly Tensor[],
  type: { dtype: DType | null; shape: Shape | null },
  attributes: Attributes,
  name?: string,
): Tensor {
  return defaultNet()
    .addLayer({ kind, inputs, outputs: [type], attributes, ...(name ? { name } : null) })
    .output()!
}

/** A CONSTANT layer. */
export function constant(weights: ConstantValue, name?: string): Tensor {
  return layer(LayerType.CONSTANT, [], weights, { weights }, name)
}

/**
 * An ELEMENTWISE layer; the operand of lower rank gets leading ones by a SHUFFLE first, as TensorRT wants equal ranks.
 * Shapes broadcast as numpy's do.
 * @throws RangeError where a rank is unknown or the shapes do not broadcast
 */
export function elementwise(op: ElementWiseOperation, a: Tensor, b: Tensor, name?: string): Tensor {
  const rank = Math.max(rankOf(a), rankOf(b))
  const [x, y] = [expandRank(a, rank), expandRank(b, rank)]
  const shape = x.shape!.map((d, i) => broadcast(d, y.shape![i]!, `${a.name} and ${b.name}`))
  return layer(LayerType.ELEMENTWISE, [x, y], { dtype: x.dtype, shape }, { op }, name)
}

export const add = (a: Tensor, b: Tensor, name?: string): Tensor => elementwise('SUM', a, b, name)
export const sub = (a: Tensor, b: Tensor, name?: string): Tensor => elementwise('SUB', a, b, name)
export const mul = (a: Tensor, b: Tensor, name?: string): Tensor => elementwise('PROD', a, b, name)

/** MATRIX_MULTIPLY of the last two dimensions; `transb` multiplies by the transpose of `b`. */
export function matmul(a: Tensor, b: Tensor, options: { transb?: boolean; name?: string } = {}): Tensor {
  const rank = Math.max(rankOf(a), rankOf(b))
  const [x, y] = [expandRank(a, rank), expandRank(b, rank)]
  const [n, k] = options.transb ? [y.shape!.at(-2)!, y.shape!.at(-1)!] : [y.shape!.at(-1)!, y.shape!.at(-2)!]
  if (typeof k === 'number' && typeof x.shape!.at(-1) === 'number' && k !== x.shape!.at(-1)) {
    throw new RangeError(`cannot multiply ${a} by ${b}: inner sizes ${x.shape!.at(-1)} and ${k} differ`)
  }
  const shape = [...x.shape!.slice(0, -1), n]
  return layer(
    LayerType.MATRIX_MULTIPLY,
    [x, y],
    { dtype: x.dtype, shape },
    { op0: 'NONE', op1: options.transb ? 'TRANSPOSE' : 'NONE' },
    options.name,
  )
}

/** `x` times the transpose of `weight` [out, in], plus `bias` [out] where it is given. */
export function linear(x: Tensor, weight: ConstantValue, bias?: ConstantValue, name = 'Linear'): Tensor {
  const y = matmul(x, constant(weight, `${name}/CONSTANT_weight`), { transb: true, name: `${name}/MATRIX_MULTIPLY` })
  return bias ? add(y, constant(bias, `${name}/CONSTANT_bias`), `${name}/ELEMENTWISE_SUM`) : y
}

export function unary(op: UnaryOperation, x: Tensor): Tensor {
  return layer(LayerType.UNARY, [x], x, { op })
}
export function activation(type: ActivationType, x: Tensor): Tensor {
  return layer(LayerType.ACTIVATION, [x], x, { activation: type })
}
export function softmax(x: Tensor, axis = -1): Tensor {
  return layer(LayerType.SOFTMAX, [x], x, { axes: [axis < 0 ? axis + rankOf(x) : axis] })
}
export function cast(x: Tensor, dtype: DType): Tensor {
  return layer(LayerType.CAST, [x], { dtype, shape: x.shape }, { toType: dtype })
}

/** SHUFFLE that gives `x` another shape of the same size. */
export function view(x: Tensor, shape: readonly number[]): Tensor {
  if (isStatic(x.shape) && product(x.shape) !== product(shape))
    throw new RangeError(`cannot view ${x} as [${shape.join(',')}]`)
  return layer(LayerType.SHUFFLE, [x], { dtype: x.dtype, shape }, { reshapeDims: shape })
}

function expandRank(x: Tensor, rank: number): Tensor {
  const missing = rank - rankOf(x)
  return missing === 0 ? x : view(x, [...Array<number>(missing).fill(1), ...x.shape!.map(Number)])
}

function rankOf(x: Tensor): number {
  if (x.rank === null) throw new RangeError(`the rank of ${x.name} is not known`)
  return x.rank
}

function broadcast(a: Shape[number], b: Shape[number], what: string): Shape[number] {
  if (a === b || b === 1) return a
  if (a === 1) return b
  if (typeof a === 'number' && typeof b === 'number')
    throw new RangeError(`shapes of ${what} do not broadcast: ${a} against ${b}`)
  return typeof a === 'number' ? a : b
}

function product(shape: readonly number[]): number {
  return shape.reduce((a, b) => a * b, 1)
}

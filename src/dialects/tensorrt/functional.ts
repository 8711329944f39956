import { defaultNet, isStatic } from '../../engine'
import type { Attributes, ConstantValue, Dim, DType, Shape, Tensor } from '../../engine'
import { dataTypeOf } from './data-type'
import type { ActivationType, ElementWiseOperation, UnaryOperation } from './enums'
import { LayerType } from './layer-type'
import { maskOfAxes } from './masks'

/** A new network input, as `Tensor(name=..., dtype=..., shape=...)` is in the module. A size of -1 is one that is not known. */
export function input(name: string, dtype: DType, shape: Shape): Tensor {
  const known = shape.map((d) => (d === -1 ? null : d))
  return defaultNet().addInput(name, dtype, known)
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
  return layer(LayerType.CONSTANT, [], typeOf(weights), { weights }, name)
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

/**
 * MATRIX_MULTIPLY of the last two dimensions, those before broadcast; `transb` multiplies by the transpose of `b`.
 * @throws RangeError where a rank is unknown or the shapes do not fit
 */
export function matmul(a: Tensor, b: Tensor, options: { transb?: boolean; name?: string } = {}): Tensor {
  const rank = Math.max(rankOf(a), rankOf(b))
  const [x, y] = [expandRank(a, rank), expandRank(b, rank)]
  const [n, k] = options.transb ? [y.shape!.at(-2)!, y.shape!.at(-1)!] : [y.shape!.at(-1)!, y.shape!.at(-2)!]
  if (typeof k === 'number' && typeof x.shape!.at(-1) === 'number' && k !== x.shape!.at(-1)) {
    throw new RangeError(`cannot multiply ${a} by ${b}: inner sizes ${x.shape!.at(-1)} and ${k} differ`)
  }
  const batch = x.shape!.slice(0, -2).map((d, i) => broadcast(d, y.shape![i]!, `${a.name} and ${b.name}`))
  const shape = [...batch, x.shape!.at(-2)!, n]
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
  return layer(LayerType.UNARY, [x], typeOf(x), { op })
}
export function activation(type: ActivationType, x: Tensor): Tensor {
  return layer(LayerType.ACTIVATION, [x], typeOf(x), { type })
}
export function softmax(x: Tensor, axis = -1): Tensor {
  return layer(LayerType.SOFTMAX, [x], typeOf(x), { axes: maskOfAxes([axis < 0 ? axis + rankOf(x) : axis]) })
}
export function cast(x: Tensor, dtype: DType): Tensor {
  return layer(LayerType.CAST, [x], { dtype, shape: x.shape }, { to_type: dataTypeOf(dtype) ?? refuseType(dtype) })
}

/**
 * SHUFFLE that gives `x` another shape of the same size. A 0 stands for the size of `x` at that place, and one -1 for what is left.
 * @throws RangeError where the sizes do not fit, or there is more than one -1
 */
export function view(x: Tensor, shape: readonly number[]): Tensor {
  return shuffle(x, shape, viewed(x, shape))
}

function shuffle(x: Tensor, reshapeDims: readonly number[], shape: Shape): Tensor {
  return layer(LayerType.SHUFFLE, [x], { dtype: x.dtype, shape }, { reshape_dims: reshapeDims })
}

/** What a view gives; the size at -1 is unknown where that of `x` is. */
function viewed(x: Tensor, dims: readonly number[]): Shape {
  const refuse = (): never => {
    throw new RangeError(`cannot view ${x} as [${dims.join(',')}]`)
  }
  const shape = dims.map((d, i): Dim => (d === 0 ? (x.shape?.[i] ?? null) : d))
  const open = dims.filter((d) => d === -1).length
  if (open > 1 || dims.some((d) => d < -1 || !Number.isInteger(d))) refuse()
  if (!isStatic(x.shape)) return shape.map((d) => (d === -1 ? null : d))
  const size = product(x.shape)
  const known = product(shape.map((d) => (d === -1 || d === null ? 1 : Number(d))))
  if (open === 0 ? known !== size : known === 0 || size % known !== 0) refuse()
  return shape.map((d) => (d === -1 ? size / known : d))
}

/** The same with leading ones, by a SHUFFLE, which can leave one size open. */
function expandRank(x: Tensor, rank: number): Tensor {
  const missing = rank - rankOf(x)
  if (missing === 0) return x
  const ones = Array<number>(missing).fill(1)
  const open = x.shape!.filter((d) => typeof d !== 'number').length
  if (open > 1)
    throw new RangeError(`cannot give ${x} leading ones: ${open} of its sizes are not known, and a SHUFFLE infers one`)
  const dims = [...ones, ...x.shape!.map((d) => (typeof d === 'number' ? d : -1))]
  return shuffle(x, dims, [...ones, ...x.shape!])
}

/** Its type alone: a tensor that is passed as a type would give its name too. */
const typeOf = ({ dtype, shape }: { readonly dtype: DType | null; readonly shape: Shape | null }) => ({ dtype, shape })

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

function refuseType(dtype: DType): never {
  throw new RangeError(`TensorRT has no element type ${dtype}`)
}

import { ConstantValue } from '../../engine'
import type { AttributeSchema, AttributeValue, DType, Tensor } from '../../engine'
import type { Draw } from './draw'

export interface OperandType {
  readonly dtype: DType
  readonly shape: readonly number[]
}

/** The type of an operand, and its values where they say how something is computed. */
export interface OperandChoice extends OperandType {
  readonly values?: readonly number[]
  /** None of them may be 0 or less. */
  readonly positive?: true
}

/**
 * A type for an operand that nothing says anything of: one that its operator takes beside what it is given already, mostly; else one
 * that broadcasts with it.
 * @param given the other operands, as far as they are made
 * @param like the type that the first one gets
 */
export function operandFor(
  kind: string,
  at: number,
  given: readonly (Tensor | null)[],
  like: OperandType,
  d: Draw,
): OperandChoice {
  const beside = given.find((t, i) => t && i !== at)
  const operator = kind.slice(kind.lastIndexOf('.') + 1)
  if (operator === 'ConstantOfShape') return { dtype: 'int64', ...list(like.shape.map(() => d.int(1, 3))) }
  const truth = LOGICAL.has(operator) || (operator === 'Where' && at === 0) ? 'bool' : null
  // Channels that blocks of two by two can be made of, or blocks of which channels can.
  if (operator === 'DepthToSpace' || operator === 'SpaceToDepth') return { ...like, shape: [1, 4, 2, 4] }
  if (!beside) return { ...like, dtype: truth ?? (operator === 'DynamicQuantizeLinear' ? 'float32' : like.dtype) }
  const dims = beside.shape?.map(Number) ?? like.shape
  // What is chosen between is not of the type of what chooses.
  const alike = operator === 'Where' ? (at === 2 ? given[1] : null) : beside
  const dtype = truth ?? alike?.dtype ?? like.dtype
  const special = SPECIAL[operator]?.(at, dims, d, given)
  if (special) return { dtype, ...special }
  const choice = d.int(0, 9)
  if (choice < 5) return { dtype, shape: dims }
  if (choice < 6) return { dtype, shape: [] }
  if (choice < 8) return { dtype, shape: dims.slice(-1) }
  return { dtype, shape: dims.slice(d.int(0, dims.length)).map((n) => (d.chance(0.4) ? 1 : n)) }
}

/** Operators that take true and false only. */
const LOGICAL = new Set(['Not', 'And', 'Or', 'Xor'])

type Special = (
  at: number,
  dims: readonly number[],
  d: Draw,
  given: readonly (Tensor | null)[],
) => Partial<OperandChoice> & { shape: readonly number[] }

const axes: Special = (_, dims, d) => {
  const last = d.chance(0.8) || dims.length === 0
  return { dtype: 'int64', shape: [1], values: [last ? -1 : d.int(-dims.length, dims.length - 1)] }
}
const lastSize: Special = (_, dims) => ({ shape: dims.slice(-1) })
const channels: Special = (_, dims) => ({ shape: [dims[1] ?? 1] })
const list = (values: readonly number[]): ReturnType<Special> => ({ dtype: 'int64', shape: [values.length], values })

/** Filters of so many channels in and out, at these places of their shape, and a bias for each that comes out. */
const conv =
  (into: number, out: number): Special =>
  (at, dims, d, given) => {
    if (at > 1) return { shape: [Number(given[1]?.shape?.[out] ?? d.int(1, 3))] }
    const shape = [d.int(1, 3), d.int(1, 3), ...dims.slice(2).map(() => d.int(1, 2))]
    shape[into] = dims[1] ?? 1
    return { shape }
  }

/** The first operand, its scale and zero point; those of the kernels; those of the result; a bias. */
const quantized: Special = (at, dims, d, given) => {
  if (at === 3) return conv(1, 0)(1, dims, d, given)
  if (at === 8) return { dtype: 'int32', shape: [Number(given[3]?.shape?.[0] ?? 1)] }
  return [1, 4, 6].includes(at) ? { dtype: 'float32', shape: [], values: [d.pick([0.25, 0.5, 2])] } : { shape: [] }
}

const matmul: Special = (at, dims, d) => {
  const lead = dims.slice(0, -2)
  return at === 0
    ? { shape: [...lead, d.int(1, 4), dims.at(-2) ?? 1] }
    : { shape: [...(d.chance(0.5) ? lead : []), dims.at(-1) ?? 1, d.int(1, 4)] }
}

/** Two factors of 8-bit integers, their scales, their zero points, a bias. */
const integerMatmul: Special = (at, dims, d, given) => {
  if (at < 2) return matmul(at, dims, d, given)
  if (at < 4) return { dtype: 'float32', shape: [], values: [d.pick([0.25, 0.5, 2])] }
  if (at < 6) return { dtype: given[at - 4]?.dtype ?? 'uint8', shape: [] }
  return { dtype: 'float32', shape: [Number(given[1]?.shape?.at(-1) ?? 1)] }
}

/** Operands that have to fit the first one in their own way. */
const SPECIAL: Readonly<Record<string, Special>> = {
  MatMul: matmul,
  FusedMatMul: matmul,
  MatMulIntegerToFloat: integerMatmul,
  Gemm: (at, dims, d) =>
    at === 2 ? { shape: d.pick([[dims[1] ?? 1], [1], []]) } : { shape: [dims[1] ?? 1, d.int(1, 4)] },
  Conv: conv(1, 0),
  ConvTranspose: conv(0, 1),
  ConvInteger: (at, dims, d, given) => (at > 1 ? { shape: [] } : conv(1, 0)(at, dims, d, given)),
  QLinearConv: quantized,
  BatchNormalization: (at, dims) => ({ shape: [dims[1] ?? 1], ...(at === 4 && { positive: true }) }),
  InstanceNormalization: channels,
  LayerNormalization: lastSize,
  RMSNormalization: lastSize,
  SkipLayerNormalization: (at, dims) => ({ shape: at === 1 ? dims : dims.slice(-1) }),
  SkipSimplifiedLayerNormalization: (at, dims) => ({ shape: at === 1 ? dims : dims.slice(-1) }),
  ReduceMean: axes,
  ReduceSum: axes,
  ReduceMax: axes,
  ReduceMin: axes,
  ReduceProd: axes,
  ReduceL2: axes,
  Squeeze: axes,
  Unsqueeze: axes,
  Reshape: (_, dims, d) => list(d.pick([dims, [-1], [1, ...dims], [-1, dims.at(-1) ?? 1]])),
  Expand: (_, dims, d) => list(d.pick([dims, [2, ...dims]])),
  Tile: (_, dims, d) => list(dims.map(() => d.int(1, 2))),
  Slice: (at, dims, d) =>
    list([at === 1 ? d.int(0, 1) : at === 2 ? d.int(1, 4) : at === 3 ? d.int(-dims.length, dims.length - 1) : 1]),
  Gather: (_, dims, d) => {
    const values = [d.int(0, (dims[0] ?? 1) - 1)]
    return { dtype: 'int64', shape: d.chance(0.4) ? [] : [1], values }
  },
  CumSum: (_, dims, d) => ({
    dtype: 'int64',
    shape: [],
    values: [dims.length === 0 ? 0 : d.int(-dims.length, dims.length - 1)],
  }),
  TopK: (_, dims, d) => list([d.int(1, dims.at(-1) ?? 1)]),
  Trilu: (_, __, d) => ({ dtype: 'int64', shape: [], values: [d.int(-1, 1)] }),
  Clip: () => ({ shape: [] }),
  Dropout: (at, _, d) =>
    at === 2 ? { dtype: 'bool', shape: [], values: [d.int(0, 1)] } : { shape: [], values: [0.5] },
  Where: (at, dims, d) => (at === 0 ? { dtype: 'bool', shape: dims } : { shape: d.pick([dims, []]) }),
  Pad: (at, dims, d) => {
    if (at === 3) return list(dims.map((_, i) => i))
    return at === 1 ? list([...dims, ...dims].map(() => d.int(0, 1))) : { shape: [] }
  },
}

/** A value for an attribute that nothing says anything of; undefined to leave it out. */
export function attributeFor(
  name: string,
  schema: AttributeSchema | undefined,
  inputs: readonly (Tensor | null)[],
  d: Draw,
): AttributeValue | undefined {
  const rank = inputs[0]?.rank ?? 2
  if (name === 'perm') return d.shuffled(Array.from({ length: rank }, (_, i) => i))
  if (name === 'axis') return rank === 0 ? 0 : d.int(-rank, rank - 1)
  if (name === 'axes') return [d.chance(0.8) ? -1 : d.int(-rank, Math.max(rank - 1, 0))]
  if (name === 'to') return d.pick([1, 1, 10, 11])
  if (name === 'epsilon') return d.pick([1e-5, 1e-3, 1e-12])
  if (name === 'kernel_shape') return inputs[1]?.shape?.slice(2).map(Number) ?? [2, 2]
  if (name === 'pads') return Array.from({ length: 2 * Math.max(rank - 2, 1) }, () => d.int(0, 1))
  if (name === 'strides' || name === 'dilations')
    return Array.from({ length: Math.max(rank - 2, 1) }, () => d.int(1, 2))
  if (name === 'keepdims' || name.startsWith('trans')) return d.int(0, 1)
  if (name === 'group') return 1
  if (name === 'blocksize') return d.int(1, 2)
  if (name === 'auto_pad') return d.pick(['NOTSET', 'NOTSET', 'VALID', 'SAME_UPPER', 'SAME_LOWER'])
  if (schema?.values && schema.values.length > 0 && d.chance(0.6)) return d.pick(schema.values)
  if (schema?.type === 'TENSOR') return ConstantValue.of(d.pick(['float32', 'int64']), [1], [d.int(0, 3)])
  const usual = schema?.default
  if (schema?.type === 'FLOAT')
    return d.chance(0.5) && usual !== undefined ? usual : d.pick([0.5, 0.5, 1, 0.2, 2, 1 / 6, 1 / 6])
  // Most of them are switches: `reverse`, `select_last_index`, `largest`.
  const isSwitch = schema?.type === 'INT' && (usual === 0 || usual === 1) && name !== 'stash_type'
  return isSwitch && d.chance(0.35) ? 1 - usual : usual
}

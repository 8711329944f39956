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
  const others = given.filter((t, i): t is Tensor => t !== null && i !== at)
  // One number says of its type alone what stands beside it.
  const beside = others.find((t) => !(t.isConstant && t.rank === 0)) ?? null
  const operator = kind.slice(kind.lastIndexOf('.') + 1)
  if (operator === 'ConstantOfShape') return { dtype: 'int64', ...list(like.shape.map(() => d.int(1, 3))) }
  const truth = LOGICAL.has(operator) || (operator === 'Where' && at === 0) ? 'bool' : null
  // Channels that blocks of two by two can be made of, or blocks of which channels can.
  if (operator === 'DepthToSpace' || operator === 'SpaceToDepth') return { ...like, shape: [1, 8, 2, 4] }
  if (!beside) return { ...like, dtype: truth ?? FIRST_TYPE[operator] ?? others[0]?.dtype ?? like.dtype }
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

/** What the first operand of an operator is, whatever else is drawn. */
const FIRST_TYPE: Readonly<Record<string, DType>> = { DynamicQuantizeLinear: 'float32', DequantizeLinear: 'uint8' }

/** Operators that take true and false only. */
const LOGICAL = new Set(['Not', 'And', 'Or', 'Xor'])

type Special = (
  at: number,
  dims: readonly number[],
  d: Draw,
  given: readonly (Tensor | null)[],
) => Partial<OperandChoice> & { shape: readonly number[] }

/** The number of a constant of one element. */
const numberOf = (t: Tensor | null | undefined): number | undefined => t?.value?.numbers()[0]

/** A size that nothing says anything of: as often as not that of another one, so that what is turned round fits, too. */
const freeSize = (beside: number | undefined, d: Draw): number =>
  beside !== undefined && d.chance(0.4) ? beside : d.int(1, 4)

const axes: Special = (_, dims, d) => {
  if (d.chance(0.05)) return list([])
  const last = d.chance(0.8) || dims.length === 0
  return { dtype: 'int64', shape: [1], values: [last ? -1 : d.int(-dims.length, dims.length - 1)] }
}
const lastSize: Special = (_, dims) => ({ shape: dims.slice(-1) })
const channels: Special = (_, dims) => ({ shape: [dims[1] ?? 1] })
/** Places in something of such a size, the same ones again now and then, and counted from the end. */
const places = (shape: readonly number[], size: number, d: Draw): number[] => {
  const below = Number.isFinite(size) ? size : 1
  if (below === 0 && !shape.includes(0)) return Array<number>(shape.reduce((a, b) => a * b, 1)).fill(0)
  const count = shape.reduce((a, b) => a * b, 1)
  const isNegative = d.chance(0.2)
  return Array.from({ length: count }, () => d.int(isNegative ? -below : 0, below - 1))
}
const list = (values: readonly number[]): ReturnType<Special> => ({ dtype: 'int64', shape: [values.length], values })

/** Filters of so many channels in and out, at these places of their shape, and a bias for each that comes out. */
const conv =
  (into: number, out: number): Special =>
  (at, dims, d, given) => {
    if (at > 1) return { shape: [Number(given[1]?.shape?.[out] ?? d.int(1, 3))] }
    const shape = [d.int(1, 3), d.int(1, 3), ...dims.slice(2).map(() => d.int(1, 3))]
    shape[into] = dims[1] ?? 1
    // Groups can be read off the filters where these come first: a group's channels stand there.
    const groups = into === 1 && d.chance(0.25) ? d.pick(dividing(dims[1])) : 1
    if (groups > 1) Object.assign(shape, { [into]: shape[into] / groups, [out]: groups * d.int(1, 2) })
    return { shape }
  }

/** A scale, and a zero point of the type of what is quantized; for all, or for each of the places of an axis. */
const linear: Special = (at, dims, d, given) => {
  if (at === 2)
    return { dtype: given[0]?.dtype === 'int8' ? 'int8' : 'uint8', shape: given[1]?.shape?.map(Number) ?? [] }
  const shape = d.chance(0.6) ? [] : [d.pick(dims.length > 0 ? dims : [1])]
  return { shape, dtype: given[0]?.dtype?.includes('float') ? given[0].dtype : 'float32', positive: true }
}

const matmul: Special = (at, dims, d) => {
  const lead = dims.slice(0, -2)
  return at === 0
    ? { shape: [...lead, freeSize(dims.at(-2), d), dims.at(-2) ?? 1] }
    : { shape: [...(d.chance(0.5) ? lead : []), dims.at(-1) ?? 1, freeSize(dims.at(-1), d)] }
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
  MatMulInteger: (at, dims, d, given) => {
    return at < 2 ? matmul(at, dims, d, given) : { dtype: given[at - 2]?.dtype ?? 'uint8', shape: [] }
  },
  MatMulIntegerToFloat: integerMatmul,
  Gemm: (at, dims, d) =>
    at === 2 ? { shape: d.pick([[dims[1] ?? 1], [1], []]) } : { shape: [dims[1] ?? 1, freeSize(dims[1], d)] },
  Conv: conv(1, 0),
  ConvTranspose: conv(0, 1),
  QuantizeLinear: linear,
  DequantizeLinear: linear,
  BatchNormalization: (at, dims) => ({ shape: [dims[1] ?? 1], ...(at === 4 && { positive: true }) }),
  InstanceNormalization: channels,
  BiasGelu: lastSize,
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
  ReduceLogSumExp: axes,
  ReduceLogSum: axes,
  ReduceSumSquare: axes,
  ReduceL1: axes,
  Squeeze: axes,
  Unsqueeze: axes,
  Reshape: (_, dims, d) => list(d.pick([dims, [-1], [1, ...dims], [-1, dims.at(-1) ?? 1]])),
  Expand: (_, dims, d) => list(d.pick([dims, [2, ...dims]])),
  Tile: (_, dims, d) => list(dims.map(() => d.int(1, 2))),
  Slice: (at, dims, d, given) => {
    if (at === 3) return list([d.int(-dims.length, dims.length - 1)])
    if (at === 4) return list([numberOf(given[2]) === -100 ? -1 : d.pick([1, 1, 2, -1])])
    // Some are turned round: from the last one to the first.
    if (at === 2 && numberOf(given[1]) === -1) return list([-100])
    return list([at === 1 ? d.pick([0, 0, 1, 1, -1]) : d.int(1, 4)])
  },
  Gather: (_, dims, d) => {
    const shape = d.pick([[], [1], [2], dims.slice(0, 1)])
    return { dtype: 'int64', shape, values: places(shape, Math.min(...dims), d) }
  },
  GatherElements: (_, dims, d) => ({ dtype: 'int64', shape: dims, values: places(dims, Math.min(...dims), d) }),
  GatherND: (_, dims, d) => {
    const shape = [...dims.slice(0, d.int(1, Math.max(1, dims.length - 1))), 1]
    return { dtype: 'int64', shape, values: places(shape, Math.min(...dims), d) }
  },
  ScatterElements: (at, dims, d) =>
    at === 1 ? { dtype: 'int64', shape: dims, values: places(dims, Math.min(...dims), d) } : { shape: dims },
  ScatterND: (at, dims, d) => {
    if (at === 2) return { shape: [2, ...dims.slice(1)] }
    return { dtype: 'int64', shape: [2, 1], values: places([2, 1], dims[0] ?? 1, d) }
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
    if (at === 3) return list(d.shuffled(dims.map((_, i) => i)))
    if (at !== 1) return { shape: [] }
    const before = dims.map(() => d.int(0, 1))
    // One place more on each axis, before or behind: told apart by where alone.
    const isEven = d.chance(0.3)
    return list([...before, ...before.map((n) => (isEven ? 1 - n : d.int(0, 1)))])
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
  if (name === 'axes')
    return d.chance(0.3)
      ? d.shuffled(Array.from({ length: rank }, (_, i) => i))
      : [d.chance(0.8) ? -1 : d.int(-rank, Math.max(rank - 1, 0))]
  if (name === 'to' || name === 'dtype') return d.pick([1, 1, 10, 11])
  if (name === 'epsilon') return d.pick([1e-5, 1e-3, 1e-12])
  const spatial = Math.max(rank - 2, 1)
  const each = (low: number, high: number): number[] => Array.from({ length: spatial }, () => d.int(low, high))
  if (name === 'kernel_shape') return inputs[1]?.shape?.slice(2).map(Number) ?? each(1, 3)
  if (name === 'pads') return [...each(0, 1), ...each(0, 1)]
  if (name === 'strides' || name === 'dilations') return each(1, 2)
  if (name === 'output_padding') return each(0, 1)
  if (name === 'activation_params') return [0.25]
  if (name === 'keepdims' || name.startsWith('trans')) return d.int(0, 1)
  if (name === 'group' || name === 'num_groups' || name === 'groups') return d.pick(divisorsOf(inputs))
  if (name === 'blocksize') return d.int(1, 2)
  if (name === 'batch_dims') return d.int(0, 1)
  if (name === 'p') return d.int(1, 3)
  if (name === 'k') return d.int(-1, 2)
  if (name === 'size') return d.pick([1, 3, 5])
  if (name === 'auto_pad') return d.pick(['NOTSET', 'VALID', 'SAME_UPPER', 'SAME_LOWER'])
  const words = schema?.values ?? (schema?.type === 'STRING' ? WORDS[name] : undefined)
  if (words && words.length > 0 && d.chance(0.6)) return d.pick(words)
  if (schema?.type === 'TENSOR') return ConstantValue.of(d.pick(['float32', 'int64']), [1], [d.int(0, 3)])
  const usual = schema?.default
  if (schema?.type === 'FLOAT')
    return d.chance(0.5) && usual !== undefined ? usual : d.pick([0.5, 0.5, 1, 0.2, 2, 1 / 6, 1 / 6])
  if (name === 'start' || name === 'end') return d.int(-rank, rank)
  // Most of them are switches: `reverse`, `select_last_index`, `largest`.
  const isSwitch = schema?.type === 'INT' && (usual === 0 || usual === 1) && !NO_SWITCH.has(name)
  return isSwitch && d.chance(0.35) ? 1 - usual : usual
}

/** Attributes of type INT that are 0 or 1 by default, and stand for a type or a count, or are of float8 alone. */
const NO_SWITCH = new Set(['stash_type', 'saturate', 'output_dtype', 'output_datatype', 'block_size', 'precision'])

/** Words of attributes whose operators' schemas name none. */
const WORDS: Readonly<Record<string, readonly string[]>> = {
  direction: ['forward', 'reverse', 'bidirectional'],
  padding_mode: ['zeros', 'border', 'reflection'],
  coordinate_transformation_mode: ['half_pixel', 'asymmetric', 'align_corners', 'pytorch_half_pixel'],
  nearest_mode: ['round_prefer_floor', 'round_prefer_ceil', 'floor', 'ceil'],
  activation: ['Relu', 'Tanh', 'Sigmoid', 'LeakyRelu'],
}

/** What channels can be divided by; of a Conv, by which its filters were made for fewer of them. */
function divisorsOf(inputs: readonly (Tensor | null)[]): readonly number[] {
  const channels = Number(inputs[0]?.shape?.[1] ?? 1)
  const ofFilters = inputs.length > 1 && inputs[1]?.rank === inputs[0]?.rank ? Number(inputs[1]?.shape?.[1]) : NaN
  return ofFilters > 0 && channels % ofFilters === 0 ? [channels / ofFilters] : dividing(channels)
}

const dividing = (channels = 1): readonly number[] => [1, 2, 3, 4].filter((n) => channels % n === 0)

import type { OperandChoice } from '../operands'
import { filled, floatOf, maybe, numberSaid, one, shapeAt, sizes } from './call'
import type { CallDrawer } from './call'

const groupNormalization: CallDrawer = (c) => {
  const { d, said } = c
  const groups = numberSaid(said, 'num_groups', () => d.int(1, 3))
  const x = c.given[0]?.shape?.map(Number) ?? [d.int(1, 2), groups * d.int(1, 2), d.int(1, 3), d.int(1, 3)]
  const dtype = floatOf(c)
  // One scale for each group at first, then for each channel.
  const each: OperandChoice = { dtype, shape: [c.opset < 21 ? groups : x[1]!] }
  return {
    operands: [{ dtype, shape: x }, each, each],
    attributes: { num_groups: groups, ...maybe(d, { epsilon: d.pick([1e-5, 1e-2, 0.5]) }) },
  }
}

const embedding: CallDrawer = (c) => {
  const { d } = c
  const [b, s, width] = [d.int(1, 2), d.int(1, 4), d.int(2, 6)]
  const [words, places, parts] = [d.int(3, 6), d.int(s, 6), d.int(1, 3)]
  const hasParts = d.chance(0.6)
  const dtype = 'float32'
  const row: OperandChoice = { dtype, shape: [width] }
  return {
    operands: [
      filled('int32', [b, s], () => d.int(0, words - 1)),
      hasParts ? filled('int32', [b, s], () => d.int(0, parts - 1)) : null,
      { dtype, shape: [words, width] },
      { dtype, shape: [places, width] },
      hasParts ? { dtype, shape: [parts, width] } : null,
      row,
      row,
      d.chance(0.4) ? filled('int32', [b, s], () => d.int(0, 1)) : null,
      d.chance(0.3) ? filled('int32', [b, s], () => d.int(0, places - 1)) : null,
    ],
    attributes: maybe(d, { epsilon: d.pick([1e-5, 0.1]), mask_index_type: d.int(0, 1) }),
  }
}

const oneHot: CallDrawer = (c) => {
  const { d } = c
  const at = c.given[0]?.shape?.map(Number) ?? d.dims(d.int(0, 2))
  const depth = d.int(2, 4)
  return {
    operands: [
      filled('int64', at, () => d.int(-depth, depth)),
      d.chance(0.5) ? one('int64', depth) : sizes([depth]),
      filled(d.pick(['float32', 'int64']), [2], (i) => (i === 0 ? d.int(-1, 0) : d.int(1, 2))),
    ],
    attributes: maybe(d, { axis: d.int(-at.length - 1, at.length) }),
  }
}

const range: CallDrawer = ({ d }) => {
  const dtype = d.pick(['int64', 'int64', 'int32', 'float32'] as const)
  const [start, length] = [d.int(-3, 3), d.int(0, 6)]
  const step = d.pick([1, 1, 2, -1])
  return { operands: [one(dtype, start), one(dtype, start + length * step), one(dtype, step)], attributes: {} }
}

const compress: CallDrawer = (c) => {
  const { d } = c
  const x = c.given[0]?.shape?.map(Number) ?? d.dims(d.int(1, 3))
  const axis = d.chance(0.7) ? d.int(-x.length, x.length - 1) : undefined
  const size = axis === undefined ? x.reduce((a, b) => a * b, 1) : x.at(axis)!
  return {
    operands: [{ dtype: floatOf(c), shape: x }, filled('bool', [size], (i) => Number(i === 0 || d.chance(0.5)))],
    attributes: axis === undefined ? {} : { axis },
  }
}

/** Batch and time are the first two axes, in either order. */
const reverse: CallDrawer = (c) => {
  const { d, said } = c
  const x = c.given[0]?.shape?.map(Number) ?? d.dims(d.int(2, 3))
  const batch = numberSaid(said, 'batch_axis', () => d.int(0, 1))
  const time = numberSaid(said, 'time_axis', () => 1 - batch)
  return {
    operands: [{ dtype: floatOf(c), shape: x }, filled('int64', [x[batch]!], () => d.int(1, Math.max(1, x[time]!)))],
    attributes: { batch_axis: batch, time_axis: time },
  }
}

/** What is written into a cache: from the start, or from other places. */
const tensorScatter: CallDrawer = (c) => {
  const { d, said } = c
  const x = c.given[0]?.shape?.map(Number) ?? [d.int(1, 2), ...d.dims(d.int(2, 3), 5)]
  const rank = x.length
  const axis = numberSaid(said, 'axis', () => d.pick([-2, -2, -1, rank - 2, rank - 1, 1])) as number
  const at = (axis + rank) % rank
  const update = x.with(at, d.int(1, Math.max(1, x[at]!)))
  const isRound = said['mode'] === 'circular' || (said['mode'] === undefined && d.chance(0.4))
  const room = isRound ? x[at]! - 1 : x[at]! - update[at]!
  const dtype = floatOf(c)
  return {
    operands: [
      { dtype, shape: x },
      { dtype, shape: update },
      d.chance(0.8) ? filled('int64', [x[0]!], () => d.int(0, Math.max(0, room))) : null,
    ],
    attributes: { ...((axis !== -2 || d.chance(0.5)) && { axis }), ...(isRound && { mode: 'circular' }) },
  }
}

const EQUATIONS: readonly (readonly [equation: string, ...operands: string[]])[] = [
  ['ij,jk->ik', 'ij', 'jk'],
  ['ij,kj->ik', 'ij', 'kj'],
  ['bij,bjk->bik', 'bij', 'bjk'],
  ['bhid,bhjd->bhij', 'bhid', 'bhjd'],
  ['bhij,bhjd->bhid', 'bhij', 'bhjd'],
  ['bij,jk->bik', 'bij', 'jk'],
  ['ij->ji', 'ij'],
  ['ij->i', 'ij'],
  ['i,j->ij', 'i', 'j'],
  ['bi,bi->b', 'bi', 'bi'],
]

const einsum: CallDrawer = (c) => {
  const { d, said, given } = c
  const equation = said['equation']
  const parts = typeof equation === 'string' ? equation.replaceAll(' ', '').split('->')[0]!.split(',') : null
  const drawn = d.pick(EQUATIONS)
  const operands = parts ?? drawn.slice(1)
  const sizeOf = new Map<string, number>()
  operands.forEach((letters, i) =>
    [...letters].forEach((l, k) => {
      const size = given[i]?.shape?.[k]
      if (typeof size === 'number') sizeOf.set(l, size)
    }),
  )
  const size = (l: string): number => {
    if (!sizeOf.has(l)) sizeOf.set(l, d.int(1, 4))
    return sizeOf.get(l)!
  }
  const dtype = floatOf(c)
  return {
    operands: operands.map((letters) => ({ dtype, shape: [...letters].map(size) })),
    attributes: { equation: typeof equation === 'string' ? equation : drawn[0] },
  }
}

/** com.microsoft: a product whose result goes through a function. */
const fusedGemm: CallDrawer = (c) => {
  const { d, said } = c
  const [ta, tb] = [numberSaid(said, 'transA', () => d.int(0, 1)), numberSaid(said, 'transB', () => d.int(0, 1))]
  const a = shapeAt(c, 0, 2) ?? (d.chance(0.4) ? [3, 3] : [d.int(1, 4), d.int(1, 4)])
  const b = shapeAt(c, 1, 2)
  const [m, k] = ta ? [a[1]!, a[0]!] : [a[0]!, a[1]!]
  const n = b ? b[tb ? 0 : 1]! : d.chance(0.4) ? k : d.int(1, 4)
  const dtype = floatOf(c)
  const activation = typeof said['activation'] === 'string' ? said['activation'] : d.pick(ACTIVATIONS)
  const [alpha, beta] = PARAMETERS[activation] ?? []
  return {
    operands: [
      { dtype, shape: a },
      { dtype, shape: tb ? [n, k] : [k, n] },
      d.chance(0.7) ? { dtype, shape: d.pick([[n], [m, n], [1]]) } : null,
    ],
    attributes: {
      ...((ta || d.chance(0.2)) && { transA: ta }),
      ...((tb || d.chance(0.2)) && { transB: tb }),
      activation,
      ...(alpha !== undefined && { activation_alpha: alpha * d.pick([1, 2]) }),
      ...(beta !== undefined && { activation_beta: beta * d.pick([1, 0.5]) }),
      ...maybe(d, { alpha: d.pick([0.5, 2]), beta: d.pick([0.5, 2]) }),
    },
  }
}

/** com.microsoft: factors whose last two axes change places, or whose first axis is their last but one. */
const fusedMatmul: CallDrawer = (c) => {
  const { d, said } = c
  const says = (name: string, p: number): boolean => numberSaid(said, name, () => Number(d.chance(p))) === 1
  const [ta, tb] = [says('transA', 0.4), says('transB', 0.4)]
  const [la, lb] = [says('transBatchA', 0.25), says('transBatchB', 0.25)]
  const own = c.given[0]?.shape?.map(Number)
  const rank = own?.length ?? (la || lb || d.chance(0.6) ? d.int(3, 4) : 2)
  const same = d.chance(0.5) ? d.int(2, 3) : null
  const lead = Array.from({ length: rank - 2 }, () => same ?? d.int(1, 3))
  const [m, k, n] = [same ?? d.int(1, 4), same ?? d.int(1, 4), same ?? d.int(1, 4)]
  const laid = (batch: readonly number[], rows: number, columns: number, turned: boolean, isFirst: boolean) => {
    const [r, s] = turned ? [columns, rows] : [rows, columns]
    return isFirst && batch.length > 0 ? [r, ...batch, s] : [...batch, r, s]
  }
  const dtype = floatOf(c)
  // Of what is made already, both factors are read as square.
  const a = own ?? laid(lead, m, k, ta, la)
  const b = own ?? laid(lead, k, n, tb, lb)
  const flag = (name: string, is: boolean) => (is || d.chance(0.2)) && { [name]: Number(is) }
  return {
    operands: [
      { dtype, shape: a },
      { dtype, shape: b },
    ],
    attributes: {
      ...flag('transA', ta),
      ...flag('transB', tb),
      ...flag('transBatchA', la),
      ...flag('transBatchB', lb),
      ...maybe(d, { alpha: d.pick([0.5, 2]) }, 0.4),
    },
  }
}

const ACTIVATIONS = ['Relu', 'Tanh', 'Sigmoid', 'LeakyRelu', 'HardSigmoid', 'Softplus', 'Softsign', 'Elu'] as const
const PARAMETERS: Readonly<Record<string, readonly number[]>> = {
  LeakyRelu: [0.25],
  HardSigmoid: [0.25, 0.5],
  Elu: [0.5],
}

export const OTHERS: Readonly<Record<string, CallDrawer>> = {
  GroupNormalization: groupNormalization,
  'com.microsoft.EmbedLayerNormalization': embedding,
  OneHot: oneHot,
  Range: range,
  Compress: compress,
  ReverseSequence: reverse,
  TensorScatter: tensorScatter,
  Einsum: einsum,
  'com.microsoft.FusedGemm': fusedGemm,
  'com.microsoft.FusedMatMul': fusedMatmul,
}

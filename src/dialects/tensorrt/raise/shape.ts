import type { Tensor } from '../../../engine'
import { dataTypeOf } from '../../onnx'
import { dtypeOfDataType } from '../data-type'
import type { Size } from './builder'
import { cannotRaise } from './error'
import type { Raise, RaisedLayer } from './raised-layer'

const constant: Raise = (l) => {
  const value = l.tensor('weights') ?? cannotRaise(`${l.record.name} has no weights`)
  const shape = l.ints('shape') ?? value.shape
  if (!value.isAvailable) cannotRaise(`the weights of ${l.record.name} are not known`)
  return l.b.network.addConstant(value.reshaped(shape), l.result()?.name ?? l.record.name)
}

const shuffle: Raise = (l) => {
  const x = l.input(0)
  const turned = l.b.transpose(x, l.ints('first_transpose'))
  const allowZero = !l.flag('zero_is_placeholder')
  const dims = l.ints('reshape_dims')
  const shaped = l.has(1)
    ? l.b.reshape(turned, l.b.cast(l.input(1), 'int64'), allowZero)
    : dims
      ? l.b.reshape(turned, dims, allowZero)
      : turned
  const y = l.b.transpose(shaped, l.ints('second_transpose'))
  return y === x ? l.b.op('Identity', [x]) : y
}

const concatenation: Raise = (l) => {
  const axis = l.number('axis') ?? Math.max(l.rank() - 3, 0)
  return l.b.op('Concat', l.inputs(), { axis })
}

/** What a SLICE takes along one axis. */
interface Part {
  readonly axis: number
  readonly start: Size
  readonly size: Size
  readonly stride: Size
}

function partsOf(l: RaisedLayer): Part[] {
  const rank = l.rank()
  const axes = l.has(5)
    ? (l.input(5).value?.toArray() ?? cannotRaise(`the axes of ${l.record.name} are not constant`))
    : (l.ints('axes') ?? Array.from({ length: rank }, (_, i) => i))
  const n = axes.length
  const start = l.elements(1, 'start', n, 0)
  const size = l.elements(2, 'shape', n, 0)
  const stride = l.elements(3, 'stride', n, 1)
  return axes.map((axis, i) => ({
    axis: axis < 0 ? axis + rank : axis,
    start: start[i]!,
    size: size[i]!,
    stride: stride[i]!,
  }))
}

/** Parts that are read as they stand, that are read again and again, and all others. */
const slice: Raise = (l) => {
  const x = l.input(0)
  const mode = l.text('mode')
  const parts = partsOf(l)
  if (mode === 'FILL') return filled(l, x, parts)
  if (mode !== 'STRICT_BOUNDS') return parts.reduce((y, p) => gathered(l, y, p, mode), x)
  const repeated = parts.filter((p) => p.stride === 0 && p.start === 0 && x.shape?.[p.axis] === 1)
  const plain = parts.filter((p) => !repeated.includes(p) && isPlain(p) && !isWhole(p, x))
  const others = parts.filter((p) => !repeated.includes(p) && !isPlain(p))
  let y = plain.length > 0 ? taken(l, x, plain) : x
  for (const p of others) y = gathered(l, y, p, mode)
  if (repeated.some((p) => p.size !== 1)) {
    const sizes = Array.from({ length: l.rank() }, (_, axis) => repeated.find((p) => p.axis === axis)?.size ?? 1)
    y = l.b.op('Expand', [y, l.b.vector(sizes)])
  }
  return y === x ? l.b.op('Identity', [x]) : y
}

const isWhole = ({ axis, start, size, stride }: Part, x: Tensor): boolean =>
  start === 0 && stride === 1 && size === x.shape?.[axis]

/** Strides that go on by known steps; back only where the end is known. */
function isPlain({ start, size, stride }: Part): boolean {
  if (typeof stride !== 'number' || stride === 0) return false
  return stride > 0 || (typeof start === 'number' && typeof size === 'number')
}

const LEAST = -(2 ** 53)

function taken(l: RaisedLayer, x: Tensor, parts: readonly Part[]): Tensor {
  const ends = parts.map(({ start, size, stride }): Size => {
    const end = l.b.combine('Add', start, l.b.combine('Mul', size, stride))
    return typeof stride === 'number' && stride < 0 && typeof end === 'number' && end < 0 ? LEAST : end
  })
  const { b } = l
  const steps = parts.map((p) => p.stride as number)
  return b.op('Slice', [
    x,
    b.vector(parts.map((p) => p.start)),
    b.vector(ends),
    b.ints(parts.map((p) => p.axis)),
    b.ints(steps),
  ])
}

/** x[start + i · stride] along one axis, the index brought inside as the mode says. */
function gathered(l: RaisedLayer, x: Tensor, part: Part, mode: string): Tensor {
  const { b } = l
  if (mode !== 'STRICT_BOUNDS' && isWhole(part, x)) return x
  const count = b.op('Range', [b.scalar(0), b.scalar(part.size), b.scalar(1)])
  const stepped = part.stride === 1 ? count : b.op('Mul', [count, b.tensor(part.stride)])
  const index = part.start === 0 ? stepped : b.op('Add', [stepped, b.tensor(part.start)])
  return b.op('Gather', [x, inside(l, index, b.size(x, part.axis), mode)], { axis: part.axis })
}

function inside({ b }: RaisedLayer, index: Tensor, size: Size, mode: string): Tensor {
  const last = b.combine('Sub', size, 1)
  if (mode === 'WRAP') return b.op('Mod', [index, b.tensor(size)])
  if (mode === 'CLAMP') return b.op('Min', [b.op('Max', [index, b.ints([0])]), b.tensor(last)])
  if (mode !== 'REFLECT') return index
  const period = b.tensor(b.combine('Max', b.combine('Mul', last, 2), 1))
  const there = b.op('Mod', [index, period])
  return b.op('Min', [there, b.op('Sub', [period, there])])
}

/** Outside stands the fill value: what is cut off is negative padding. */
function filled(l: RaisedLayer, x: Tensor, parts: readonly Part[]): Tensor {
  const { b } = l
  if (parts.some((p) => p.stride !== 1)) return cannotRaise(`${l.record.name} fills between strides`)
  const ends: Size[] = []
  const starts: Size[] = []
  for (let axis = 0; axis < l.rank(); axis++) {
    const part = parts.find((p) => p.axis === axis)
    starts.push(part ? b.combine('Sub', 0, part.start) : 0)
    ends.push(part ? b.combine('Sub', b.combine('Add', part.start, part.size), b.size(x, axis)) : 0)
  }
  const fill = l.has(4) ? b.cast(b.reshape(l.input(4), []), x.dtype ?? 'float32') : null
  return b.op('Pad', fill ? [x, b.vector([...starts, ...ends]), fill] : [x, b.vector([...starts, ...ends])])
}

/** alpha + Σ beta[k] · i[k] */
const fill: Raise = (l) => {
  const to = dtypeOfDataType(l.text('to_type')) ?? cannotRaise('the type that FILL makes')
  const { b } = l
  const shape = l.has(0) ? null : l.ints('shape')
  const operation = l.text('operation')
  if (operation !== 'LINSPACE') {
    const bound = (i: number, name: string, usual: number): number =>
      l.has(i)
        ? (l.input(i).value?.scalar() ?? cannotRaise(`${name} of ${l.record.name} is not constant`))
        : (l.number(name) ?? usual)
    const [alpha, beta] = [bound(1, 'alpha', 0), bound(2, 'beta', 1)]
    const kind = operation === 'RANDOM_UNIFORM' ? 'RandomUniform' : 'RandomNormal'
    const by = operation === 'RANDOM_UNIFORM' ? { low: alpha, high: beta } : { mean: alpha, scale: beta }
    if (shape) return b.op(kind, [], { dtype: dataTypeOf(to), shape, ...by })
    const like = b.op('ConstantOfShape', [b.cast(l.input(0), 'int64')])
    return b.op(`${kind}Like`, [like], { dtype: dataTypeOf(to), ...by })
  }
  const rank = l.result()?.shape?.length ?? shape?.length
  if (rank === undefined) return cannotRaise(`how many dimensions ${l.record.name} numbers is not known`)
  const sizes = l.elements(0, 'shape', rank, 0)
  const alpha = l.has(1) ? b.cast(l.input(1), to) : b.constant(to, [l.number('alpha') ?? 0])
  const beta = l.has(2) ? b.reshape(b.cast(l.input(2), to), [-1]) : null
  const steps = sizes.map((size, axis) => {
    const count = b.cast(b.op('Range', [b.scalar(0), b.scalar(size), b.scalar(1)]), to)
    const step = beta ? (rank === 1 ? beta : b.element(beta, axis)) : b.constant(to, [l.number('beta') ?? 1])
    return b.unsqueeze(
      b.op('Mul', [count, step]),
      Array.from({ length: rank - axis - 1 }, (_, i) => i + 1),
    )
  })
  return steps.reduce((sum, step) => b.op('Add', [sum, step]), b.reshape(alpha, []))
}

const gather: Raise = (l) => {
  const [x, indices] = [l.input(0), l.input(1)]
  const e = l.number('num_elementwise_dims') ?? 0
  const axis = l.number('axis') ?? 0
  const mode = l.text('mode')
  if (mode === 'ELEMENT') return l.b.op('GatherElements', [x, indices], { axis })
  if (mode === 'ND') return l.b.op('GatherND', [x, l.b.cast(indices, 'int64')], e === 0 ? {} : { batch_dims: e })
  if (e !== 0) return cannotRaise('GATHER by elements and by axis at once')
  return l.b.op('Gather', [x, indices], { axis })
}

const scatter: Raise = (l) => {
  const [x, indices, updates] = [l.input(0), l.input(1), l.input(2)]
  if (l.text('mode') === 'ND') return l.b.op('ScatterND', [x, l.b.cast(indices, 'int64'), updates])
  return l.b.op('ScatterElements', [x, indices, updates], { axis: l.number('axis') ?? 0 })
}

/** ONNX Runtime has kernels of int64 indices and depths, and of int64 and float32 values. */
const oneHot: Raise = (l) => {
  const { b } = l
  const values = l.input(1)
  const isWhole = values.dtype === 'bool' || /int/.test(values.dtype ?? '')
  const inputs = [
    b.cast(l.input(0), 'int64'),
    b.cast(l.input(2), 'int64'),
    b.cast(values, isWhole ? 'int64' : 'float32'),
  ]
  return b.cast(b.op('OneHot', inputs, { axis: l.number('axis') ?? -1 }), values.dtype ?? 'float32')
}

const nonZero: Raise = (l) => {
  const x = l.input(0)
  const found = l.b.op('NonZero', [x.dtype === 'int8' ? l.b.cast(x, 'int32') : x])
  return l.text('indices_type') === 'INT64' ? found : l.b.cast(found, 'int32')
}

const nms: Raise = (l) => {
  const { b } = l
  const whole = b.reshape(b.cast(l.input(2), 'int64'), [1])
  const thresholds = [3, 4].map((i) => (l.has(i) ? b.reshape(l.input(i), [1]) : null))
  const scores = b.transpose(l.input(1), [0, 2, 1])
  const center_point_box = l.text('bounding_box_format') === 'CENTER_SIZES' ? 1 : 0
  const found = b.op('NonMaxSuppression', [l.input(0), scores, whole, ...thresholds], { center_point_box })
  const count = b.cast(b.reshape(b.element(b.op('Shape', [found]), 0), []), 'int32')
  return [l.text('indices_type') === 'INT64' ? found : b.cast(found, 'int32'), count]
}

export const shapeRaising = {
  CONSTANT: constant,
  SHUFFLE: shuffle,
  SQUEEZE: (l) => l.b.op('Squeeze', [l.input(0), l.b.cast(l.input(1), 'int64')]),
  UNSQUEEZE: (l) => l.b.op('Unsqueeze', [l.input(0), l.b.cast(l.input(1), 'int64')]),
  SHAPE: (l) => l.b.op('Shape', [l.input(0)]),
  CONCATENATION: concatenation,
  SLICE: slice,
  FILL: fill,
  GATHER: gather,
  SCATTER: scatter,
  ONE_HOT: oneHot,
  NON_ZERO: nonZero,
  REVERSE_SEQUENCE: (l) =>
    l.b.op('ReverseSequence', [l.input(0), l.b.cast(l.input(1), 'int64')], {
      batch_axis: l.number('batch_axis') ?? 1,
      time_axis: l.number('sequence_axis') ?? 0,
    }),
  NMS: nms,
} satisfies Readonly<Record<string, Raise>>

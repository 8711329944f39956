import type { Tensor } from '../../../engine'
import { ConstantValue, Tensor as TensorClass } from '../../../engine'
import { rankOf, shapeOf, typeOf } from './builder'
import type { Size } from './builder'
import { isFloat, selected } from './elementwise'
import type { Lower, OnnxNode } from './node'
import { unsupported } from './unsupported'

/** Indices that may be negative, counted from the end, as ones that are not: TensorRT reads 0 for those. */
function wrapped(n: OnnxNode, i: number, size: () => Size): Tensor {
  const indices = n.input(i)
  const known = n.numbers(i)
  if (known?.every((k) => k >= 0)) return indices
  const d = size()
  const value = n.constant(i)
  if (known && value && typeof d === 'number')
    return n.b.constant(
      ConstantValue.of(
        value.dtype,
        value.shape,
        known.map((k) => (k < 0 ? k + d : k)),
      ),
    )
  const length = n.b.cast(n.b.sizeTensor(d), typeOf(indices))
  const scalar = rankOf(indices) === 0 ? n.b.reshape(length, [], []) : length
  return selected(
    n.b,
    n.b.elementwise('LESS', indices, n.b.like(indices, 0)),
    n.b.elementwise('SUM', indices, scalar),
    indices,
  )
}

const gather: Lower = (n) => {
  const data = n.input(0)
  const axis = n.axis(n.int('axis', 0), n.rank(0))
  return n.b.layer('GATHER', [data, wrapped(n, 1, () => n.b.size(data, axis))], { axis })
}

const gatherElements: Lower = (n) => {
  const data = n.input(0)
  const axis = n.axis(n.int('axis', 0), n.rank(0))
  return n.b.layer('GATHER', [data, wrapped(n, 1, () => n.b.size(data, axis))], { mode: 'ELEMENT', axis })
}

/** Indices that are known to be no negative ones: of several dimensions each has its own size. */
function fromFront(n: OnnxNode, i: number, first: number): Tensor {
  const known = n.numbers(i)
  if (known?.every((k) => k >= 0)) return n.input(i)
  const indices = n.input(i)
  const depth = indices.shape?.at(-1)
  if (typeof depth !== 'number') return unsupported('how many indices belong together')
  const sizes = n.b.vector(Array.from({ length: depth }, (_, k) => n.b.size(n.input(0), first + k)))
  const lengths = n.b.cast(Array.isArray(sizes) ? n.b.ints(sizes) : (sizes as Tensor), typeOf(indices))
  return selected(
    n.b,
    n.b.elementwise('LESS', indices, n.b.like(indices, 0)),
    n.b.elementwise('SUM', indices, lengths),
    indices,
  )
}

const gatherND: Lower = (n) => {
  const batch = n.int('batch_dims', 0)
  return n.b.layer('GATHER', [n.input(0), fromFront(n, 1, batch)], {
    mode: 'ND',
    ...(batch !== 0 && { num_elementwise_dims: batch }),
  })
}

const scatterElements: Lower = (n) => {
  if (n.text('reduction', 'none') !== 'none') unsupported('SCATTER puts values in, and adds none up')
  const data = n.input(0)
  const axis = n.axis(n.int('axis', 0), n.rank(0))
  const indices = wrapped(n, 1, () => n.b.size(data, axis))
  return n.b.layer('SCATTER', [data, indices, n.input(2)], { mode: 'ELEMENT', axis })
}

const scatterND: Lower = (n) => {
  if (n.text('reduction', 'none') !== 'none') unsupported('SCATTER puts values in, and adds none up')
  return n.b.layer('SCATTER', [n.input(0), fromFront(n, 1, 0), n.input(2)], { mode: 'ND' })
}

const oneHot: Lower = (n) => {
  const depth = n.b.cast(n.input(1), 'int32')
  const scalar = rankOf(depth) === 0 ? depth : n.b.reshape(depth, [], [])
  const raw = n.input(0)
  const whole = isFloat(raw.dtype) ? unsupported('indices that are floats') : raw
  const long = rankOf(whole) === 0 ? scalar : n.b.aligned(scalar, rankOf(whole))
  const { b } = n
  const count = b.cast(long, typeOf(whole))
  const isBelow = (t: Tensor): Tensor => b.elementwise('LESS', t, b.like(t, 0))
  const indices = selected(b, isBelow(whole), b.elementwise('SUM', whole, count), whole)
  // What lies before the first place has none, as what lies behind the last.
  const placed = selected(b, isBelow(indices), count, indices)
  return b.layer('ONE_HOT', [placed, n.input(2), scalar], { axis: n.int('axis', -1) })
}

const nonZero: Lower = (n) => n.b.layer('NON_ZERO', [n.input(0)], { indices_type: 'INT64' })

/** Boxes that do not overlap one that scores higher: scores by box, then by class; what is not given is taken for 0, which chooses none. */
const nonMaxSuppression: Lower = (n) => {
  const { b } = n
  const most = n.has(2) ? b.cast(scalar(n, 2), 'int32') : b.shared('int32', [0], [])
  const threshold = (i: number): Tensor | null => (n.has(i) ? scalar(n, i) : null)
  const inputs = [
    n.input(0),
    b.transposed(n.input(1), [0, 2, 1]),
    most,
    threshold(3) ?? b.shared('float32', [0], []),
    threshold(4),
  ]
  while (inputs.at(-1) === null) inputs.pop()
  const attributes = {
    indices_type: 'INT64',
    ...(n.int('center_point_box', 0) === 1 && { bounding_box_format: 'CENTER_SIZES' }),
  }
  return b.layers('NMS', inputs, attributes, 2)[0]!
}

function scalar(n: OnnxNode, i: number): Tensor {
  const x = n.input(i)
  return rankOf(x) === 0 ? x : n.b.reshape(x, [], [])
}

/** Numbers that are drawn; TensorRT takes no seed. */
const random =
  (operation: 'RANDOM_UNIFORM' | 'RANDOM_NORMAL', isLike: boolean): Lower =>
  (n) => {
    const { b } = n
    if (n.attribute('seed') !== undefined) unsupported('a seed')
    const dtype = n.result(0)?.dtype
    const to = dtype === 'float32' ? 'FLOAT' : dtype === 'float16' ? 'HALF' : unsupported(`FILL draws no ${dtype}`)
    const isUniform = operation === 'RANDOM_UNIFORM'
    const [alpha, beta] = isUniform
      ? [n.number('low') ?? 0, n.number('high') ?? 1]
      : [n.number('mean') ?? 0, n.number('scale') ?? 1]
    const sizes = isLike
      ? b.vector(shapeOf(n.input(0)).map((_, i) => b.size(n.input(0), i)))
      : (n.ints('shape') ?? unsupported('its shape is not given'))
    const attributes = { operation, to_type: to }
    if (sizes instanceof TensorClass)
      return b.layer('FILL', [sizes, b.shared('float32', [alpha], []), b.shared('float32', [beta], [])], attributes, {
        dtype: dtype!,
        shape: n.resultShape(),
      })
    return b.layer('FILL', [], { shape: sizes, alpha, beta, ...attributes })
  }

const reverseSequence: Lower = (n) =>
  n.b.layer('REVERSE_SEQUENCE', [n.input(0), n.input(1)], {
    batch_axis: n.int('batch_axis', 1),
    sequence_axis: n.int('time_axis', 0),
  })

/** start + i · delta for as many i as lie before the limit. */
const range: Lower = (n) => {
  const dtype = typeOf(n.input(0))
  const to = dtype === 'int64' ? 'INT64' : dtype === 'int32' ? 'INT32' : dtype === 'float32' ? 'FLOAT' : null
  if (!to) return unsupported(`FILL makes no ${dtype}`)
  const [start, limit, delta] = [0, 1, 2].map((i) => n.scalar(i)) as [number | null, number | null, number | null]
  const known = start !== null && limit !== null && delta !== null && delta !== 0
  if (known) {
    const count = Math.max(Math.ceil((limit - start) / delta), 0)
    return n.b.layer('FILL', [], { shape: [count], alpha: start, beta: delta, to_type: to })
  }
  if (dtype === 'float32') return unsupported('how many floats there are is not constant')
  const element = (i: number): Size => n.scalar(i) ?? n.b.cast(n.b.reshape(n.input(i), [1], [1]), 'int64')
  if (delta === null || delta <= 0) return unsupported('its step is not constant, or goes back')
  const reach = n.b.combine('SUM', n.b.combine('SUB', element(1), element(0)), delta - 1)
  const count = n.b.combine('MAX', n.b.combine('FLOOR_DIV', reach, delta), 0)
  const size = n.b.sizeTensor(count)
  const type = { dtype, shape: n.resultShape() }
  const alpha = n.input(0)
  const beta = n.b.shared(dtype, [delta], [1])
  return n.b.layer('FILL', [size, alpha, beta], { to_type: to }, type)
}

/** Rows and columns are numbered, and what lies on the other side of the diagonal is 0. */
const trilu: Lower = (n) => {
  const x = n.input(0)
  const rank = n.rank(0)
  const numbered = (axis: number): Tensor => {
    const size = n.b.size(x, axis)
    const row =
      typeof size === 'number'
        ? n.b.layer('FILL', [], { shape: [size], to_type: 'INT64' })
        : n.b.layer(
            'FILL',
            [size, n.b.shared('int64', [0], []), n.b.ints([1])],
            { to_type: 'INT64' },
            { dtype: 'int64', shape: [null] },
          )
    return axis === rank - 1 ? row : n.b.reshape(row, [size, 1], [shapeOf(row)[0]!, 1])
  }
  const off = n.b.elementwise('SUB', numbered(rank - 1), numbered(rank - 2))
  const k = n.has(1) ? (n.scalar(1) ?? unsupported('its diagonal is not constant')) : 0
  const isUpper = n.int('upper', 1) === 1
  const kept = isUpper
    ? n.b.elementwise('GREATER', off, n.b.like(off, k - 1))
    : n.b.elementwise('LESS', off, n.b.like(off, k + 1))
  return selected(n.b, kept, x, n.b.like(x, 0))
}

export const indexingLowering: Readonly<Record<string, Lower>> = {
  Gather: gather,
  GatherElements: gatherElements,
  GatherND: gatherND,
  ScatterElements: scatterElements,
  ScatterND: scatterND,
  OneHot: oneHot,
  NonZero: nonZero,
  NonMaxSuppression: nonMaxSuppression,
  RandomUniform: random('RANDOM_UNIFORM', false),
  RandomUniformLike: random('RANDOM_UNIFORM', true),
  RandomNormal: random('RANDOM_NORMAL', false),
  RandomNormalLike: random('RANDOM_NORMAL', true),
  ReverseSequence: reverseSequence,
  Range: range,
  Trilu: trilu,
}

import { ConstantValue } from '../../../engine'
import type { Dim, Shape, Tensor } from '../../../engine'
import { maskOfAxes } from '../masks'
import { rankOf, shapeOf, typeOf } from './builder'
import { isFloat } from './elementwise'
import type { Lower, OnnxNode } from './node'
import { unsupported } from './unsupported'

/** The axes that are reduced; null for an operator that then does nothing. */
function reducedAxes(n: OnnxNode): number[] | null {
  const rank = n.rank(0)
  const axes = n.axes(1, rank)
  if (axes && axes.length > 0) return axes
  return n.int('noop_with_empty_axes', 0) === 1 ? null : Array.from({ length: rank }, (_, i) => i)
}

function over(n: OnnxNode, op: string, x: Tensor): Tensor {
  const axes = reducedAxes(n)
  if (axes === null || axes.length === 0) return n.b.layer('IDENTITY', [x])
  if (x.dtype === 'bool') return unsupported('REDUCE takes no BOOL')
  return n.b.layer('REDUCE', [x], {
    op,
    axes: maskOfAxes(axes),
    ...(n.int('keepdims', 1) === 1 && { keep_dims: true }),
  })
}

const reduce =
  (op: string): Lower =>
  (n) => {
    if (op === 'AVG' && !isFloat(n.dtype(0))) unsupported('a mean of whole numbers')
    return over(n, op, n.input(0))
  }
const l1: Lower = (n) => over(n, 'SUM', n.b.unary('ABS', floatOf(n)))
const sumSquare: Lower = (n) => over(n, 'SUM', n.b.elementwise('PROD', n.input(0), n.input(0)))
const l2: Lower = (n) => n.b.unary('SQRT', over(n, 'SUM', n.b.elementwise('PROD', floatOf(n), n.input(0))))
const logSum: Lower = (n) => n.b.unary('LOG', over(n, 'SUM', floatOf(n)))

/** The largest is taken off before, so that nothing overflows; one that is infinite is bounded, which leaves an infinite sum. */
const logSumExp: Lower = (n) => {
  const { b } = n
  const x = floatOf(n)
  const axes = reducedAxes(n)
  if (axes === null || axes.length === 0) return over(n, 'SUM', x)
  const bounds = x.dtype === 'float16' ? 65504 : 3.4028234663852886e38
  const most = b.layer('REDUCE', [x], { op: 'MAX', axes: maskOfAxes(axes), keep_dims: true })
  const bounded = b.activation('CLIP', most, -bounds, bounds)
  const sum = b.unary('LOG', over(n, 'SUM', b.unary('EXP', b.elementwise('SUB', x, bounded))))
  const keeps = n.int('keepdims', 1) === 1
  const shape = shapeOf(bounded).filter((_, i) => keeps || !axes.includes(i))
  const added = keeps ? bounded : b.reshapedLike(bounded, shape, () => squeezedOver(n, bounded, axes, shape))
  return b.elementwise('SUM', sum, added)
}

function squeezedOver(n: OnnxNode, x: Tensor, axes: readonly number[], shape: Shape): Tensor {
  return n.b.layer('SQUEEZE', [x, n.b.ints(axes)], {}, { dtype: x.dtype, shape })
}

function floatOf(n: OnnxNode): Tensor {
  const x = n.input(0)
  return isFloat(x.dtype) ? x : unsupported(`UNARY takes no ${x.dtype}`)
}

/** One axis; before operator set 13 all from it on together. */
const softmax =
  (after?: 'LOG'): Lower =>
  (n) => {
    const x = n.input(0)
    const rank = rankOf(x)
    const axis = n.axis(n.int('axis', n.opset < 13 ? 1 : -1), rank)
    if (
      n.opset < 13 &&
      axis !== rank - 1 &&
      !shapeOf(x)
        .slice(axis + 1)
        .every((d) => d === 1)
    )
      unsupported('several axes of this operator set')
    const y = n.b.layer('SOFTMAX', [x], { axes: 1 << axis })
    return after ? n.b.unary(after, y) : y
  }

/** The place of the largest: TOPK has at least two dimensions, and gives int32. */
const argument =
  (op: string): Lower =>
  (n) => {
    if (n.int('select_last_index', 0) === 1) unsupported('the last of several that are equal')
    const x = n.input(0)
    const rank = rankOf(x)
    const axis = n.axis(n.int('axis', 0), rank)
    const wide = rank === 1 ? n.b.reshape(x, [1, n.b.size(x, 0)], [1, shapeOf(x)[0]!]) : x
    const at = rank === 1 ? 1 : axis
    const [, indices] = n.b.layers('TOPK', [wide], { op, k: 1, axes: 1 << at }, 2)
    const long = n.b.cast(indices!, 'int64')
    const keeps = n.int('keepdims', 1) === 1
    if (rank === 1) return n.b.reshape(long, keeps ? [1] : [], keeps ? [1] : [])
    if (keeps) return long
    const shape = shapeOf(long).filter((_, i) => i !== axis)
    return n.b.reshapedLike(long, shape, () => squeezedOver(n, long, [axis], shape))
  }

/** 1 at the first of the largest, 0 elsewhere. */
const hardmax: Lower = (n) => {
  const { b } = n
  const x = n.input(0)
  const rank = rankOf(x)
  const axis = n.axis(n.int('axis', n.opset < 13 ? 1 : -1), rank)
  if (n.opset < 13 && axis !== rank - 1) unsupported('several axes of this operator set')
  const depth = shapeOf(x)[axis]
  if (rank < 2 || typeof depth !== 'number') return unsupported('the size of its axis is not known')
  const [, indices] = b.layers('TOPK', [x], { op: 'MAX', k: 1, axes: 1 << axis }, 2)
  const shape = shapeOf(x).filter((_, i) => i !== axis)
  const at = b.reshapedLike(indices!, shape, () => squeezedOver(n, indices!, [axis], shape))
  const values = b.shared(typeOf(x), [0, 1], [2])
  return b.layer(
    'ONE_HOT',
    [at, values, b.shared('int32', [depth], [])],
    { axis },
    { dtype: x.dtype, shape: shapeOf(x) },
  )
}

const topK: Lower = (n) => {
  const x = n.input(0)
  const rank = rankOf(x)
  if (rank < 2) unsupported('TOPK takes two dimensions or more')
  const axis = n.axis(n.int('axis', -1), rank)
  const k = n.numbers(1)?.[0]
  if (k === undefined && n.has(1)) unsupported('how many it takes is not constant')
  if (k !== undefined && k > 3840) unsupported('TOPK takes 3840 at most')
  const attributes = { op: n.int('largest', 1) === 1 ? 'MAX' : 'MIN', k: k!, axes: 1 << axis }
  const [values, indices] = n.b.layers('TOPK', [x], attributes, 2)
  return [n.makes(0) ? values! : null, n.makes(1) ? n.b.cast(indices!, 'int64') : null]
}

const cumSum: Lower = (n) => {
  const axis = n.axis(n.scalar(1) ?? unsupported('its axis is not constant'), n.rank(0))
  const on = n.b.shared('int32', [axis], [])
  const attributes = {
    ...(n.int('exclusive', 0) === 1 && { exclusive: true }),
    ...(n.int('reverse', 0) === 1 && { reverse: true }),
  }
  return n.b.layer('CUMULATIVE', [n.input(0), on], { op: 'SUM', ...attributes })
}

/** A scale or bias in the rank of what is normalized: dimensions of 1 before and behind. */
function placed(n: OnnxNode, i: number, rank: number, behind: number, missing: number): Tensor {
  const value = n.has(i) ? n.constant(i) : null
  if (!n.has(i)) {
    const like = n.type(1)?.shape ?? []
    if (!like.every((d) => typeof d === 'number')) return unsupported('the size of its scale is not known')
    const size = like.reduce((a, b) => a * b, 1)
    const filled = ConstantValue.of(typeOf(n.input(0)), like, new Float32Array(size).fill(missing))
    return n.b.constant(filled.reshaped(spread(like, rank, behind) as number[]))
  }
  if (value) return n.b.constant(value.reshaped(spread(value.shape, rank, behind) as number[]))
  const x = n.input(i)
  return n.b.reshapedLike(x, spread(shapeOf(x), rank, behind), () => unsupported('the size of its scale is not known'))
}

function spread(shape: Shape, rank: number, behind: number): Dim[] {
  const before = rank - behind - shape.length
  return [...new Array<Dim>(Math.max(before, 0)).fill(1), ...shape, ...new Array<Dim>(behind).fill(1)]
}

const epsilonOf = (n: OnnxNode): number => {
  const e = n.attribute('epsilon')
  return typeof e === 'number' ? e : 1e-5
}

const layerNorm: Lower = (n) => {
  if (n.makes(1) || n.makes(2)) unsupported('mean and deviation')
  const x = n.input(0)
  const rank = rankOf(x)
  const first = n.axis(n.int('axis', -1), rank)
  const axes = maskOfAxes(Array.from({ length: rank - first }, (_, i) => first + i))
  return n.b.layer('NORMALIZATION', [x, placed(n, 1, rank, 0, 1), placed(n, 2, rank, 0, 0)], {
    axes,
    epsilon: epsilonOf(n),
  })
}

const overPicture = (rank: number): number => maskOfAxes(Array.from({ length: rank - 2 }, (_, i) => 2 + i))

const instanceNorm: Lower = (n) => {
  const x = n.input(0)
  const rank = rankOf(x)
  const [scale, bias] = [1, 2].map((i) => placed(n, i, rank, rank - 2, 1)) as [Tensor, Tensor]
  return n.b.layer('NORMALIZATION', [x, scale, bias], { axes: overPicture(rank), epsilon: epsilonOf(n) })
}

const groupNorm: Lower = (n) => {
  const x = n.input(0)
  const rank = rankOf(x)
  const groups = n.int('num_groups', 1)
  const [scale, bias] = [1, 2].map((i) => placed(n, i, rank, rank - 2, 1)) as [Tensor, Tensor]
  const attributes = {
    axes: overPicture(rank),
    epsilon: epsilonOf(n),
    num_groups: groups,
    ...(n.opset >= 21 && { is_v2: true }),
  }
  return n.b.layer('NORMALIZATION', [x, scale, bias], attributes)
}

/** Statistics that are constant become scale and shift of each channel. */
const batchNorm: Lower = (n) => {
  if (n.makes(1) || n.int('training_mode', 0) === 1) unsupported('training')
  const x = n.input(0)
  const rank = rankOf(x)
  const [gamma, beta, mean, variance] = [1, 2, 3, 4].map((i) => n.numbers(i))
  if (!gamma || !beta || !mean || !variance) return unsupported('its statistics are not constant')
  const scale = gamma.map((g, i) => g / Math.sqrt(variance[i]! + epsilonOf(n)))
  const shift = beta.map((b, i) => b - mean[i]! * scale[i]!)
  const dtype = typeOf(x)
  if (rank >= 4)
    return n.b.layer('SCALE', [x], {
      mode: 'CHANNEL',
      scale: ConstantValue.of(dtype, [scale.length], scale),
      shift: ConstantValue.of(dtype, [shift.length], shift),
      channel_axis: 1,
    })
  const shape = [1, scale.length, ...new Array<number>(Math.max(rank - 2, 0)).fill(1)]
  const scaled = n.b.elementwise('PROD', x, n.b.constant(ConstantValue.of(dtype, shape, scale)))
  return n.b.elementwise('SUM', scaled, n.b.constant(ConstantValue.of(dtype, shape, shift)))
}

export const reductionLowering: Readonly<Record<string, Lower>> = {
  ReduceSum: reduce('SUM'),
  ReduceMax: reduce('MAX'),
  ReduceMin: reduce('MIN'),
  ReduceMean: reduce('AVG'),
  ReduceProd: reduce('PROD'),
  ReduceL1: l1,
  ReduceL2: l2,
  ReduceSumSquare: sumSquare,
  ReduceLogSum: logSum,
  ReduceLogSumExp: logSumExp,
  Hardmax: hardmax,
  Softmax: softmax(),
  LogSoftmax: softmax('LOG'),
  ArgMax: argument('MAX'),
  ArgMin: argument('MIN'),
  TopK: topK,
  CumSum: cumSum,
  LayerNormalization: layerNorm,
  InstanceNormalization: instanceNorm,
  GroupNormalization: groupNorm,
  BatchNormalization: batchNorm,
}

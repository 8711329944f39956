import type { Tensor } from '../../../engine'
import { axesOfMask } from '../masks'
import { cannotRaise } from './error'
import type { Raise, RaisedLayer } from './raised-layer'

const REDUCE: Readonly<Record<string, string>> = {
  SUM: 'ReduceSum',
  PROD: 'ReduceProd',
  MAX: 'ReduceMax',
  MIN: 'ReduceMin',
  AVG: 'ReduceMean',
}

const reduce: Raise = (l) => {
  if (l.text('op') === 'NONE') return l.b.op('Identity', [l.input(0)])
  const kind = REDUCE[l.text('op')] ?? cannotRaise(`REDUCE ${l.text('op')} has no form in ONNX`)
  return l.b.reduce(kind, l.input(0), axesOfMask(l.number('axes') ?? 0), l.flag('keep_dims'))
}

/** The axis of a mask; without one the third from the end, or the first. */
function oneAxis(l: RaisedLayer): number {
  const mask = l.number('axes')
  return mask === null ? Math.max(l.rank() - 3, 0) : (axesOfMask(mask)[0] ?? 0)
}

/** Of each row [rows, length] the first elements, as many as its bound; what lies behind is 0. */
const raggedSoftmax: Raise = (l) => {
  const { b } = l
  const [x, bounds] = [l.input(0), l.input(1)]
  const numbers = b.op('Range', [b.scalar(0), b.scalar(b.size(x, l.rank() - 1)), b.scalar(1)])
  const inside = b.op('Less', [numbers, b.cast(bounds, 'int64')])
  return b.op('Softmax', [b.op('Where', [inside, x, b.like(x, -Infinity)])], { axis: -1 })
}

const topK: Raise = (l) => {
  const { b } = l
  const k = l.has(1) ? b.reshape(b.cast(l.input(1), 'int64'), [1]) : b.ints([l.number('k') ?? 1])
  const largest = l.text('op') === 'MAX' ? 1 : 0
  const [values, indices] = b.ops('TopK', [l.input(0), k], { axis: oneAxis(l), largest }, 2)
  return [values!, l.text('indices_type') === 'INT64' ? indices! : b.cast(indices!, 'int32')]
}

const cumulative: Raise = (l) =>
  l.b.op('CumSum', [l.input(0), l.input(1)], {
    ...(l.flag('exclusive') && { exclusive: 1 }),
    ...(l.flag('reverse') && { reverse: 1 }),
  })

const normalization: Raise = (l) => {
  const x = l.input(0)
  const groups = l.number('num_groups') ?? 1
  const axes = axesOfMask(l.number('axes') ?? 0)
  const epsilon = l.number('epsilon') ?? 1e-5
  if (groups > 1) return grouped(l, x, groups, epsilon)
  const rank = l.rank()
  const first = rank - axes.length
  const trailing = axes.length > 0 && axes.every((a, i) => a === first + i)
  const [scale, bias] = [1, 2].map((i) => (trailing ? plain(l, l.input(i), first) : null))
  if (scale && bias && l.b.opset >= 17) return l.b.op('LayerNormalization', [x, scale, bias], { axis: first, epsilon })
  return shifted(l, normalized(l, x, axes, epsilon), x)
}

/** A scale that is one for all rows, without the dimensions of the rows; null for another. */
function plain(l: RaisedLayer, of: Tensor, first: number): Tensor | null {
  const { shape } = of
  const rows = shape?.slice(0, first)
  const own = shape?.slice(first)
  if (!rows?.every((d) => d === 1) || !own?.every((d) => typeof d === 'number')) return null
  const wanted = l.input(0).shape?.slice(first)
  return own.every((d, i) => d === wanted?.[i]) ? l.b.reshape(of, own) : null
}

/** (x − mean) / √(variance + ε), in float32 as TensorRT computes it. */
function normalized({ b }: RaisedLayer, x: Tensor, axes: readonly number[], epsilon: number): Tensor {
  const wide = b.cast(x, 'float32')
  const off = b.op('Sub', [wide, b.reduce('ReduceMean', wide, axes, true)])
  const variance = b.reduce('ReduceMean', b.op('Mul', [off, off]), axes, true)
  const deviation = b.op('Sqrt', [b.op('Add', [variance, b.constant('float32', [epsilon])])])
  return b.op('Div', [off, deviation])
}

function shifted(l: RaisedLayer, y: Tensor, x: Tensor): Tensor {
  const { b } = l
  const [scale, bias] = [1, 2].map((i) => b.cast(l.input(i), 'float32')) as [Tensor, Tensor]
  return b.cast(b.op('Add', [b.op('Mul', [y, scale]), bias]), x.dtype ?? 'float32')
}

/** Groups of channels: the scale is one for each group, or (V2) for each channel. */
function grouped(l: RaisedLayer, x: Tensor, groups: number, epsilon: number): Tensor {
  const { b } = l
  const rows = normalized(l, b.reshape(x, [0, groups, -1]), [2], epsilon)
  const back = (y: Tensor): Tensor => b.reshape(y, b.shape(x))
  if (l.flag('is_v2')) return shifted(l, back(rows), x)
  const [scale, bias] = [1, 2].map((i) => b.reshape(b.cast(l.input(i), 'float32'), [1, groups, 1])) as [Tensor, Tensor]
  return b.cast(back(b.op('Add', [b.op('Mul', [rows, scale]), bias])), x.dtype ?? 'float32')
}

export const reductionRaising = {
  REDUCE: reduce,
  SOFTMAX: (l) => l.b.op('Softmax', [l.input(0)], { axis: oneAxis(l) }),
  TOPK: topK,
  RAGGED_SOFTMAX: raggedSoftmax,
  CUMULATIVE: cumulative,
  LRN: (l) =>
    l.b.op('LRN', [l.input(0)], {
      size: l.number('window_size') ?? 1,
      alpha: l.number('alpha') ?? 0.0001,
      beta: l.number('beta') ?? 0.75,
      bias: l.number('k') ?? 1,
    }),
  NORMALIZATION: normalization,
} satisfies Readonly<Record<string, Raise>>

import type { Dim } from '../../../engine'
import { CumulativeOperation, ReduceOperation, TopKOperation } from '../enums'
import { equalTypes } from '../infer/broadcast'
import { axisOf } from '../infer/indexing'
import { firstOf, numberIn, ofRank, ofTypes } from '../infer/operand-rules'
import type { Reading } from '../infer/reading'
import { sameAsFirst } from '../infer/reading'
import { axesOfMask } from '../masks'
import { flag, float, int, layer, oneOf, optionalInt, typed } from './notation'
import type { Check, Infer } from './notation'

const floating = ofTypes('floating-point numbers')

const axesIn = (r: Reading): number[] => axesOfMask(r.number('axes') ?? 0)

const withinRank: Check = (r) => {
  const rank = r.rank(0)
  const mask = r.number('axes')
  if (mask !== null && mask >= 2 ** 31) return `axes of ${r.kind} are a mask of 31 bits, not ${mask}`
  const axes = axesIn(r)
  const over = rank === null ? undefined : axes.find((a) => a >= rank)
  return over === undefined ? null : `${r.kind} has axis ${over}, and its operand ${rank} dimensions`
}

const oneAxis: Check = (r) => {
  const mask = r.number('axes')
  if (mask !== null && axesOfMask(mask).length !== 1) return `${r.kind} takes one axis, not ${axesIn(r).length}`
  return withinRank(r)
}

const reduced: Infer = (r) => {
  const x = r.shape(0)
  const axes = new Set(axesIn(r))
  const keep = r.flag('keep_dims')
  const shape = x && x.flatMap((d, i): Dim[] => (axes.has(i) ? (keep ? [1] : []) : [d]))
  return [typed(r.dtype(0), shape)]
}

const reduceRules: Check = (r) =>
  r.dtype(0) === 'bool'
    ? 'REDUCE takes no BOOL operand'
    : r.number('axes') === 0
      ? 'REDUCE needs an axis'
      : withinRank(r)

const topK: Infer = (r) => {
  const x = r.shape(0)
  const [axis] = axesIn(r)
  const k = r.has(1) ? (r.numbers(1)?.[0] ?? null) : r.number('k')
  const shape = x && axis !== undefined ? x.map((d, i) => (i === axis ? k : d)) : null
  return [typed(r.dtype(0), shape), typed(r.text('indices_type') === 'INT64' ? 'int64' : 'int32', shape)]
}

const topKRules: Check = (r) => {
  const k = r.number('k')
  if (!r.has(1) && k === null) return 'TOPK needs k'
  const given = r.has(1) ? (r.numbers(1)?.[0] ?? null) : k
  if (given !== null && (given < 0 || given > 3840)) return `TOPK takes k up to 3840, not ${given}`
  const [axis] = axesIn(r)
  const [shape, d] = [r.shape(0), axis === undefined ? null : r.shape(0)?.[axis]]
  if (given !== null && typeof d === 'number' && given > d) return `TOPK takes ${given} of the ${d} along axis ${axis}`
  if (shape && axis !== undefined && axis < shape.length - 4)
    return `TOPK is along one of the last four dimensions, not ${axis} of ${shape.length}`
  return firstOf(oneAxis, ofTypes('INT32', 1, 'k'), ofRank([0], 1, 'k'))(r)
}

const normalizationRules: Check = (r) => {
  const rank = r.rank(0)
  for (const i of [1, 2]) {
    const own = r.rank(i)
    if (rank !== null && own !== null && own !== rank)
      return `scale and bias of NORMALIZATION have the ${rank} dimensions of its input, not ${own}`
  }
  const [channels, groups] = [r.shape(0)?.[1], r.number('num_groups') ?? 1]
  if (typeof channels === 'number' && (groups < 1 || channels % groups !== 0))
    return `${channels} channels of NORMALIZATION do not go into ${groups} groups`
  return firstOf(withinRank, floating, equalTypes)(r)
}

const cumulativeRules: Check = (r) => {
  const [axis, rank] = [r.numbers(1)?.[0], r.rank(0)]
  if (axis !== undefined && rank !== null && axisOf(axis, rank) === null)
    return `CUMULATIVE has axis ${axis}, and its operand ${rank} dimensions`
  return firstOf(numberIn(1, 'the axis'), (of) => (of.dtype(0) === 'bool' ? 'CUMULATIVE takes no BOOL operand' : null))(
    r,
  )
}

const raggedRules = firstOf(ofTypes('INT32 or INT64', 1, 'bounds'), (r) => {
  const [a, b] = [r.rank(0), r.rank(1)]
  return a !== null && b !== null && a !== b ? `bounds of RAGGED_SOFTMAX have ${a} dimensions, not ${b}` : null
})

const lrnRules = firstOf(floating, (r) => {
  const size = r.number('window_size') ?? 1
  return size % 2 === 1 && size >= 1 && size <= 15 ? null : `the window of LRN is odd, and 15 at most, not ${size}`
})

/** Layers over whole rows: axes are masks, bit i for dimension i. */
export const reductionKinds = {
  REDUCE: layer(
    'reduction',
    'input',
    'output',
    { op: oneOf(ReduceOperation), axes: int(), keep_dims: flag(false) },
    { infer: reduced, check: reduceRules },
  ),
  SOFTMAX: layer(
    'activation',
    'input',
    'output',
    { axes: optionalInt() },
    { infer: sameAsFirst, check: firstOf(oneAxis, floating) },
  ),
  RAGGED_SOFTMAX: layer('activation', 'input bounds', 'output', {}, { infer: sameAsFirst, check: raggedRules }),
  TOPK: layer(
    'reduction',
    'input k?',
    'values indices',
    { op: oneOf(TopKOperation), k: optionalInt(), axes: int(), indices_type: oneOf(['INT32', 'INT64'], 'INT32') },
    { infer: topK, check: topKRules },
  ),
  CUMULATIVE: layer(
    'reduction',
    'input axis',
    'output',
    { op: oneOf(CumulativeOperation, 'SUM'), exclusive: flag(false), reverse: flag(false) },
    { infer: sameAsFirst, check: cumulativeRules },
  ),
  LRN: layer(
    'normalization',
    'input',
    'output',
    { window_size: int(), alpha: float(0.0001), beta: float(0.75), k: float(1) },
    { infer: sameAsFirst, check: lrnRules },
  ),
  NORMALIZATION: layer(
    'normalization',
    'input scale bias',
    'output',
    {
      axes: int(),
      epsilon: float(1e-5),
      num_groups: int(1),
      is_v2: flag(false),
      compute_precision: oneOf(['FLOAT', 'HALF'], 'FLOAT'),
    },
    { infer: sameAsFirst, check: normalizationRules },
  ),
  ASSERTION: layer(
    'control',
    'condition',
    '',
    { message: { type: 'STRING', default: '' } },
    { check: ofTypes('BOOL') },
  ),
}

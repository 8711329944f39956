import type { Dim } from '../../../engine'
import { CumulativeOperation, ReduceOperation, TopKOperation } from '../enums'
import { equalTypes } from '../infer/broadcast'
import type { Reading } from '../infer/reading'
import { sameAsFirst } from '../infer/reading'
import { axesOfMask } from '../masks'
import { flag, float, int, layer, oneOf, optionalInt, typed } from './notation'
import type { Check, Infer } from './notation'

const axesIn = (r: Reading): number[] => axesOfMask(r.int('axes') ?? 0)

const withinRank: Check = (r) => {
  const rank = r.rank(0)
  const axes = axesIn(r)
  const over = rank === null ? undefined : axes.find((a) => a >= rank)
  return over === undefined ? null : `${r.kind} has axis ${over}, and its operand ${rank} dimensions`
}

const oneAxis: Check = (r) => {
  const mask = r.int('axes')
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
  r.dtype(0) === 'bool' ? 'REDUCE takes no BOOL operand' : r.int('axes') === 0 ? 'REDUCE needs an axis' : withinRank(r)

const topK: Infer = (r) => {
  const x = r.shape(0)
  const [axis] = axesIn(r)
  const k = r.has(1) ? (r.numbers(1)?.[0] ?? null) : r.int('k')
  const shape = x && axis !== undefined ? x.map((d, i) => (i === axis ? k : d)) : null
  return [typed(r.dtype(0), shape), typed(r.text('indices_type') === 'INT64' ? 'int64' : 'int32', shape)]
}

const topKRules: Check = (r) => {
  const k = r.int('k')
  if (!r.has(1) && k === null) return 'TOPK needs k'
  if (k !== null && (k < 0 || k > 3840)) return `TOPK takes k up to 3840, not ${k}`
  return oneAxis(r)
}

const normalizationRules: Check = (r) => {
  const rank = r.rank(0)
  for (const i of [1, 2]) {
    const own = r.rank(i)
    if (rank !== null && own !== null && own !== rank)
      return `scale and bias of NORMALIZATION have the ${rank} dimensions of its input, not ${own}`
  }
  return withinRank(r) ?? equalTypes(r)
}

/** Layers over whole rows: axes are masks, bit i for dimension i. */
export const reductionKinds = {
  REDUCE: layer(
    'reduction',
    'input',
    'output',
    { op: oneOf(ReduceOperation), axes: int(), keep_dims: flag(false) },
    { infer: reduced, check: reduceRules },
  ),
  SOFTMAX: layer('activation', 'input', 'output', { axes: optionalInt() }, { infer: sameAsFirst, check: oneAxis }),
  RAGGED_SOFTMAX: layer('activation', 'input bounds', 'output', {}, { infer: sameAsFirst }),
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
    { infer: sameAsFirst },
  ),
  LRN: layer(
    'normalization',
    'input',
    'output',
    { window_size: int(), alpha: float(0.0001), beta: float(0.75), k: float(1) },
    { infer: sameAsFirst },
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
  ASSERTION: layer('control', 'condition', '', { message: { type: 'STRING', default: '' } }, {}),
}

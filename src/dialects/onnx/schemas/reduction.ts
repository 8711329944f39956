import { mapped } from '../infer/elementwise'
import * as on from '../infer/reduction'
import { int, ints, op, ops, required } from './notation'

const AXES = { axes: ints(), keepdims: int(1) }
const EMPTY = { keepdims: int(1), noop_with_empty_axes: int(0) }
const REST = 'ReduceMean ReduceMax ReduceMin ReduceL1 ReduceL2 ReduceLogSum ReduceLogSumExp ReduceSumSquare'

export const reduction = [
  ...ops(REST, 'reduction', 'data', 'reduced', AXES, { infer: on.reduce }),
  ...ops(REST, 'reduction', 'data axes?', 'reduced', EMPTY, { since: 18, infer: on.reduce }),
  op('ReduceProd', 'reduction', 'data', 'reduced', AXES, { infer: on.reduceProd }),
  op('ReduceProd', 'reduction', 'data axes?', 'reduced', EMPTY, { since: 18, infer: on.reduceProd }),
  op('ReduceSum', 'reduction', 'data', 'reduced', AXES, { infer: on.reduce }),
  op('ReduceSum', 'reduction', 'data axes?', 'reduced', EMPTY, { since: 13, infer: on.reduce }),
  ...ops('ArgMax ArgMin', 'reduction', 'data', 'reduced', { axis: int(0), keepdims: int(1) }, { infer: on.argReduce }),
  ...ops(
    'ArgMax ArgMin',
    'reduction',
    'data',
    'reduced',
    { axis: int(0), keepdims: int(1), select_last_index: int(0) },
    { since: 12, infer: on.argReduce },
  ),
  op('TopK', 'reduction', 'X', 'Values Indices', { axis: int(-1), k: required(int()) }, { infer: on.topK }),
  op('TopK', 'reduction', 'X K', 'Values Indices', { axis: int(-1) }, { since: 10, infer: on.topK }),
  op(
    'TopK',
    'reduction',
    'X K',
    'Values Indices',
    { axis: int(-1), largest: int(1), sorted: int(1) },
    { since: 11, infer: on.topK },
  ),
  op('CumSum', 'reduction', 'x axis', 'y', { exclusive: int(0), reverse: int(0) }, { since: 11, infer: mapped }),
]

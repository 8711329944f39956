import { BoundingBoxFormat, DataType, FillOperation, GatherMode, SampleMode, ScatterMode } from '../enums'
import { dtypeOfDataType } from '../data-type'
import { concatenated, gathered, nms, nonZero, oneHot, sliced, squeezed, unsqueezed } from '../infer/indexing'
import { concatenationRules, constantRules, fillRules, gatherRules, nmsRules, oneHotRules, reverseSequenceRules, scatterRules, sliceRules, squeezeRules, unsqueezeRules } from '../infer/indexing-rules' // prettier-ignore
import { sameAsFirst, unknownShape } from '../infer/reading'
import { shuffled, shuffleRules } from '../infer/shuffle'
import { dims, flag, float, int, layer, oneOf, optionalInt, typed } from './notation'
import { isConstantValue } from '../../../engine'
import type { Attributes, AttributeSchema, ConstantValue } from '../../../engine'
import type { Attr, Infer } from './notation'

const fill: Infer = (r) => {
  const size = r.has(0) ? r.numbers(0) : r.ints('shape')
  const rank = r.length(0)
  return [typed(dtypeOfDataType(r.text('to_type')), size ?? (rank === null ? null : unknownShape(rank)))]
}

const constant: Infer = (r) => {
  const value = r.tensor('weights')
  return [typed(value?.dtype ?? null, r.ints('shape') ?? value?.shape ?? null)]
}

const heldBy = ({ weights }: Attributes): ConstantValue | null => (isConstantValue(weights) ? weights : null)

const held: Attr<ConstantValue> & AttributeSchema = { type: 'TENSOR', required: true }
const indexType = (): ReturnType<typeof oneOf<'INT32' | 'INT64'>> => oneOf(['INT32', 'INT64'], 'INT32')

/** Layers that move values, and that make them out of nothing. */
export const shapeKinds = {
  CONSTANT: layer(
    'constant',
    '',
    'output',
    { weights: held, shape: dims() },
    { infer: constant, check: constantRules, holds: heldBy },
  ),
  FILL: layer(
    'constant',
    'shape? alpha? beta?',
    'output',
    {
      shape: dims(),
      operation: oneOf(FillOperation, 'LINSPACE'),
      alpha: float(0),
      beta: float(1),
      to_type: oneOf(DataType, 'FLOAT'),
    },
    { infer: fill, check: fillRules, deterministic: false },
  ),
  SHUFFLE: layer(
    'shape',
    'input reshape_dims?',
    'output',
    { first_transpose: dims(), reshape_dims: dims(), second_transpose: dims(), zero_is_placeholder: flag(true) },
    { infer: shuffled, check: shuffleRules },
  ),
  SQUEEZE: layer('shape', 'input axes', 'output', {}, { infer: squeezed, check: squeezeRules }),
  UNSQUEEZE: layer('shape', 'input axes', 'output', {}, { infer: unsqueezed, check: unsqueezeRules }),
  SHAPE: layer('shape', 'input', 'output', {}, { infer: (r) => [typed('int64', [r.rank(0)])] }),
  CONCATENATION: layer(
    'data-movement',
    'inputs*',
    'output',
    { axis: optionalInt() },
    { infer: concatenated, check: concatenationRules },
  ),
  SLICE: layer(
    'data-movement',
    'input start? shape? stride? fill? axes?',
    'output',
    { start: dims(), shape: dims(), stride: dims(), mode: oneOf(SampleMode, 'STRICT_BOUNDS'), axes: dims() },
    { infer: sliced, check: sliceRules },
  ),
  GATHER: layer(
    'data-movement',
    'data indices',
    'output',
    { mode: oneOf(GatherMode, 'DEFAULT'), axis: int(0), num_elementwise_dims: int(0) },
    { infer: gathered, check: gatherRules },
  ),
  SCATTER: layer(
    'data-movement',
    'data indices updates',
    'output',
    { mode: oneOf(ScatterMode), axis: int(0) },
    { infer: sameAsFirst, check: scatterRules },
  ),
  ONE_HOT: layer(
    'data-movement',
    'indices values depth',
    'output',
    { axis: int() },
    { infer: oneHot, check: oneHotRules },
  ),
  NON_ZERO: layer('data-movement', 'input', 'output', { indices_type: indexType() }, { infer: nonZero }),
  REVERSE_SEQUENCE: layer(
    'data-movement',
    'input sequence_lens',
    'output',
    { batch_axis: int(1), sequence_axis: int(0) },
    { infer: sameAsFirst, check: reverseSequenceRules },
  ),
  NMS: layer(
    'other',
    'boxes scores max_output_boxes_per_class iou_threshold? score_threshold?',
    'selected_indices num_output_boxes',
    {
      bounding_box_format: oneOf(BoundingBoxFormat, 'CORNER_PAIRS'),
      topk_box_limit: optionalInt(),
      indices_type: indexType(),
    },
    { infer: nms, check: nmsRules },
  ),
}

import { mapped } from '../infer/elementwise'
import * as on from '../infer/movement'
import { float, floats, int, ints, op, ops, required, text, type Operator } from './notation'

const SCATTER = { axis: int(0) }
const SCATTER_R = { axis: int(0), reduction: text('none', 'add', 'mul', 'max', 'min') }
const RESIZE = {
  coordinate_transformation_mode: text('half_pixel'),
  cubic_coeff_a: float(-0.75),
  exclude_outside: int(0),
  extrapolation_value: float(0),
  mode: text('nearest', 'linear', 'cubic'),
  nearest_mode: text('round_prefer_floor'),
}

const indexing: Operator[] = [
  op('Gather', 'data-movement', 'data indices', 'output', { axis: int(0) }, { infer: on.gather }),
  op('GatherElements', 'data-movement', 'data indices', 'output', { axis: int(0) }, { infer: on.gatherElements }),
  op('GatherND', 'data-movement', 'data indices', 'output', {}, { infer: on.gatherND }),
  op('GatherND', 'data-movement', 'data indices', 'output', { batch_dims: int(0) }, { since: 12, infer: on.gatherND }),
  ...ops('Scatter ScatterElements', 'data-movement', 'data indices updates', 'output', SCATTER, { infer: mapped }),
  op('ScatterElements', 'data-movement', 'data indices updates', 'output', SCATTER_R, { since: 16, infer: mapped }),
  op('ScatterND', 'data-movement', 'data indices updates', 'output', {}, { infer: mapped }),
  op(
    'ScatterND',
    'data-movement',
    'data indices updates',
    'output',
    { reduction: text('none', 'add', 'mul', 'max', 'min') },
    { since: 16, infer: mapped },
  ),
  op(
    'TensorScatter',
    'data-movement',
    'past_cache update write_indices?',
    'present_cache',
    { axis: int(-2), mode: text('linear') },
    { since: 24, infer: mapped },
  ),
  op('Compress', 'data-movement', 'input condition', 'output', { axis: int() }, { infer: on.compress }),
  op('NonZero', 'data-movement', 'X', 'Y', {}, { infer: on.nonZero }),
  op(
    'Unique',
    'data-movement',
    'X',
    'Y indices? inverse_indices? counts?',
    { axis: int(), sorted: int(1) },
    { infer: on.unique },
  ),
  op('OneHot', 'data-movement', 'indices depth values', 'output', { axis: int(-1) }, { infer: on.oneHot }),
  op(
    'NonMaxSuppression',
    'other',
    'boxes scores max_output_boxes_per_class? iou_threshold? score_threshold?',
    'selected_indices',
    { center_point_box: int(0) },
    { infer: on.nonMaxSuppression },
  ),
]

const arranging: Operator[] = [
  op('Transpose', 'data-movement', 'data', 'transposed', { perm: ints() }, { infer: on.transpose }),
  op('Concat', 'data-movement', 'inputs*', 'concat_result', { axis: required(int()) }, { infer: on.concat }),
  op('Split', 'data-movement', 'input', 'outputs*', { axis: int(0), split: ints() }, { infer: on.split }),
  op('Split', 'data-movement', 'input split?', 'outputs*', { axis: int(0) }, { since: 13, infer: on.split }),
  op(
    'Split',
    'data-movement',
    'input split?',
    'outputs*',
    { axis: int(0), num_outputs: int() },
    { since: 18, infer: on.split },
  ),
  op(
    'Slice',
    'data-movement',
    'data',
    'output',
    { axes: ints(), ends: required(ints()), starts: required(ints()) },
    { infer: on.slice },
  ),
  op('Slice', 'data-movement', 'data starts ends axes? steps?', 'output', {}, { since: 10, infer: on.slice }),
  op('Tile', 'data-movement', 'input repeats', 'output', {}, { infer: on.tile }),
  op(
    'Pad',
    'data-movement',
    'data',
    'output',
    { mode: text('constant', 'reflect', 'edge'), pads: required(ints()), value: float(0) },
    { infer: on.pad },
  ),
  op(
    'Pad',
    'data-movement',
    'data pads constant_value?',
    'output',
    { mode: text('constant', 'reflect', 'edge') },
    { since: 11, infer: on.pad },
  ),
  op(
    'Pad',
    'data-movement',
    'data pads constant_value? axes?',
    'output',
    { mode: text('constant', 'reflect', 'edge', 'wrap') },
    { since: 18, infer: on.pad },
  ),
  op('Trilu', 'data-movement', 'input k?', 'output', { upper: int(1) }, { since: 14, infer: mapped }),
  op(
    'ReverseSequence',
    'data-movement',
    'input sequence_lens',
    'Y',
    { batch_axis: int(1), time_axis: int(0) },
    { infer: mapped },
  ),
  op(
    'CenterCropPad',
    'data-movement',
    'input_data shape',
    'output_data',
    { axes: ints() },
    { since: 18, infer: on.centerCropPad },
  ),
]

const spatial: Operator[] = [
  op('DepthToSpace', 'data-movement', 'input', 'output', { blocksize: required(int()) }, { infer: on.depthToSpace }),
  op(
    'DepthToSpace',
    'data-movement',
    'input',
    'output',
    { blocksize: required(int()), mode: text('DCR', 'CRD') },
    { since: 11, infer: on.depthToSpace },
  ),
  op('SpaceToDepth', 'data-movement', 'input', 'output', { blocksize: required(int()) }, { infer: on.spaceToDepth }),
  op('Upsample', 'data-movement', 'X scales', 'Y', { mode: text('nearest', 'linear') }, { infer: on.resize }),
  op('Resize', 'data-movement', 'X scales', 'Y', { mode: text('nearest', 'linear') }, { since: 10, infer: on.resize }),
  op('Resize', 'data-movement', 'X roi scales sizes?', 'Y', RESIZE, { since: 11, infer: on.resize }),
  op('Resize', 'data-movement', 'X roi? scales? sizes?', 'Y', RESIZE, { since: 13, infer: on.resize }),
  op(
    'Resize',
    'data-movement',
    'X roi? scales? sizes?',
    'Y',
    { ...RESIZE, antialias: int(0), axes: ints(), keep_aspect_ratio_policy: text('stretch') },
    { since: 18, infer: on.resize },
  ),
  op(
    'GridSample',
    'data-movement',
    'X grid',
    'Y',
    { align_corners: int(0), mode: text('bilinear'), padding_mode: text('zeros') },
    { since: 16, infer: on.gridSample },
  ),
  op(
    'GridSample',
    'data-movement',
    'X grid',
    'Y',
    { align_corners: int(0), mode: text('linear'), padding_mode: text('zeros') },
    { since: 20, infer: on.gridSample },
  ),
  op('AffineGrid', 'data-movement', 'theta size', 'grid', { align_corners: int(0) }, { since: 20 }),
  op('ImageDecoder', 'other', 'encoded_stream', 'image', { pixel_format: text('RGB') }, { since: 20 }),
  op(
    'TfIdfVectorizer',
    'other',
    'X',
    'Y',
    {
      max_gram_length: required(int()),
      max_skip_count: required(int()),
      min_gram_length: required(int()),
      mode: required(text()),
      ngram_counts: required(ints()),
      ngram_indexes: required(ints()),
      pool_int64s: ints(),
      weights: floats(),
    },
    {},
  ),
]

/** Operators that move elements without computing on them. */
export const dataMovement = [...indexing, ...arranging, ...spatial]

import * as on from '../infer/convolution'
import { float, int, ints, op, ops, required, text } from './notation'

const WINDOW = {
  auto_pad: text('NOTSET', 'SAME_UPPER', 'SAME_LOWER', 'VALID'),
  dilations: ints(),
  kernel_shape: ints(),
  pads: ints(),
  strides: ints(),
}
export const CONV = { ...WINDOW, group: int(1) }
const POOL = { ...WINDOW, kernel_shape: required(ints()), ceil_mode: int(0) }
const { dilations: _dilations, ...UNDILATED } = POOL
const { ceil_mode: _ceil, ...FLOORED } = UNDILATED

export const convolution = [
  op('Conv', 'convolution', 'X W B?', 'Y', CONV, { infer: on.conv }),
  op(
    'ConvTranspose',
    'convolution',
    'X W B?',
    'Y',
    { ...CONV, output_padding: ints(), output_shape: ints() },
    { infer: on.convTranspose },
  ),
  op('ConvInteger', 'convolution', 'x w x_zero_point? w_zero_point?', 'y', CONV, { infer: on.convTo('int32') }),
  op('QLinearConv', 'convolution', 'x x_scale x_zero_point w w_scale w_zero_point y_scale y_zero_point B?', 'y', CONV, {
    infer: on.convTo(null, 3, 7),
  }),
  op(
    'DeformConv',
    'convolution',
    'X W offset B? mask?',
    'Y',
    { dilations: ints(), group: int(1), kernel_shape: ints(), offset_group: int(1), pads: ints(), strides: ints() },
    { since: 19, infer: on.conv },
  ),
  op(
    'Col2Im',
    'convolution',
    'input image_shape block_shape',
    'output',
    { dilations: ints(), pads: ints(), strides: ints() },
    { since: 18, infer: on.col2im },
  ),
]

export const pooling = [
  op('MaxPool', 'pooling', 'X', 'Y Indices?', { ...FLOORED, storage_order: int(0) }, { infer: on.pool }),
  op('MaxPool', 'pooling', 'X', 'Y Indices?', { ...POOL, storage_order: int(0) }, { since: 10, infer: on.pool }),
  op('AveragePool', 'pooling', 'X', 'Y', { ...FLOORED, count_include_pad: int(0) }, { infer: on.pool }),
  op('AveragePool', 'pooling', 'X', 'Y', { ...UNDILATED, count_include_pad: int(0) }, { since: 10, infer: on.pool }),
  op('AveragePool', 'pooling', 'X', 'Y', { ...POOL, count_include_pad: int(0) }, { since: 19, infer: on.pool }),
  op('LpPool', 'pooling', 'X', 'Y', { ...FLOORED, p: int(2) }, { infer: on.pool }),
  op('LpPool', 'pooling', 'X', 'Y', { ...POOL, p: int(2) }, { since: 18, infer: on.pool }),
  ...ops('GlobalAveragePool GlobalMaxPool', 'pooling', 'X', 'Y', {}, { infer: on.globalPool }),
  op('GlobalLpPool', 'pooling', 'X', 'Y', { p: int(2) }, { infer: on.globalPool }),
  op(
    'MaxUnpool',
    'pooling',
    'X I output_shape?',
    'output',
    { kernel_shape: required(ints()), pads: ints(), strides: ints() },
    { infer: on.maxUnpool },
  ),
  op(
    'MaxRoiPool',
    'pooling',
    'X rois',
    'Y',
    { pooled_shape: required(ints()), spatial_scale: float(1) },
    { infer: on.maxRoiPool },
  ),
  op(
    'RoiAlign',
    'pooling',
    'X rois batch_indices',
    'Y',
    {
      mode: text('avg', 'max'),
      output_height: int(1),
      output_width: int(1),
      sampling_ratio: int(0),
      spatial_scale: float(1),
    },
    { infer: on.roiAlign },
  ),
  op(
    'RoiAlign',
    'pooling',
    'X rois batch_indices',
    'Y',
    {
      coordinate_transformation_mode: text('half_pixel'),
      mode: text('avg', 'max'),
      output_height: int(1),
      output_width: int(1),
      sampling_ratio: int(0),
      spatial_scale: float(1),
    },
    { since: 16, infer: on.roiAlign },
  ),
]

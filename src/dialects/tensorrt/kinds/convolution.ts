import { InterpolationMode, CoordinateTransformation, NearestRounding, PaddingMode, PoolingType, ResizeSelector, SampleMode } from '../enums' // prettier-ignore
import { convolved, deconvolved, gridSampled, kernelRules, padded, paddingRules, pooled, poolingRules, resized, resizeRules } from '../infer/convolution' // prettier-ignore
import { dims, flag, float, floats, int, layer, needed, oneOf, weights } from './notation'

const padding = {
  pre_padding: dims(),
  post_padding: dims(),
  /** Both at once. */
  padding_nd: dims(),
  padding_mode: oneOf(PaddingMode, 'EXPLICIT_ROUND_DOWN'),
}

const convolution = {
  num_output_maps: int(),
  kernel_size_nd: needed(),
  stride_nd: dims(),
  ...padding,
  dilation_nd: dims(),
  num_groups: int(1),
  kernel: weights(),
  bias: weights(),
}

/** Layers of pictures: [N, C, S...]. */
export const convolutionKinds = {
  CONVOLUTION: layer('convolution', 'input kernel? bias?', 'output', convolution, {
    infer: convolved,
    check: kernelRules,
  }),
  DECONVOLUTION: layer('convolution', 'input kernel? bias?', 'output', convolution, {
    infer: deconvolved,
    check: kernelRules,
  }),
  POOLING: layer(
    'pooling',
    'input',
    'output',
    {
      type: oneOf(PoolingType),
      window_size_nd: needed(),
      stride_nd: dims(),
      ...padding,
      blend_factor: float(0),
      average_count_excludes_padding: flag(true),
    },
    { infer: pooled, check: poolingRules },
  ),
  PADDING: layer(
    'data-movement',
    'input',
    'output',
    { pre_padding_nd: needed(), post_padding_nd: needed() },
    { infer: padded, check: paddingRules },
  ),
  RESIZE: layer(
    'data-movement',
    'input shape?',
    'output',
    {
      shape: dims(),
      scales: floats(),
      resize_mode: oneOf(InterpolationMode, 'NEAREST'),
      coordinate_transformation: oneOf(CoordinateTransformation, 'ASYMMETRIC'),
      selector_for_single_pixel: oneOf(ResizeSelector, 'FORMULA'),
      nearest_rounding: oneOf(NearestRounding, 'FLOOR'),
      cubic_coeff: float(-0.75),
      exclude_outside: flag(false),
    },
    { infer: resized, check: resizeRules },
  ),
  GRID_SAMPLE: layer(
    'data-movement',
    'input grid',
    'output',
    {
      interpolation_mode: oneOf(InterpolationMode, 'LINEAR'),
      align_corners: flag(false),
      sample_mode: oneOf(SampleMode, 'FILL'),
    },
    {
      infer: gridSampled,
      check: (r) => ((r.rank(0) ?? 4) !== 4 ? `GRID_SAMPLE takes 4 dimensions, not ${r.rank(0)}` : null),
    },
  ),
}

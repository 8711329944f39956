import { count, filled, floatOf, maybe, numberSaid, shapeAt, sizes } from './call'
import type { CallContext, CallDrawer } from './call'

/** An image: a batch of channels, of two dimensions mostly. */
const image = (c: CallContext, spatial: number): number[] =>
  shapeAt(c, 0, spatial + 2) ?? [c.d.int(1, 2), c.d.int(1, 3), ...Array.from({ length: spatial }, () => c.d.int(2, 4))]

const gridSample: CallDrawer = (c) => {
  const { d, opset } = c
  const spatial = c.given[0]?.rank === 5 || (opset >= 20 && d.chance(0.2)) ? 3 : 2
  const x = image(c, spatial)
  const dtype = floatOf(c)
  const to = Array.from({ length: spatial }, () => d.int(1, 3))
  const linear = opset >= 20 ? 'linear' : 'bilinear'
  const cubic = opset >= 20 ? 'cubic' : 'bicubic'
  return {
    operands: [
      { dtype, shape: x },
      { dtype, shape: [x[0]!, ...to, spatial] },
    ],
    attributes: maybe(d, {
      mode: d.pick([linear, 'nearest', spatial === 2 ? cubic : linear]),
      padding_mode: d.pick(['zeros', 'border', 'reflection']),
      align_corners: d.int(0, 1),
    }),
  }
}

const affineGrid: CallDrawer = (c) => {
  const { d } = c
  const theta = c.given[0]?.shape?.map(Number)
  const spatial = theta?.[1] ?? d.pick([2, 2, 3])
  const batch = theta?.[0] ?? d.int(1, 2)
  return {
    operands: [
      { dtype: floatOf(c), shape: [batch, spatial, spatial + 1] },
      sizes([batch, d.int(1, 3), ...Array.from({ length: spatial }, () => d.int(1, 4))]),
    ],
    attributes: maybe(d, { align_corners: d.int(0, 1) }),
  }
}

/** As many columns as places of the block in the image. */
const col2im: CallDrawer = (c) => {
  const { d } = c
  const [h, w] = [d.int(3, 5), d.int(3, 5)]
  const block = [d.int(1, 3), d.int(1, 2)]
  const pads = d.chance(0.5) ? [d.int(0, 1), d.int(0, 1), d.int(0, 1), d.int(0, 1)] : null
  const strides = d.chance(0.5) ? [d.int(1, 2), d.int(1, 2)] : null
  const dilations = d.chance(0.4) ? [1, d.int(1, 2)] : null
  const steps = [h, w].map((size, i) => {
    const reach = ((dilations?.[i] ?? 1) * (block[i]! - 1) + 1) as number
    const room = size + (pads?.[i] ?? 0) + (pads?.[i + 2] ?? 0) - reach
    return Math.floor(room / (strides?.[i] ?? 1)) + 1
  })
  return {
    operands: [
      { dtype: floatOf(c), shape: [d.int(1, 2), d.int(1, 2) * count(block), count(steps)] },
      sizes([h, w]),
      sizes(block),
    ],
    attributes: { ...(pads && { pads }), ...(strides && { strides }), ...(dilations && { dilations }) },
  }
}

const deformConv: CallDrawer = (c) => {
  const { d, said } = c
  const x = image(c, 2)
  const dtype = floatOf(c)
  const group = numberSaid(said, 'group', () => d.pick([1, 1, x[1]!]))
  const offsets = numberSaid(said, 'offset_group', () => d.pick([1, 1, x[1]!]))
  const kernel = [d.int(1, 2), d.int(1, 2)]
  const pads = d.chance(0.5) ? [d.int(0, 1), d.int(0, 1), d.int(0, 1), d.int(0, 1)] : null
  const strides = d.chance(0.5) ? [d.int(1, 2), d.int(1, 2)] : null
  const dilations = d.chance(0.4) ? [d.int(1, 2), d.int(1, 2)] : null
  const out = [0, 1].map((i) => {
    const reach = (dilations?.[i] ?? 1) * (kernel[i]! - 1) + 1
    return Math.floor((x[i + 2]! + (pads?.[i] ?? 0) + (pads?.[i + 2] ?? 0) - reach) / (strides?.[i] ?? 1)) + 1
  })
  const filters = group * d.int(1, 2)
  return {
    operands: [
      { dtype, shape: x },
      { dtype, shape: [filters, x[1]! / group, ...kernel] },
      { dtype, shape: [x[0]!, offsets * count(kernel) * 2, ...out] },
      d.chance(0.5) ? { dtype, shape: [filters] } : null,
      d.chance(0.5) ? { dtype, shape: [x[0]!, offsets * count(kernel), ...out] } : null,
    ],
    attributes: {
      ...((group > 1 || d.chance(0.3)) && { group }),
      ...((offsets > 1 || d.chance(0.3)) && { offset_group: offsets }),
      ...(pads && { pads }),
      ...(strides && { strides }),
      ...(dilations && { dilations }),
      ...maybe(d, { kernel_shape: kernel }),
    },
  }
}

/** Regions by their corners, one behind the other. */
const corner = (c: CallContext, x: readonly number[]) => (i: number) => {
  const [low, size] = [i % 4 < 2, i % 2 === 0 ? x[3]! : x[2]!]
  return low ? c.d.between(0, size / 2) : c.d.between(size / 2, size)
}

const roiAlign: CallDrawer = (c) => {
  const { d, opset } = c
  const x = image(c, 2)
  const n = d.int(1, 3)
  const dtype = floatOf(c)
  const mode = typeof c.said['mode'] === 'string' ? c.said['mode'] : d.pick(['avg', 'max'])
  return {
    operands: [
      { dtype, shape: x },
      filled(dtype, [n, 4], corner(c, x)),
      filled('int64', [n], () => d.int(0, x[0]! - 1)),
    ],
    attributes: {
      mode,
      // Of several samples ONNX Runtime's largest is not the largest.
      ...(mode === 'max' ? { sampling_ratio: 1 } : maybe(d, { sampling_ratio: d.int(0, 2) })),
      ...maybe(d, {
        output_height: d.int(1, 3),
        output_width: d.int(1, 3),
        spatial_scale: d.pick([0.5, 1]),
        coordinate_transformation_mode: opset >= 16 ? d.pick(['half_pixel', 'output_half_pixel']) : undefined,
      }),
    },
  }
}

const maxRoiPool: CallDrawer = (c) => {
  const { d } = c
  const x = image(c, 2)
  const n = d.int(1, 3)
  const place = corner(c, x)
  return {
    operands: [
      { dtype: 'float32', shape: x },
      filled('float32', [n, 5], (i) => (i % 5 === 0 ? d.int(0, x[0]! - 1) : Math.floor(place((i % 5) - 1)))),
    ],
    attributes: { pooled_shape: [d.int(1, 2), d.int(1, 2)], ...maybe(d, { spatial_scale: d.pick([0.5, 1]) }) },
  }
}

/** Places of the image that is restored, each once. */
const maxUnpool: CallDrawer = (c) => {
  const { d } = c
  const x = image(c, 2)
  const [h, w] = [x[2]! * 2, x[3]! * 2]
  const places = d.shuffled(Array.from({ length: x[1]! * h * w }, (_, i) => i))
  const each = count(x.slice(1))
  return {
    operands: [
      { dtype: 'float32', shape: x },
      filled('int64', x, (i) => Math.floor(i / each) * x[1]! * h * w + places[i % each]!),
      null,
    ],
    attributes: { kernel_shape: [2, 2], strides: [2, 2] },
  }
}

const suppression: CallDrawer = (c) => {
  const { d } = c
  const [batch, classes, boxes] = [d.int(1, 2), d.int(1, 2), d.int(2, 4)]
  return {
    operands: [
      filled('float32', [batch, boxes, 4], (i) => d.between(0, 1) + (i % 4 < 2 ? 0 : 1)),
      filled('float32', [batch, classes, boxes], () => d.between(0, 1)),
      filled('int64', [1], () => d.int(1, 3)),
      d.chance(0.8) ? filled('float32', [1], () => d.pick([0.2, 0.5])) : null,
      d.chance(0.5) ? filled('float32', [1], () => d.pick([0.2, 0.5])) : null,
    ],
    attributes: maybe(d, { center_point_box: d.int(0, 1) }),
  }
}

/** Larger or smaller, on all axes or those that are named, in the ways that go together. */
const resize: CallDrawer = (c) => {
  const { d, said, opset } = c
  const x = shapeAt(c, 0, 4) ?? [1, d.int(1, 2), d.int(2, 5), d.int(2, 5)]
  const dtype = floatOf(c)
  const mode = typeof said['mode'] === 'string' ? said['mode'] : d.pick(['nearest', 'nearest', 'linear', 'cubic'])
  const axes = opset >= 18 && d.chance(0.4) ? d.pick([[2, 3], [3, 2], [-1, -2], [3]]) : null
  const isNamed = axes ?? [0, 1, 2, 3]
  const to = isNamed.map((a) => {
    const size = x.at(a)!
    return (a + 4) % 4 < 2 ? size : d.int(1, 7)
  })
  const factors = isNamed.map((a) => ((a + 4) % 4 < 2 ? 1 : d.pick([1, 2, 0.5, 1.5, 0.6])))
  const isBySize = d.chance(0.5)
  const how = d.pick(['half_pixel', 'asymmetric', 'align_corners', 'pytorch_half_pixel', 'tf_crop_and_resize'])
  const crops = said['coordinate_transformation_mode'] === 'tf_crop_and_resize' || how === 'tf_crop_and_resize'
  const roi = [...isNamed.map(() => d.pick([0, 0.1])), ...isNamed.map(() => d.pick([1, 0.8, 1.5]))]
  return {
    operands: [
      { dtype, shape: x },
      crops ? { dtype, shape: [roi.length], values: roi } : opset < 13 ? { dtype, shape: [0], values: [] } : null,
      isBySize ? null : { dtype: 'float32', shape: [factors.length], values: factors },
      isBySize ? sizes(to) : null,
    ],
    attributes: {
      mode,
      ...(axes && { axes }),
      ...maybe(d, { coordinate_transformation_mode: how }, crops ? 1 : 0.6),
      ...maybe(
        d,
        {
          nearest_mode: d.pick(['round_prefer_floor', 'round_prefer_ceil', 'floor', 'ceil']),
          cubic_coeff_a: d.pick([-0.5, -0.75]),
          exclude_outside: mode === 'cubic' ? d.int(0, 1) : undefined,
          extrapolation_value: d.pick([2, 2, 0]),
        },
        0.5,
      ),
      ...(opset >= 18 &&
        maybe(
          d,
          {
            antialias: mode === 'nearest' ? undefined : d.int(0, 1),
            keep_aspect_ratio_policy: isBySize ? d.pick(['stretch', 'not_larger', 'not_smaller']) : undefined,
          },
          0.4,
        )),
    },
  }
}

/** Of so many neighbours among the channels. */
const lrn: CallDrawer = (c) => {
  const { d } = c
  return {
    operands: [{ dtype: 'float32', shape: shapeAt(c, 0, 4) ?? [d.int(1, 2), d.int(2, 4), 2, d.int(1, 3)] }],
    attributes: {
      size: d.pick([1, 3, 5]),
      ...maybe(d, { alpha: d.pick([0.5, 1]), beta: d.pick([0.5, 1]), bias: d.pick([0.5, 2]) }, 0.7),
    },
  }
}

const centerCropPad: CallDrawer = (c) => {
  const { d } = c
  const x = c.given[0]?.shape?.map(Number) ?? d.dims(d.int(1, 4))
  const axes = d.chance(0.5) && x.length > 0 ? d.shuffled([...x.keys()]).slice(0, d.int(1, x.length)) : null
  const named = axes ?? [...x.keys()]
  return {
    operands: [{ dtype: floatOf(c), shape: x }, sizes(named.map(() => d.int(1, 5)))],
    attributes: axes ? { axes: axes.map((a) => (d.chance(0.3) ? a - x.length : a)) } : {},
  }
}

const eyeLike: CallDrawer = (c) => ({
  operands: [{ dtype: floatOf(c), shape: shapeAt(c, 0, 2) ?? [c.d.int(1, 4), c.d.int(1, 4)] }],
  attributes: maybe(c.d, { k: c.d.int(-2, 2), dtype: c.d.pick([1, 7, 11]) }),
})

export const IMAGES: Readonly<Record<string, CallDrawer>> = {
  GridSample: gridSample,
  AffineGrid: affineGrid,
  Col2Im: col2im,
  DeformConv: deformConv,
  RoiAlign: roiAlign,
  MaxRoiPool: maxRoiPool,
  MaxUnpool: maxUnpool,
  NonMaxSuppression: suppression,
  Resize: resize,
  LRN: lrn,
  CenterCropPad: centerCropPad,
  EyeLike: eyeLike,
  Upsample: (c) => ({
    operands: [
      { dtype: floatOf(c), shape: image(c, 2) },
      { dtype: 'float32', shape: [4], values: [1, 1, 2, 2] },
    ],
    attributes: {},
  }),
}

import type { Attributes, Tensor } from '../../../engine'
import { cannotRaise } from './error'
import type { Raise, RaisedLayer } from './raised-layer'

function windowAttributes(l: RaisedLayer, n: number): Attributes {
  const stride = l.ints('stride_nd')
  const dilation = l.record.kind === 'POOLING' ? null : l.ints('dilation_nd')
  return {
    ...(stride && { strides: stride }),
    ...(dilation && { dilations: dilation }),
    ...padding(l, n),
  }
}

function padding(l: RaisedLayer, n: number): Attributes {
  const mode = l.text('padding_mode')
  if (mode.startsWith('SAME'))
    return l.record.kind === 'DECONVOLUTION'
      ? cannotRaise(`DECONVOLUTION padded by ${mode} has no reference`)
      : { auto_pad: mode }
  const both = l.ints('padding_nd') ?? new Array<number>(n).fill(0)
  const [before, after] = [l.ints('pre_padding') ?? both, l.ints('post_padding') ?? both]
  const up = mode === 'EXPLICIT_ROUND_UP'
  if (up && l.record.kind === 'CONVOLUTION') return { pads: [...before, ...roundedUp(l, before, after)] }
  if (up && l.record.kind === 'DECONVOLUTION') return cannotRaise('DECONVOLUTION that rounds up has no form in ONNX')
  const pads = [...before, ...after]
  return { ...(pads.some((p) => p !== 0) && { pads }), ...(up && { ceil_mode: 1 }) }
}

/** Padding behind that lets the last window, which begins inside, reach its end. */
function roundedUp(l: RaisedLayer, before: readonly number[], after: readonly number[]): number[] {
  const [kernel, stride, dilation] = ['kernel_size_nd', 'stride_nd', 'dilation_nd'].map((name) => l.ints(name))
  return after.map((pad, i) => {
    const size = l.input(0).shape?.[i + 2]
    if (typeof size !== 'number') return cannotRaise(`the size that ${l.record.name} rounds up is not known`)
    const reach = size + before[i]! + pad - ((dilation?.[i] ?? 1) * (kernel![i]! - 1) + 1)
    const left = reach % (stride?.[i] ?? 1)
    return left === 0 ? pad : pad + (stride?.[i] ?? 1) - left
  })
}

function kernelOf(l: RaisedLayer): Tensor {
  return l.weights('kernel') ?? l.input(1)
}

const convolution =
  (kind: 'Conv' | 'ConvTranspose'): Raise =>
  (l) => {
    const sizes = l.ints('kernel_size_nd') ?? cannotRaise('the size of the kernel is not given')
    const group = l.number('num_groups') ?? 1
    const bias = l.weights('bias') ?? (l.has(2) ? l.input(2) : null)
    const operands = [l.input(0), kernelOf(l), ...(bias ? [bias] : [])]
    return l.b.op(kind, operands, {
      kernel_shape: sizes,
      ...windowAttributes(l, sizes.length),
      ...(group !== 1 && { group }),
    })
  }

const pooling: Raise = (l) => {
  const sizes = l.ints('window_size_nd') ?? cannotRaise('the window is not given')
  const type = l.text('type')
  const attributes = { kernel_shape: sizes, ...windowAttributes(l, sizes.length) }
  const pool = (kind: string, more: Attributes = {}): Tensor => l.b.op(kind, [l.input(0)], { ...attributes, ...more })
  const average = (): Tensor =>
    pool('AveragePool', l.flag('average_count_excludes_padding') ? {} : { count_include_pad: 1 })
  if (type === 'MAX') return pool('MaxPool')
  if (type === 'AVERAGE') return average()
  const blend = l.number('blend_factor') ?? 0
  const [most, mean] = [pool('MaxPool'), average()]
  const weighted = (y: Tensor, by: number): Tensor => l.b.op('Mul', [y, l.b.like(y, by)])
  return l.b.op('Add', [weighted(most, 1 - blend), weighted(mean, blend)])
}

/** The last two dimensions. */
const padded: Raise = (l) => {
  const [before, after] = [l.ints('pre_padding_nd') ?? [], l.ints('post_padding_nd') ?? []]
  const none = new Array<number>(l.rank() - before.length).fill(0)
  return l.b.op('Pad', [l.input(0), l.b.ints([...none, ...before, ...none, ...after])])
}

const MODES: Readonly<Record<string, string>> = { NEAREST: 'nearest', LINEAR: 'linear', CUBIC: 'cubic' }
const COORDINATES: Readonly<Record<string, string>> = {
  ASYMMETRIC: 'asymmetric',
  ALIGN_CORNERS: 'align_corners',
  HALF_PIXEL: 'half_pixel',
}
const ROUNDING: Readonly<Record<string, string>> = {
  HALF_DOWN: 'round_prefer_floor',
  HALF_UP: 'round_prefer_ceil',
  FLOOR: 'floor',
  CEIL: 'ceil',
}

const resized: Raise = (l) => {
  const { b } = l
  const mode = l.text('resize_mode')
  const upper = l.text('coordinate_transformation') === 'HALF_PIXEL' && l.text('selector_for_single_pixel') === 'UPPER'
  const coordinates = upper ? 'pytorch_half_pixel' : COORDINATES[l.text('coordinate_transformation')]
  const attributes: Attributes = {
    mode: MODES[mode] ?? 'nearest',
    coordinate_transformation_mode: coordinates ?? 'asymmetric',
    ...(mode === 'NEAREST' && { nearest_mode: ROUNDING[l.text('nearest_rounding')] ?? 'floor' }),
    ...(mode === 'CUBIC' && { cubic_coeff_a: l.number('cubic_coeff') ?? -0.75 }),
    ...(l.flag('exclude_outside') && { exclude_outside: 1 }),
  }
  const scales = l.ints('scales')
  if (scales) return b.op('Resize', [l.input(0), null, b.constant('float32', scales, [scales.length])], attributes)
  const given = l.ints('shape')
  const sizes = l.has(1) ? b.cast(l.input(1), 'int64') : given ? b.ints(given) : cannotRaise('RESIZE has no size')
  return b.op('Resize', [l.input(0), null, null, sizes], attributes)
}

const gridSample: Raise = (l) => {
  const isNew = l.b.opset >= 20
  const modes: Readonly<Record<string, string>> = isNew
    ? { LINEAR: 'linear', NEAREST: 'nearest', CUBIC: 'cubic' }
    : { LINEAR: 'bilinear', NEAREST: 'nearest', CUBIC: 'bicubic' }
  const outside: Readonly<Record<string, string>> = { FILL: 'zeros', CLAMP: 'border', REFLECT: 'reflection' }
  return l.b.op('GridSample', [l.input(0), l.input(1)], {
    mode: modes[l.text('interpolation_mode')] ?? cannotRaise('its mode'),
    padding_mode:
      outside[l.text('sample_mode')] ?? cannotRaise(`GRID_SAMPLE ${l.text('sample_mode')} has no form in ONNX`),
    align_corners: l.flag('align_corners') ? 1 : 0,
  })
}

export const convolutionRaising = {
  CONVOLUTION: convolution('Conv'),
  DECONVOLUTION: convolution('ConvTranspose'),
  POOLING: pooling,
  PADDING: padded,
  RESIZE: resized,
  GRID_SAMPLE: gridSample,
} satisfies Readonly<Record<string, Raise>>

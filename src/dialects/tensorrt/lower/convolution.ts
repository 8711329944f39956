import type { Attributes, ConstantValue, Shape, Tensor } from '../../../engine'
import type { LayerType } from '../layer-type'
import { rankOf, shapeOf } from './builder'
import type { Size } from './builder'
import { isFloat } from './elementwise'
import type { Lower, OnnxNode } from './node'
import { unsupported } from './unsupported'

/** Paddings of a window as attributes. @throws Unsupported for another automatic padding */
function paddings(n: OnnxNode, spatial: number, roundUp = false): Attributes {
  const auto = n.text('auto_pad', 'NOTSET')
  if (auto.startsWith('SAME')) return { padding_mode: auto }
  if (auto === 'VALID') return {}
  if (auto !== 'NOTSET') unsupported(`padding ${auto}`)
  const pads = n.ints('pads') ?? new Array<number>(2 * spatial).fill(0)
  const [before, after] = [pads.slice(0, spatial), pads.slice(spatial)]
  return {
    ...(pads.some((p) => p !== 0) && { pre_padding: before, post_padding: after }),
    ...(roundUp && { padding_mode: 'EXPLICIT_ROUND_UP' }),
  }
}

function listed(name: string, of: readonly number[] | null): Attributes {
  return of?.some((v) => v !== 1) ? { [name]: of } : {}
}

/** A signal of one dimension is a picture of one column: TensorRT convolves two dimensions, or three. */
function picture(n: OnnxNode, x: Tensor): Tensor {
  const shape = [...shapeOf(x), 1]
  const { dtype } = x
  return n.b.reshapedLike(x, shape, () =>
    n.b.layer('UNSQUEEZE', [x, n.b.ints([shape.length - 1])], {}, { dtype, shape }),
  )
}

function signal(n: OnnxNode, y: Tensor, axis: number): Tensor {
  const shape = shapeOf(y).filter((_, i) => i !== axis)
  return n.b.reshapedLike(y, shape, () => n.b.layer('SQUEEZE', [y, n.b.ints([axis])], {}, { dtype: y.dtype, shape }))
}

const widened = (list: readonly number[], by: number): number[] => [...list, by]

const convolution =
  (kind: 'CONVOLUTION' | 'DECONVOLUTION'): Lower =>
  (n) => {
    const x = n.input(0)
    if (!isFloat(x.dtype)) unsupported(`${kind} takes no ${x.dtype}`)
    const shape = n.type(1)?.shape
    if (!shape?.every((d) => typeof d === 'number')) return unsupported('the size of its kernel is not known')
    const groups = n.int('group', 1)
    const isLine = shape.length === 3
    const spatial = isLine ? 2 : shape.length - 2
    const wide = (list: readonly number[] | null, by: number): readonly number[] | null =>
      list && isLine ? widened(list, by) : list
    const attributes: Attributes = {
      num_output_maps: kind === 'CONVOLUTION' ? shape[0]! : shape[1]! * groups,
      kernel_size_nd: wide(shape.slice(2), 1)!,
      ...listed('stride_nd', wide(n.ints('strides'), 1)),
      ...listed('dilation_nd', wide(n.ints('dilations'), 1)),
      ...(groups !== 1 && { num_groups: groups }),
      ...paddingsOf(n, kind, isLine, spatial),
    }
    const kernel = n.constant(1)
    const bias = n.constant(2)
    const picked = isLine ? picture(n, x) : x
    const own = kernel && (isLine ? kernel.reshaped(widened(kernel.shape, 1)) : kernel)
    const held = { ...(own && { kernel: own }), ...(bias && { bias }) } satisfies Record<string, ConstantValue>
    const operands = [picked, own ? null : wideKernel(n, isLine), n.has(2) && !bias ? n.input(2) : null]
    while (operands.at(-1) === null) operands.pop()
    const y = n.b.layer(kind as LayerType, operands, { ...attributes, ...held })
    return isLine ? signal(n, y, 3) : y
  }

const wideKernel = (n: OnnxNode, isLine: boolean): Tensor => (isLine ? picture(n, n.input(1)) : n.input(1))

function paddingsOf(n: OnnxNode, kind: string, isLine: boolean, spatial: number): Attributes {
  const found = paddings(n, isLine ? 1 : spatial)
  if (kind === 'CONVOLUTION') return isLine ? linePadding(found) : found
  if (n.ints('output_shape') || found['padding_mode']) return byResult(n, isLine)
  const extra = n.ints('output_padding')
  const none = new Array<number>(isLine ? 1 : spatial).fill(0)
  const before = (found['pre_padding'] as number[] | undefined) ?? none
  const after = (found['post_padding'] as number[] | undefined) ?? none
  if (!extra?.some((e) => e !== 0)) return isLine ? linePadding(found) : found
  const less = after.map((p, i) => p - (extra[i] ?? 0))
  if (less.some((p) => p < 0)) unsupported('more padding of the result than of the operand')
  const both = { pre_padding: before, post_padding: less }
  return isLine ? linePadding(both) : both
}

/** Paddings by which the result has the size that it has: the odd one stands behind for SAME_UPPER, else in front. */
function byResult(n: OnnxNode, isLine: boolean): Attributes {
  const [x, kernel, y] = [n.type(0)?.shape, n.type(1)?.shape, n.resultShape()]
  const known = (d: unknown): number =>
    typeof d === 'number' ? d : unsupported('automatic padding of sizes that are not known')
  const totals = y.slice(2).map((size, i) => {
    const reach = (known(kernel?.[i + 2]) - 1) * (n.ints('dilations')?.[i] ?? 1) + 1
    return (n.ints('strides')?.[i] ?? 1) * (known(x?.[i + 2]) - 1) + reach - known(size)
  })
  if (totals.some((t) => t < 0)) unsupported('a result that is larger than what the kernel reaches')
  const less = totals.map((t) => Math.floor(t / 2))
  const more = totals.map((t, i) => t - less[i]!)
  const isUpper = n.text('auto_pad', 'NOTSET') === 'SAME_UPPER'
  const found = { pre_padding: isUpper ? less : more, post_padding: isUpper ? more : less }
  return isLine ? linePadding(found) : found
}

function linePadding(found: Attributes): Attributes {
  const [before, after] = [found['pre_padding'], found['post_padding']] as (readonly number[] | undefined)[]
  return before && after ? { ...found, pre_padding: widened(before, 0), post_padding: widened(after, 0) } : found
}

const pooling =
  (type: 'MAX' | 'AVERAGE'): Lower =>
  (n) => {
    const x = n.input(0)
    const window = n.ints('kernel_shape') ?? unsupported('its window is not given')
    if (n.makes(1)) unsupported('where the largest elements are')
    if (n.ints('dilations')?.some((d) => d !== 1)) unsupported('a window with gaps')
    if (!isFloat(x.dtype)) unsupported(`POOLING takes no ${x.dtype}`)
    const isLine = window.length === 1
    const roundUp = n.int('ceil_mode', 0) === 1
    const found = paddings(n, window.length, roundUp)
    const stride = n.ints('strides')
    const attributes: Attributes = {
      type,
      window_size_nd: isLine ? widened(window, 1) : window,
      ...(stride
        ? { stride_nd: isLine ? widened(stride, 1) : stride }
        : { stride_nd: new Array<number>(isLine ? 2 : window.length).fill(1) }),
      ...(isLine ? linePadding(found) : found),
      ...(type === 'AVERAGE' && n.int('count_include_pad', 0) === 1 && { average_count_excludes_padding: false }),
    }
    if (roundUp && type === 'AVERAGE' && found['pre_padding']) unsupported('an average that is rounded up over padding')
    const y = n.b.layer('POOLING', [isLine ? picture(n, x) : x], attributes)
    return isLine ? signal(n, y, 3) : y
  }

const overPlaces =
  (op: string): Lower =>
  (n) => {
    const rank = n.rank(0)
    let axes = 0
    for (let i = 2; i < rank; i++) axes |= 1 << i
    return n.b.layer('REDUCE', [n.input(0)], { op, axes, keep_dims: true })
  }

const lrn: Lower = (n) => {
  const of = (name: string, usual: number): number =>
    typeof n.attribute(name) === 'number' ? (n.attribute(name) as number) : usual
  const window_size = n.int('size', 1)
  return n.b.layer('LRN', [n.input(0)], {
    window_size,
    alpha: of('alpha', 0.0001),
    beta: of('beta', 0.75),
    k: of('bias', 1),
  })
}

const COORDINATES: Readonly<Record<string, string>> = {
  asymmetric: 'ASYMMETRIC',
  half_pixel: 'HALF_PIXEL',
  pytorch_half_pixel: 'HALF_PIXEL',
  align_corners: 'ALIGN_CORNERS',
}
const ROUNDING: Readonly<Record<string, string>> = {
  round_prefer_floor: 'HALF_DOWN',
  round_prefer_ceil: 'HALF_UP',
  floor: 'FLOOR',
  ceil: 'CEIL',
}

/** What is said of some axes, with what holds of the others; null where that is not known. */
function ofAllAxes(n: OnnxNode, some: readonly number[] | null, others: Shape): readonly number[] | null {
  const axes = n.ints('axes')?.map((a) => n.axis(a, others.length))
  if (!axes || !some) return some
  const all = others.map((d, i) => (axes.includes(i) ? some[axes.indexOf(i)]! : d))
  return all.every((d) => typeof d === 'number') ? all : null
}

/** Sizes that are not all known; null where scales say them. */
function resultSizes(n: OnnxNode, x: Tensor): Tensor | null {
  if (!n.has(3)) return null
  const axes = n.ints('axes')?.map((a) => n.axis(a, rankOf(x)))
  if (!axes) return n.input(3)
  const some = n.numbers(3)
  if (!some) return null
  const of = (i: number): Size => (axes.includes(i) ? some[axes.indexOf(i)]! : n.b.size(x, i))
  return n.b.vector(shapeOf(x).map((_, i) => of(i))) as Tensor
}

const resize: Lower = (n) => {
  const x = n.input(0)
  const rank = rankOf(x)
  const mode = { nearest: 'NEAREST', linear: 'LINEAR', cubic: 'CUBIC' }[n.text('mode', 'nearest')]
  const given = n.text('coordinate_transformation_mode', 'half_pixel')
  const coordinates = COORDINATES[given] ?? unsupported(`coordinates ${given}`)
  if (!mode) unsupported('its mode')
  if (n.int('antialias', 0) === 1 || n.text('keep_aspect_ratio_policy', 'stretch') !== 'stretch')
    unsupported('smoothing or a kept aspect ratio')
  const shape = n.has(3) ? ofAllAxes(n, n.numbers(3), shapeOf(x)) : null
  const scales = n.has(2) ? ofAllAxes(n, n.numbers(2), new Array<number>(rank).fill(1)) : null
  const wanted = shape?.length === rank ? { shape } : scales?.length === rank ? { scales } : null
  const sizes = wanted ? null : resultSizes(n, x)
  if (!wanted && !sizes) unsupported('its scales are not constant')
  const attributes: Attributes = {
    ...wanted,
    resize_mode: mode!,
    coordinate_transformation: coordinates,
    ...(given === 'pytorch_half_pixel' && { selector_for_single_pixel: 'UPPER' }),
    ...(mode === 'NEAREST' && {
      nearest_rounding: ROUNDING[n.text('nearest_mode', 'round_prefer_floor')] ?? 'HALF_DOWN',
    }),
    ...(mode === 'CUBIC' &&
      typeof n.attribute('cubic_coeff_a') === 'number' && { cubic_coeff: n.attribute('cubic_coeff_a')! }),
    ...(n.int('exclude_outside', 0) === 1 && { exclude_outside: true }),
  }
  const type = { dtype: x.dtype, shape: n.resultShape() }
  return n.b.layer('RESIZE', sizes ? [x, sizes] : [x], attributes, type)
}

const gridSample: Lower = (n) => {
  const modes: Readonly<Record<string, string>> = {
    linear: 'LINEAR',
    bilinear: 'LINEAR',
    nearest: 'NEAREST',
    cubic: 'CUBIC',
    bicubic: 'CUBIC',
  }
  const outside: Readonly<Record<string, string>> = { zeros: 'FILL', border: 'CLAMP', reflection: 'REFLECT' }
  if (n.rank(0) !== 4) unsupported('GRID_SAMPLE takes four dimensions')
  return n.b.layer('GRID_SAMPLE', [n.input(0), n.input(1)], {
    interpolation_mode: modes[n.text('mode', 'linear')] ?? unsupported('its mode'),
    sample_mode: outside[n.text('padding_mode', 'zeros')] ?? unsupported('its padding'),
    align_corners: n.int('align_corners', 0) === 1,
  })
}

export const convolutionLowering: Readonly<Record<string, Lower>> = {
  Conv: convolution('CONVOLUTION'),
  ConvTranspose: convolution('DECONVOLUTION'),
  MaxPool: pooling('MAX'),
  AveragePool: pooling('AVERAGE'),
  GlobalAveragePool: overPlaces('AVG'),
  GlobalMaxPool: overPlaces('MAX'),
  LRN: lrn,
  Resize: resize,
  GridSample: gridSample,
}

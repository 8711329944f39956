import type { Dim, Shape } from '../../../engine'
import { addDims, floorDivDims, mulDims, subDims } from '../../onnx'
import type { Check, Infer } from '../kinds/notation'
import { typed } from '../kinds/notation'
import { countIn, listOf } from './operand-rules'
import type { Reading } from './reading'
import { unknownShape } from './reading'

/** What a window does along one spatial dimension. */
interface Window {
  readonly size: number
  readonly stride: number
  readonly dilation: number
  readonly before: number
  readonly after: number
}

const ONES = (n: number): number[] => new Array<number>(n).fill(1)
const ZEROS = (n: number): number[] => new Array<number>(n).fill(0)

/** Paddings before and after each spatial dimension. */
export function paddingOf(r: Reading, n: number): readonly [readonly number[], readonly number[]] {
  const both = r.ints('padding_nd')
  const [before, after] = [r.ints('pre_padding') ?? both, r.ints('post_padding') ?? both]
  return [before?.length === n ? before : ZEROS(n), after?.length === n ? after : ZEROS(n)]
}

function windows(r: Reading, sizes: readonly number[]): Window[] {
  const n = sizes.length
  const strides = r.ints('stride_nd') ?? ONES(n)
  const dilations = r.ints('dilation_nd') ?? ONES(n)
  const [before, after] = paddingOf(r, n)
  return sizes.map((size, i) => ({
    size,
    stride: strides[i] ?? 1,
    dilation: dilations[i] ?? 1,
    before: before[i]!,
    after: after[i]!,
  }))
}

function slid(size: Dim, w: Window, mode: string): Dim {
  if (mode.startsWith('SAME')) return w.stride === 1 ? size : floorDivDims(addDims(size, w.stride - 1), w.stride)
  const covered = w.dilation * (w.size - 1) + 1
  const room = subDims(addDims(size, w.before + w.after), covered)
  const steps = mode === 'EXPLICIT_ROUND_UP' ? addDims(room, w.stride - 1) : room
  return addDims(w.stride === 1 ? room : floorDivDims(steps, w.stride), 1)
}

/** [N, C, S...] with another C, under windows of these sizes. */
function windowed(r: Reading, channels: Dim, sizes: readonly number[] | null): Shape | null {
  const x = r.shape(0)
  if (!x || !sizes) return null
  const first = x.length - sizes.length
  if (first < 1) return null
  const mode = r.text('padding_mode')
  return [...x.slice(0, first - 1), channels, ...windows(r, sizes).map((w, i) => slid(x[first + i]!, w, mode))]
}

export const convolved: Infer = (r) => [
  typed(r.dtype(0), windowed(r, r.number('num_output_maps'), r.ints('kernel_size_nd'))),
]

export const pooled: Infer = (r) => {
  const sizes = r.ints('window_size_nd')
  const x = r.shape(0)
  return [typed(r.dtype(0), x && sizes ? windowed(r, x[x.length - sizes.length - 1] ?? null, sizes) : null)]
}

export const deconvolved: Infer = (r) => {
  const x = r.shape(0)
  const sizes = r.ints('kernel_size_nd')
  if (!x || !sizes || x.length !== sizes.length + 2) return [typed(r.dtype(0), null)]
  const same = r.text('padding_mode').startsWith('SAME')
  const out = windows(r, sizes).map((w, i): Dim => {
    const spread = mulDims(x[2 + i]!, w.stride)
    if (same) return spread
    return addDims(spread, w.dilation * (w.size - 1) + 1 - w.stride - w.before - w.after)
  })
  return [typed(r.dtype(0), [x[0]!, r.number('num_output_maps'), ...out])]
}

/** The last two dimensions. */
export const padded: Infer = (r) => {
  const x = r.shape(0)
  const [before, after] = [r.ints('pre_padding_nd'), r.ints('post_padding_nd')]
  if (!x || !before || !after) return [typed(r.dtype(0), x && unknownShape(x.length))]
  const first = x.length - before.length
  return [
    typed(
      r.dtype(0),
      x.map((d, i) => (i < first ? d : addDims(d, before[i - first]! + (after[i - first] ?? 0)))),
    ),
  ]
}

export const resized: Infer = (r) => {
  const x = r.shape(0)
  const given = r.has(1) ? r.numbers(1) : r.ints('shape')
  const scales = r.ints('scales')
  if (given) return [typed(r.dtype(0), given)]
  if (!x || !scales || scales.length !== x.length) return [typed(r.dtype(0), x && unknownShape(x.length))]
  const size = (d: Dim, s: number): Dim => (s === 1 ? d : typeof d === 'number' ? Math.floor(d * s) : null)
  return [
    typed(
      r.dtype(0),
      x.map((d, i) => size(d, scales[i]!)),
    ),
  ]
}

export const gridSampled: Infer = (r) => {
  const [x, grid] = [r.shape(0), r.shape(1)]
  if (x?.length !== 4 || grid?.length !== 4) return [typed(r.dtype(0), null)]
  return [typed(r.dtype(0), [x[0]!, x[1]!, grid[1]!, grid[2]!])]
}

export const paddingRules: Check = (r) => {
  for (const name of ['pre_padding_nd', 'post_padding_nd']) {
    const given = r.ints(name)
    if (given && given.length !== 2)
      return `${name} of PADDING has 2 numbers, of the last two dimensions, not ${given.length}`
  }
  const rank = r.rank(0)
  return rank !== null && rank < 2 ? `PADDING takes 2 dimensions or more, not ${rank}` : null
}

export const poolingRules: Check = (r) => {
  const [n, rank] = [r.ints('window_size_nd')?.length, r.rank(0)]
  return n !== undefined && rank !== null && rank < n + 1
    ? `POOLING with a window of ${n} dimensions takes channels before them: ${n + 1} dimensions or more, not ${rank}`
    : null
}

/** Sizes and scales are one for each dimension. */
export const resizeRules: Check = (r) => {
  const rank = r.rank(0)
  const [size, scales] = [countIn(r, 'shape', 1), r.ints('scales')?.length]
  for (const [what, n] of [
    ['shape', size],
    ['scales', scales],
  ] as const)
    if (rank !== null && typeof n === 'number' && n !== rank) return `${what} of RESIZE has ${n} sizes, not ${rank}`
  if (size === null && scales === undefined && !r.has(1)) return 'RESIZE needs its shape or its scales'
  return listOf(1, 'the shape')(r)
}

/** A kernel is there once: among the attributes or among the operands. */
export const kernelRules: Check = (r) => {
  const own = r.tensor('kernel')
  if (!own && !r.has(1)) return `${r.kind} needs a kernel, as weights or as an operand`
  const n = r.ints('kernel_size_nd')?.length
  const rank = r.rank(0)
  if (n !== undefined && rank !== null && rank !== n + 2)
    return `${r.kind} with a kernel of ${n} dimensions takes ${n + 2}, not ${rank}`
  const [channels, groups] = [r.shape(0)?.[1], r.number('num_groups') ?? 1]
  if (typeof channels === 'number' && channels % groups !== 0)
    return `${channels} channels do not go into ${groups} groups`
  return null
}

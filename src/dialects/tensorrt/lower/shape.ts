import { ConstantValue } from '../../../engine'
import type { Dim, Shape, Tensor } from '../../../engine'
import { rankOf, shapeOf } from './builder'
import type { Size, SlicePart } from './builder'
import type { Lower, OnnxNode } from './node'
import { unsupported } from './unsupported'

const reshape: Lower = (n) => {
  const x = n.input(0)
  const type = { dtype: x.dtype, shape: n.resultShape() }
  const dims = n.numbers(1)
  const placeholder = n.int('allowzero', 0) === 0 ? {} : { zero_is_placeholder: false }
  if (dims) return n.b.layer('SHUFFLE', [x], { reshape_dims: dims, ...placeholder }, type)
  return n.b.layer('SHUFFLE', [x, n.input(1)], placeholder, type)
}

const transpose: Lower = (n) => {
  const rank = n.rank(0)
  const perm = n.ints('perm') ?? Array.from({ length: rank }, (_, i) => rank - 1 - i)
  return n.b.layer('SHUFFLE', [n.input(0)], { first_transpose: perm })
}

const flatten: Lower = (n) => {
  const x = n.input(0)
  const rank = n.rank(0)
  const given = n.int('axis', 1)
  const axis = given < 0 ? given + rank : given
  const product = (from: number, to: number): Size => {
    let size: Size = 1
    for (let i = from; i < to; i++) size = n.b.combine('PROD', size, n.b.size(x, i))
    return size
  }
  return n.b.reshape(x, [product(0, axis), product(axis, rank)], n.resultShape())
}

/** The dimensions of 1. @throws Unsupported where a size is known at run time only, and may be 1 then */
function onesOf(x: Tensor): number[] {
  const shape = shapeOf(x)
  if (!shape.every((d) => typeof d === 'number')) unsupported('its axes are not given, and a size may be 1')
  return shape.flatMap((d, i) => (d === 1 ? [i] : []))
}

/** Sizes that are all known but one are a SHUFFLE. */
const squeeze: Lower = (n) => {
  const x = n.input(0)
  const rank = n.rank(0)
  const named = n.axes(1, rank) ?? []
  const axes = named.length > 0 ? named : onesOf(x)
  return n.b.reshapedLike(
    x,
    shapeOf(x).filter((_, i) => !axes.includes(i)),
    () =>
      n.b.layer(
        'SQUEEZE',
        [x, n.b.ints(axes)],
        {},
        { dtype: x.dtype, shape: shapeOf(x).filter((_, i) => !axes.includes(i)) },
      ),
  )
}

const unsqueeze: Lower = (n) => {
  const x = n.input(0)
  const count = (n.ints('axes') ?? n.numbers(1))?.length ?? unsupported('its axes are not constant')
  const axes = n.axes(1, n.rank(0) + count)!
  const shape = unsqueezed(shapeOf(x), axes)
  return n.b.reshapedLike(x, shape, () => n.b.layer('UNSQUEEZE', [x, n.b.ints(axes)], {}, { dtype: x.dtype, shape }))
}

function unsqueezed(shape: Shape, axes: readonly number[]): Shape {
  const out: Dim[] = []
  let next = 0
  for (let i = 0; i < shape.length + axes.length; i++) out.push(axes.includes(i) ? 1 : (shape[next++] ?? null))
  return out
}

const wholeShape: Lower = (n) => {
  const whole = n.b.shapeOf(n.input(0))
  const rank = n.rank(0)
  const bound = (at: number): number => Math.min(Math.max(at < 0 ? at + rank : at, 0), rank)
  const [start, end] = [bound(n.int('start', 0)), bound(n.int('end', rank))]
  if (start === 0 && end === rank) return whole
  return n.b.slice(whole, [{ axis: 0, start, size: Math.max(end - start, 0), stride: 1 }])
}

const size: Lower = (n) => n.b.layer('REDUCE', [n.b.shapeOf(n.input(0))], { op: 'PROD', axes: 1 })

const LAST = 2 ** 31 - 1

/** Bounds count from the front when negative and are clamped, as in Python. */
function bounded(n: OnnxNode, at: Size, d: Size, low: number, high: Size): Size {
  const { b } = n
  if (typeof at !== 'number') {
    // Which side of zero it is on is seen at run time.
    const negative = b.combine('MIN', at, 0)
    const sign = b.combine('MAX', b.combine('MIN', b.combine('SUB', 0, negative), 1), 0)
    const from = b.combine('SUM', at, b.combine('PROD', sign, d))
    return b.combine('MIN', b.combine('MAX', from, low), high)
  }
  if (at >= LAST) return high
  if (at <= -LAST) return low
  const from = at < 0 ? b.combine('SUM', d, at) : at
  const above = typeof from === 'number' && from >= low ? from : b.combine('MAX', from, low)
  return at >= 0 && at === low ? above : b.combine('MIN', above, high)
}

/** One element of an operand that holds numbers, known or not. */
function element(n: OnnxNode, i: number, at: number, usual: number): Size {
  if (!n.has(i)) return usual
  const known = n.numbers(i)
  if (known) return known[at] ?? usual
  const x = n.b.cast(n.input(i), 'int64')
  const flat = rankOf(x) === 0 ? n.b.reshape(x, [1], [1]) : x
  return n.b.slice(flat, [{ axis: 0, start: at, size: 1, stride: 1 }])
}

const slice: Lower = (n) => {
  const x = n.input(0)
  const rank = n.rank(0)
  const count =
    n.numbers(1)?.length ?? n.numbers(2)?.length ?? lengthOf(n.type(1)?.shape) ?? unsupported('how many axes it has')
  const axes = n.axes(3, rank) ?? Array.from({ length: count }, (_, i) => i)
  const parts = axes.map((axis, i) => part(n, x, axis, i)).sort((a, b) => a.axis - b.axis)
  return n.b.slice(x, parts)
}

const lengthOf = (shape: Shape | null | undefined): number | null => {
  const [d] = shape ?? []
  return typeof d === 'number' ? d : null
}

function part(n: OnnxNode, x: Tensor, axis: number, i: number): SlicePart {
  const { b } = n
  const step = element(n, 4, i, 1)
  if (typeof step !== 'number') return unsupported('its steps are not constant')
  const [first, last] = [element(n, 1, i, 0), element(n, 2, i, 0)]
  const d = b.size(x, axis)
  const back = step < 0
  const start = back ? bounded(n, first, d, 0, b.combine('SUB', d, 1)) : bounded(n, first, d, 0, d)
  const end = back ? bounded(n, last, d, -1, b.combine('SUB', d, 1)) : bounded(n, last, d, 0, d)
  const reach = back ? b.combine('SUB', start, end) : b.combine('SUB', end, start)
  const rounded = b.combine('FLOOR_DIV', b.combine('SUM', reach, Math.abs(step) - 1), Math.abs(step))
  const never =
    typeof rounded !== 'number' && !back && first === 0 && (last === LAST || (typeof last === 'number' && last > LAST))
  return { axis, start, size: never ? rounded : b.combine('MAX', rounded, 0), stride: step }
}

/** Each dimension of 1 is read again and again: a stride of 0. */
const expand: Lower = (n) => {
  const wanted = n.numbers(1)
  const length = wanted?.length ?? lengthOf(n.type(1)?.shape) ?? unsupported('how many sizes it has')
  const rank = Math.max(n.rank(0), length)
  const x = n.b.aligned(n.input(0), rank)
  const known = n.resultShape()
  const parts = Array.from({ length: rank }, (_, axis): SlicePart => {
    const own = n.b.size(x, axis)
    const at = axis - (rank - length)
    const other = at < 0 ? 1 : element(n, 1, at, 1)
    const found = known[axis]
    const size =
      typeof found === 'number' ? found : other === 1 ? own : own === 1 ? other : n.b.combine('MAX', own, other)
    const stride = own === 1 ? 0 : typeof own === 'number' ? 1 : n.b.combine('MIN', n.b.combine('SUB', own, 1), 1)
    return { axis, start: 0, size, stride }
  })
  return n.b.slice(x, parts)
}

const tile: Lower = (n) => {
  const x = n.input(0)
  const rank = n.rank(0)
  const parts = Array.from({ length: rank }, (_, axis): SlicePart => {
    const repeats = element(n, 1, axis, 1)
    return { axis, start: 0, size: n.b.combine('PROD', n.b.size(x, axis), repeats), stride: 1 }
  }).filter((p) => typeof p.size !== 'number' || p.size !== shapeOf(x)[p.axis])
  return parts.length === 0 ? n.b.layer('IDENTITY', [x]) : n.b.slice(x, parts, 'WRAP')
}

const PAD_MODES: Readonly<Record<string, string>> = {
  constant: 'FILL',
  reflect: 'REFLECT',
  edge: 'CLAMP',
  wrap: 'WRAP',
}

const pad: Lower = (n) => {
  const x = n.input(0)
  const rank = n.rank(0)
  const mode = PAD_MODES[n.text('mode', 'constant')] ?? unsupported('its mode')
  const axes = n.has(3) ? n.axes(3, rank)! : Array.from({ length: rank }, (_, i) => i)
  const parts = axes.map((axis, i): SlicePart => {
    const [before, after] = [element(n, 1, i, 0), element(n, 1, i + axes.length, 0)]
    const size = n.b.combine('SUM', n.b.combine('SUM', n.b.size(x, axis), before), after)
    return { axis, start: n.b.combine('SUB', 0, before), size, stride: 1 }
  })
  const moved = parts.filter((p) => p.start !== 0 || p.size !== shapeOf(x)[p.axis]).sort((a, b) => a.axis - b.axis)
  if (moved.length === 0) return n.b.layer('IDENTITY', [x])
  const fill = mode !== 'FILL' ? null : n.has(2) ? scalarOf(n, n.input(2)) : n.b.shared(x.dtype!, [0], [])
  return n.b.slice(x, moved, mode, fill)
}

const scalarOf = (n: OnnxNode, x: Tensor): Tensor => (rankOf(x) === 0 ? x : n.b.reshape(x, [], []))

const split: Lower = (n) => {
  const x = n.input(0)
  const axis = n.axis(n.int('axis', 0), n.rank(0))
  const d = n.b.size(x, axis)
  const count = n.record.outputs.length
  const sizes = n.ints('split') ?? n.numbers(1)
  if (!sizes && n.has(1)) unsupported('its sizes are not constant')
  const least =
    typeof d === 'number' ? Math.ceil(d / count) : n.b.combine('FLOOR_DIV', n.b.combine('SUM', d, count - 1), count)
  let start: Size = 0
  return Array.from({ length: count }, (_, i) => {
    const rest: Size = n.b.combine('SUB', d, start)
    const own: Size = sizes ? sizes[i]! : n.b.combine('MIN', least, rest)
    const out = n.b.slice(x, [{ axis, start, size: own, stride: 1 }])
    start = n.b.combine('SUM', start, own)
    return out
  })
}

const concat: Lower = (n) => {
  const rank = n.inputs().reduce((r, x) => Math.max(r, rankOf(x)), 0)
  return n.b.layer('CONCATENATION', n.inputs(), { axis: n.axis(n.int('axis', 0), rank) })
}

const constantOfShape: Lower = (n) => {
  const value = n.tensor('value')
  const one = value ? value.reshaped([]) : ConstantValue.scalarOf('float32', 0)
  const shape = n.resultShape()
  const rank = shape.length
  if (rank === 0) return n.b.constant(one)
  const unit = n.b.constant(one.reshaped(new Array<number>(rank).fill(1)))
  const parts = shape.map((d, axis): SlicePart => {
    return { axis, start: 0, size: typeof d === 'number' ? d : element(n, 0, axis, 1), stride: 0 }
  })
  return n.b.slice(unit, parts)
}

/** Blocks of `size` × `size` between channels and places. */
const depthToSpace: Lower = (n) => {
  const x = n.input(0)
  const [batch, channels, height, width] = [0, 1, 2, 3].map((i) => n.b.size(x, i)) as [Size, Size, Size, Size]
  const s = n.int('blocksize', 1)
  if (typeof channels !== 'number') return unsupported('how many channels there are')
  const depth = channels / (s * s)
  const isRows = n.text('mode', 'DCR') === 'DCR'
  const sizes: Size[] = isRows ? [batch, s, s, depth, height, width] : [batch, depth, s, s, height, width]
  const blocks = n.b.reshape(x, sizes, sizes.map(known))
  const turned = n.b.transposed(blocks, isRows ? [0, 3, 4, 1, 5, 2] : [0, 1, 4, 2, 5, 3])
  const out = [batch, depth, n.b.combine('PROD', height, s), n.b.combine('PROD', width, s)]
  return n.b.reshape(turned, out, n.resultShape())
}

const spaceToDepth: Lower = (n) => {
  const x = n.input(0)
  const [batch, channels, height, width] = [0, 1, 2, 3].map((i) => n.b.size(x, i)) as [Size, Size, Size, Size]
  const s = n.int('blocksize', 1)
  const [h, w] = [n.b.combine('FLOOR_DIV', height, s), n.b.combine('FLOOR_DIV', width, s)]
  const sizes: Size[] = [batch, channels, h, s, w, s]
  const turned = n.b.transposed(n.b.reshape(x, sizes, sizes.map(known)), [0, 3, 5, 1, 2, 4])
  return n.b.reshape(turned, [batch, n.b.combine('PROD', channels, s * s), h, w], n.resultShape())
}

const known = (s: Size): Dim => (typeof s === 'number' ? s : null)

export const shapeLowering: Readonly<Record<string, Lower>> = {
  Reshape: reshape,
  Transpose: transpose,
  Flatten: flatten,
  Squeeze: squeeze,
  Unsqueeze: unsqueeze,
  Shape: wholeShape,
  Size: size,
  Slice: slice,
  Expand: expand,
  Tile: tile,
  Pad: pad,
  Split: split,
  Concat: concat,
  ConstantOfShape: constantOfShape,
  DepthToSpace: depthToSpace,
  SpaceToDepth: spaceToDepth,
}

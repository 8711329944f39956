import type { Dim, Shape, ValueType } from '../../../engine'
import { addDims } from '../../onnx'
import { commonDtype } from './broadcast'
import type { Check, Infer } from '../kinds/notation'
import { typed } from '../kinds/notation'
import type { Reading } from './reading'
import { unknownShape } from './reading'

/** An axis counted from the front; null where it is none of the rank. */
export function axisOf(axis: number | null, rank: number): number | null {
  if (axis === null) return null
  const at = axis < 0 ? axis + rank : axis
  return at >= 0 && at < rank ? at : null
}

export const axisRule =
  (i = 0, more = 0): Check =>
  (r) => {
    const [axis, rank] = [r.int('axis'), r.rank(i)]
    if (axis === null || rank === null || axisOf(axis, rank + more) !== null) return null
    return `${r.kind} has axis ${axis}, and its operand ${rank} dimensions`
  }

export const concatenated: Infer = (r) => {
  const known = r.shapes().find((s) => s !== null)
  const axis = known ? axisOf(r.int('axis') ?? Math.max(known.length - 3, 0), known.length) : null
  if (!known || axis === null) return [typed(commonDtype(r), null)]
  const all = r.shapes()
  const out = known.map((_, i): Dim => {
    const sizes = all.map((s) => s?.[i] ?? null)
    if (i === axis) return sizes.reduce<Dim>(addDims, 0)
    return sizes.find((d) => typeof d === 'number') ?? sizes.find((d) => d !== null) ?? null
  })
  return [typed(commonDtype(r), out)]
}

export const concatenationRules: Check = (r) => {
  const shapes = r.shapes().filter((s) => s !== null)
  const [first] = shapes
  if (!first) return null
  const axis = axisOf(r.int('axis') ?? Math.max(first.length - 3, 0), first.length)
  if (axis === null) return axisRule()(r)
  for (const s of shapes) {
    if (s.length !== first.length)
      return `CONCATENATION needs operands of equal rank, not ${first.length} and ${s.length}`
    const other = s.findIndex(
      (d, i) => i !== axis && typeof d === 'number' && typeof first[i] === 'number' && d !== first[i],
    )
    if (other >= 0) return `operands of CONCATENATION differ in dimension ${other}: ${s[other]} and ${first[other]}`
  }
  return null
}

/** The result has the size that the layer says. With axes the other dimensions stay. */
export const sliced: Infer = (r) => {
  const x = r.shape(0)
  const size = r.has(2) ? r.numbers(2) : r.ints('shape')
  const axes = r.has(5) ? r.numbers(5) : r.ints('axes')
  if (!axes && !r.has(5)) {
    const rank = x?.length ?? size?.length ?? r.length(2)
    return [typed(r.dtype(0), size ?? (rank === null ? null : unknownShape(rank)))]
  }
  if (!x || !axes) return [typed(r.dtype(0), x && unknownShape(x.length))]
  const out: Dim[] = [...x]
  axes.forEach((axis, i) => {
    const at = axisOf(axis, x.length)
    if (at !== null) out[at] = size?.[i] ?? null
  })
  return [typed(r.dtype(0), out)]
}

export const sliceRules: Check = (r) => {
  const axes = r.ints('axes')
  const n = axes?.length ?? (r.has(5) ? null : r.rank(0))
  for (const [name, at] of [
    ['start', 1],
    ['shape', 2],
    ['stride', 3],
  ] as const) {
    const own = r.ints(name)
    if (!own && !r.has(at) && name !== 'stride') return `SLICE needs its ${name}`
    if (own && !r.has(at) && n !== null && own.length !== n) return `${name} of SLICE has ${own.length} sizes, not ${n}`
  }
  const [x, start, size, stride] = [r.shape(0), r.ints('start'), r.ints('shape'), r.ints('stride')]
  if (
    r.text('mode') !== 'STRICT_BOUNDS' ||
    axes ||
    r.has(5) ||
    !x ||
    !start ||
    !size ||
    r.has(1) ||
    r.has(2) ||
    r.has(3)
  )
    return null
  for (let i = 0; i < x.length; i++) {
    const [d, n] = [x[i], size[i] ?? 0]
    const last = (start[i] ?? 0) + (n - 1) * (stride?.[i] ?? 1)
    if (typeof d === 'number' && n > 0 && (start[i]! < 0 || start[i]! >= d || last < 0 || last >= d))
      return `SLICE takes elements ${start[i]} to ${last} of dimension ${i}, which has ${d}`
  }
  return null
}

export const gathered: Infer = (r) => [typed(r.dtype(0), gatheredShape(r))]

function gatheredShape(r: Reading): Shape | null {
  const [x, indices] = [r.shape(0), r.shape(1)]
  const [mode, e] = [r.text('mode'), r.int('num_elementwise_dims') ?? 0]
  if (mode === 'ELEMENT') return indices
  if (!x || !indices) return null
  if (mode === 'ND') {
    const depth = indices.at(-1)
    return typeof depth === 'number' ? [...indices.slice(0, -1), ...x.slice(e + depth)] : null
  }
  const axis = axisOf(r.int('axis'), x.length)
  return axis === null ? null : [...x.slice(0, axis), ...indices.slice(e), ...x.slice(axis + 1)]
}

export const gatherRules: Check = (r) => {
  const dtype = r.dtype(1)
  if (dtype && dtype !== 'int32' && dtype !== 'int64') return `indices of ${r.kind} are INT32 or INT64, not ${dtype}`
  if (r.text('mode') === 'ELEMENT') {
    const [a, b] = [r.rank(0), r.rank(1)]
    if (a !== null && b !== null && a !== b) return `${r.kind} ELEMENT needs operands of equal rank, not ${a} and ${b}`
  }
  return r.text('mode') === 'ND' ? null : axisRule()(r)
}

/** Axes of SQUEEZE and UNSQUEEZE, their second operand. */
const axesOf = (r: Reading, rank: number): number[] | null => {
  const axes = r.numbers(1)?.map((a) => axisOf(a, rank))
  return axes?.every((a) => a !== null) ? axes : null
}

export const squeezed: Infer = (r) => {
  const x = r.shape(0)
  const axes = x && axesOf(r, x.length)
  return [typed(r.dtype(0), x && axes ? x.filter((_, i) => !axes.includes(i)) : null)]
}

export const unsqueezed: Infer = (r) => {
  const x = r.shape(0)
  const count = r.length(1)
  const axes = x && count !== null ? axesOf(r, x.length + count) : null
  if (!x || !axes) return [typed(r.dtype(0), x && count !== null ? unknownShape(x.length + count) : null)]
  const out: Dim[] = []
  let next = 0
  for (let i = 0; i < x.length + axes.length; i++) out.push(axes.includes(i) ? 1 : (x[next++] ?? null))
  return [typed(r.dtype(0), out)]
}

export const oneHot: Infer = (r) => {
  const x = r.shape(0)
  const axis = x && axisOf(r.int('axis'), x.length + 1)
  const depth = r.numbers(2)?.[0] ?? null
  const shape = x && axis !== null ? [...x.slice(0, axis), depth, ...x.slice(axis)] : null
  return [typed(r.dtype(1), shape)]
}

const indexType = (r: Reading) => (r.text('indices_type') === 'INT64' ? 'int64' : 'int32')

export const nonZero: Infer = (r) => [typed(indexType(r), [r.rank(0), null])]

export const nms: Infer = (r): ValueType[] => [typed(indexType(r), [null, 3]), typed('int32', [])]

import type { Dim, Shape, ValueType } from '../../../engine'
import { addDims } from '../../onnx'
import { commonDtype } from './broadcast'
import type { Infer } from '../kinds/notation'
import { typed } from '../kinds/notation'
import type { Reading } from './reading'
import { unknownShape } from './reading'

/** An axis counted from the front; null where it is none of the rank. */
export function axisOf(axis: number | null, rank: number): number | null {
  if (axis === null) return null
  const at = axis < 0 ? axis + rank : axis
  return at >= 0 && at < rank ? at : null
}

export const concatenated: Infer = (r) => {
  const known = r.shapes().find((s) => s !== null)
  const axis = known ? axisOf(r.number('axis') ?? Math.max(known.length - 3, 0), known.length) : null
  if (!known || axis === null) return [typed(commonDtype(r), null)]
  const all = r.shapes()
  const out = known.map((_, i): Dim => {
    const sizes = all.map((s) => s?.[i] ?? null)
    if (i === axis) return sizes.reduce<Dim>(addDims, 0)
    return sizes.find((d) => typeof d === 'number') ?? sizes.find((d) => d !== null) ?? null
  })
  return [typed(commonDtype(r), out)]
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

export const gathered: Infer = (r) => [typed(r.dtype(0), gatheredShape(r))]

function gatheredShape(r: Reading): Shape | null {
  const [x, indices] = [r.shape(0), r.shape(1)]
  const [mode, e] = [r.text('mode'), r.number('num_elementwise_dims') ?? 0]
  if (mode === 'ELEMENT') return indices
  if (!x || !indices) return null
  if (mode === 'ND') {
    const depth = indices.at(-1)
    return typeof depth === 'number' ? [...indices.slice(0, -1), ...x.slice(e + depth)] : null
  }
  const axis = axisOf(r.number('axis'), x.length)
  return axis === null ? null : [...x.slice(0, axis), ...indices.slice(e), ...x.slice(axis + 1)]
}

/** Axes of SQUEEZE and UNSQUEEZE, their second operand. */
export const axesOf = (r: Reading, rank: number): number[] | null => {
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
  const axis = x && axisOf(r.number('axis'), x.length + 1)
  const depth = r.numbers(2)?.[0] ?? null
  const shape = x && axis !== null ? [...x.slice(0, axis), depth, ...x.slice(axis)] : null
  return [typed(r.dtype(1), shape)]
}

const indexType = (r: Reading) => (r.text('indices_type') === 'INT64' ? 'int64' : 'int32')

export const nonZero: Infer = (r) => [typed(indexType(r), [r.rank(0), null])]

export const nms: Infer = (r): ValueType[] => [typed(indexType(r), [null, 3]), typed('int32', [])]

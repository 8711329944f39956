import { ConstantValue, type InferenceContext } from '../../../engine'
import { intAttr, intsAttr, normalAxes, normalAxis, stringAttr } from '../infer/context'
import { clampBounds } from '../infer/movement'
import { constant, integers, isAbsent } from './elements'
import type { Evaluate } from './elementwise'
import { broadcastIndex, broadcastStatic, sizeOfShape, strided, stridesOf, take } from './indexing'

const list = (value: ConstantValue | null): readonly ConstantValue[] | null => value && [value]

/** The same elements under the shape that inference gives (Reshape, Squeeze, Unsqueeze, Flatten, Identity). */
export const reshaped =
  (shapeOf: (c: InferenceContext) => readonly number[] | null): Evaluate =>
  (c) => {
    const value = constant(c, 0)
    const shape = value && shapeOf(c)
    return shape && sizeOfShape(shape) === value.size ? [value.reshaped(shape)] : null
  }

export const transpose: Evaluate = (c) => {
  const x = constant(c, 0)
  if (!x) return null
  const perm = intsAttr(c, 'perm') ?? [...x.shape.keys()].reverse()
  const strides = stridesOf(x.shape)
  const shape = perm.map((i) => x.shape[i]!)
  if (new Set(perm).size !== x.shape.length || shape.includes(undefined as never)) return null
  return list(
    take(
      x,
      shape,
      strided(
        shape,
        perm.map((i) => strides[i]!),
      ),
    ),
  )
}

export const concat: Evaluate = (c) => {
  const values = c.inputs.map((_, i) => constant(c, i))
  const first = values[0]
  if (!first || values.some((v) => v === null || v.dtype !== first.dtype)) return null
  const parts = values as ConstantValue[]
  const axis = normalAxis(intAttr(c, 'axis', 0), first.shape.length)
  if (axis === null || first.dtype === 'string') return null
  const outer = sizeOfShape(first.shape.slice(0, axis))
  const rows = parts.map((v) => (outer === 0 ? 0 : v.bytes!.length / outer))
  const row = rows.reduce((n, r) => n + r, 0)
  if (rows.some((r) => !Number.isInteger(r))) return null
  const out = new Uint8Array(outer * row)
  let start = 0
  parts.forEach((v, k) => {
    const width = rows[k]!
    for (let i = 0; i < outer; i++) out.set(v.bytes!.subarray(i * width, (i + 1) * width), i * row + start)
    start += width
  })
  const total = parts.reduce((n, v) => n + v.shape[axis]!, 0)
  return [
    new ConstantValue(
      first.dtype,
      first.shape.map((d, i) => (i === axis ? total : d)),
      out,
    ),
  ]
}

export const slice: Evaluate = (c) => {
  const x = constant(c, 0)
  const starts = intsAttr(c, 'starts') ?? integers(c, 1)
  const ends = intsAttr(c, 'ends') ?? integers(c, 2)
  if (!x || !starts || !ends) return null
  const given = intsAttr(c, 'axes') ?? (isAbsent(c, 3) ? [...starts.keys()] : integers(c, 3))
  const steps = isAbsent(c, 4) ? starts.map(() => 1) : integers(c, 4)
  const axes = given && normalAxes(given, x.shape.length)
  if (!axes || !steps) return null
  const shape = [...x.shape]
  const strides = stridesOf(x.shape)
  let offset = 0
  for (const [k, axis] of axes.entries()) {
    const step = steps[k]!
    if (!step) return null
    const [from, to] = clampBounds(x.shape[axis]!, starts[k]!, ends[k]!, step)
    shape[axis] = Math.max(Math.ceil((to - from) / step), 0)
    offset += from * strides[axis]!
    strides[axis] = strides[axis]! * step
  }
  return list(take(x, shape, strided(shape, strides, offset)))
}

export const split =
  (sizesOf: (c: InferenceContext) => readonly number[] | null): Evaluate =>
  (c) => {
    const x = constant(c, 0)
    const axis = x && normalAxis(intAttr(c, 'axis', 0), x.shape.length)
    const sizes = sizesOf(c)
    if (!x || axis === null || !sizes) return null
    const strides = stridesOf(x.shape)
    let start = 0
    const parts: ConstantValue[] = []
    for (const size of sizes) {
      const shape = x.shape.map((d, i) => (i === axis ? size : d))
      const part = take(x, shape, strided(shape, strides, start * strides[axis]!))
      if (!part) return null
      parts.push(part)
      start += size
    }
    return start === x.shape[axis] ? parts : null
  }

export const gather: Evaluate = (c) => {
  const x = constant(c, 0)
  const indices = constant(c, 1)
  const axis = x && normalAxis(intAttr(c, 'axis', 0), x.shape.length)
  if (!x || !indices || axis === null) return null
  const n = x.shape[axis]!
  const at = Array.from(indices.numbers(), (i) => (i < 0 ? i + n : i))
  if (at.some((i) => i < 0 || i >= n)) return null
  const outer = sizeOfShape(x.shape.slice(0, axis))
  const inner = sizeOfShape(x.shape.slice(axis + 1))
  const index = new Int32Array(outer * at.length * inner)
  let k = 0
  for (let o = 0; o < outer; o++) {
    for (const i of at) for (let j = 0; j < inner; j++) index[k++] = (o * n + i) * inner + j
  }
  return list(take(x, [...x.shape.slice(0, axis), ...indices.shape, ...x.shape.slice(axis + 1)], index))
}

export const gatherElements: Evaluate = (c) => {
  const x = constant(c, 0)
  const indices = constant(c, 1)
  const axis = x && normalAxis(intAttr(c, 'axis', 0), x.shape.length)
  if (!x || !indices || axis === null || indices.shape.length !== x.shape.length) return null
  const strides = stridesOf(x.shape)
  const base = strided(
    indices.shape,
    strides.map((s, i) => (i === axis ? 0 : s)),
  )
  const n = x.shape[axis]!
  const at = indices.numbers()
  for (let k = 0; k < base.length; k++) {
    const i = at[k]! < 0 ? at[k]! + n : at[k]!
    if (i < 0 || i >= n) return null
    base[k]! += i * strides[axis]!
  }
  return list(take(x, indices.shape, base))
}

/** Element (or slice) positions that index tuples point at; null where one is out of range. */
function positions(indices: ConstantValue, shape: readonly number[], depth: number): number[] | null {
  const strides = stridesOf(shape)
  const at = indices.numbers()
  const out: number[] = []
  for (let k = 0; k < at.length; k += depth) {
    let position = 0
    for (let d = 0; d < depth; d++) {
      const i = at[k + d]! < 0 ? at[k + d]! + shape[d]! : at[k + d]!
      if (i < 0 || i >= shape[d]!) return null
      position += i * strides[d]!
    }
    out.push(position)
  }
  return out
}

export const gatherND: Evaluate = (c) => {
  const x = constant(c, 0)
  const indices = constant(c, 1)
  const depth = indices?.shape.at(-1)
  if (!x || !indices || !depth || intAttr(c, 'batch_dims', 0) !== 0) return null
  const starts = positions(indices, x.shape, depth)
  const inner = sizeOfShape(x.shape.slice(depth))
  const index = starts?.flatMap((s) => Array.from({ length: inner }, (_, j) => s + j))
  return index ? list(take(x, [...indices.shape.slice(0, -1), ...x.shape.slice(depth)], index)) : null
}

export const scatterND: Evaluate = (c) => {
  const [x, indices, updates] = [constant(c, 0), constant(c, 1), constant(c, 2)]
  const depth = indices?.shape.at(-1)
  if (!x?.bytes || !indices || !updates?.bytes || !depth || stringAttr(c, 'reduction', 'none') !== 'none') return null
  const starts = positions(indices, x.shape, depth)
  const width = x.bytes.length / Math.max(x.size, 1)
  const row = sizeOfShape(x.shape.slice(depth)) * width
  if (!starts || updates.bytes.length !== starts.length * row) return null
  const out = x.bytes.slice()
  starts.forEach((s, k) => out.set(updates.bytes!.subarray(k * row, (k + 1) * row), s * width))
  return [new ConstantValue(x.dtype, x.shape, out)]
}

export const expand: Evaluate = (c) => {
  const x = constant(c, 0)
  const wanted = integers(c, 1)
  const shape = x && wanted && broadcastStatic([x.shape, wanted])
  return shape ? list(take(x, shape, broadcastIndex(shape, x.shape))) : null
}

export const tile: Evaluate = (c) => {
  const x = constant(c, 0)
  const repeats = integers(c, 1)
  if (!x || repeats?.length !== x.shape.length) return null
  const strides = stridesOf(x.shape)
  // Each axis is walked as [repeat, size], the repeat without moving.
  const walked = x.shape.flatMap((d, i) => [repeats[i]!, d])
  const index = strided(
    walked,
    strides.flatMap((s) => [0, s]),
  )
  return list(
    take(
      x,
      x.shape.map((d, i) => d * repeats[i]!),
      index,
    ),
  )
}

/** Keeps the upper or lower triangle of the last two axes, zero elsewhere. */
export const trilu: Evaluate = (c) => {
  const x = constant(c, 0)
  const k = isAbsent(c, 1) ? 0 : constant(c, 1)?.scalar()
  if (!x?.bytes || x.shape.length < 2 || k === undefined || k === null) return null
  const upper = intAttr(c, 'upper', 1) === 1
  const [rows, columns] = [x.shape.at(-2)!, x.shape.at(-1)!]
  const width = x.bytes.length / Math.max(x.size, 1)
  const out = x.bytes.slice()
  for (let i = 0; i < x.size; i++) {
    const column = i % columns
    const row = Math.floor(i / columns) % rows
    if (upper ? column - row < k : column - row > k) out.fill(0, i * width, (i + 1) * width)
  }
  return [new ConstantValue(x.dtype, x.shape, out)]
}

import type { Dim, Shape } from '../../../engine'
import {
  dtypeOf,
  elementsOf,
  input,
  intAttr,
  intsAttr,
  normalAxes,
  normalAxis,
  numbersOf,
  shapeOf,
  stringAttr,
  typed,
  UNKNOWN,
  unknownShape,
  type Infer,
  type Inferred,
  type TracedContext,
} from './context'
import { addDims, floorDivDims, minDims, mulDims, subDims } from './dims'

export const transpose: Infer = (c) => {
  const x = shapeOf(c, 0)
  const perm = intsAttr(c, 'perm')
  const out = x && (perm ? (perm.length === x.length ? perm.map((i) => x[i] ?? null) : null) : x.toReversed())
  return [typed(dtypeOf(c, 0), out, x && x.length < 2 ? elementsOf(c.inputs[0]) : null)]
}

export const concat: Infer = (c) => {
  const known = c.inputs.find((v) => v?.shape)?.shape
  const dtype = c.inputs.find((v) => v?.dtype)?.dtype ?? null
  const axis = known ? normalAxis(intAttr(c, 'axis', 0), known.length) : null
  if (!known || axis === null) return [typed(dtype, null)]
  const out = known.map((_, i): Dim => {
    const sizes = c.inputs.map((v) => v?.shape?.[i] ?? null)
    if (i === axis) return sizes.reduce<Dim>(addDims, 0)
    return sizes.find((d) => typeof d === 'number') ?? sizes.find((d) => d !== null) ?? null
  })
  const parts = c.inputs.map((v) => (v?.shape?.length === 1 ? (elementsOf(v) ?? unknownElements(v.shape)) : null))
  return [typed(dtype, out, parts.some((p) => p === null) ? null : (parts as Shape[]).flat())]
}

function unknownElements(shape: Shape): Shape | null {
  return typeof shape[0] === 'number' && shape[0] <= 64 ? unknownShape(shape[0]) : null
}

export const split: Infer = (c) => {
  const x = shapeOf(c, 0)
  const dtype = dtypeOf(c, 0)
  const axis = x && normalAxis(intAttr(c, 'axis', 0), x.length)
  const n = c.outputCount
  if (!x || axis === null) return new Array<Inferred[number]>(n).fill(typed(dtype, null))
  const sizes = intsAttr(c, 'split') ?? elementsOf(c.inputs[1])
  const elements = x.length === 1 ? elementsOf(c.inputs[0]) : null
  let start = 0
  return Array.from({ length: n }, (_, i) => {
    const size = sizes ? (sizes[i] ?? null) : c.inputs[1] ? null : chunk(x[axis]!, n, i)
    const part = elements && typeof size === 'number' ? elements.slice(start, (start += size)) : null
    return typed(
      dtype,
      x.map((d, k) => (k === axis ? size : d)),
      part,
    )
  })
}

/** Equal parts; the last one is smaller where the size does not divide. */
function chunk(size: Dim, n: number, i: number): Dim {
  if (typeof size !== 'number') return floorDivDims(size, n)
  const most = Math.ceil(size / n)
  return Math.max(Math.min(most, size - i * most), 0)
}

export const slice: Infer = (c) => {
  const x = shapeOf(c, 0)
  const dtype = dtypeOf(c, 0)
  if (!x) return [typed(dtype, null)]
  const starts = intsAttr(c, 'starts') ?? elementsOf(c.inputs[1])
  const ends = intsAttr(c, 'ends') ?? elementsOf(c.inputs[2])
  const count = starts?.length ?? ends?.length ?? shapeOf(c, 1)?.[0]
  const given = intsAttr(c, 'axes') ?? (c.inputs[3] ? numbersOf(c.inputs[3]) : undefined)
  const axes =
    given === undefined ? (typeof count === 'number' && count <= x.length ? [...Array(count).keys()] : null) : given
  const normal = axes && normalAxes(axes, x.length)
  if (!normal) return [typed(dtype, unknownShape(x.length))]
  const steps = c.inputs[4] ? numbersOf(c.inputs[4]) : normal.map(() => 1)
  const out: Dim[] = [...x]
  normal.forEach((axis, i) => {
    out[axis] = sliceSize(x[axis]!, starts?.[i] ?? null, ends?.[i] ?? null, steps?.[i] ?? null)
  })
  return [typed(dtype, out, x.length === 1 ? slicedElements(c, starts?.[0], ends?.[0], steps?.[0]) : null)]
}

/** Bounds as Python has them: negative from the end, clamped to the size. */
function sliceSize(size: Dim, start: Dim, end: Dim, step: Dim): Dim {
  if (typeof start !== 'number' || typeof step !== 'number' || step === 0) return null
  if (typeof size === 'number' && typeof end === 'number') {
    const [from, to] = clampBounds(size, start, end, step)
    return Math.max(Math.ceil((to - from) / step), 0)
  }
  if (step !== 1 || start < 0) return null
  if (typeof end === 'number') {
    if (end >= 2 ** 31 - 1) return subDims(size, start)
    return end < 0 ? subDims(addDims(size, end), start) : null
  }
  if (typeof end === 'string' && typeof size === 'number' && start === 0) return minDims(size, end)
  return end === size ? subDims(size, start) : null
}

export function clampBounds(size: number, start: number, end: number, step: number): [number, number] {
  const fix = (x: number): number => (x < 0 ? x + size : x)
  if (step > 0) return [clamp(fix(start), 0, size), clamp(fix(end), 0, size)]
  return [clamp(fix(start), -1, size - 1), clamp(fix(end), -1, size - 1)]
}

function clamp(x: number, lo: number, hi: number): number {
  return Math.min(Math.max(x, lo), hi)
}

function slicedElements(c: TracedContext, start?: Dim, end?: Dim, step?: Dim): Shape | null {
  const elements = elementsOf(c.inputs[0])
  if (!elements || typeof start !== 'number' || typeof end !== 'number' || typeof step !== 'number') return null
  const [from, to] = clampBounds(elements.length, start, end, step)
  const out: Dim[] = []
  for (let i = from; step > 0 ? i < to : i > to; i += step) out.push(elements[i]!)
  return out
}

export const gather: Infer = (c) => {
  const x = shapeOf(c, 0)
  const indices = shapeOf(c, 1)
  const axis = x && normalAxis(intAttr(c, 'axis', 0), x.length)
  if (!x || !indices || axis === null) return [typed(dtypeOf(c, 0), null)]
  const from = x.length === 1 ? elementsOf(c.inputs[0]) : null
  const at = from && numbersOf(c.inputs[1])
  const elements = at && at.map((i) => from[i < 0 ? i + from.length : i] ?? null)
  return [typed(dtypeOf(c, 0), [...x.slice(0, axis), ...indices, ...x.slice(axis + 1)], elements)]
}

export const gatherElements: Infer = (c) => [typed(dtypeOf(c, 0), shapeOf(c, 1))]

export const gatherND: Infer = (c) => {
  const x = shapeOf(c, 0)
  const indices = shapeOf(c, 1)
  const depth = indices?.at(-1)
  if (!x || !indices || typeof depth !== 'number') return [typed(dtypeOf(c, 0), null)]
  return [typed(dtypeOf(c, 0), [...indices.slice(0, -1), ...x.slice(intAttr(c, 'batch_dims', 0) + depth)])]
}

export const tile: Infer = (c) => {
  const x = shapeOf(c, 0)
  const repeats = elementsOf(c.inputs[1])
  return [
    typed(dtypeOf(c, 0), x && (repeats ? x.map((d, i) => mulDims(d, repeats[i] ?? null)) : unknownShape(x.length))),
  ]
}

export const pad: Infer = (c) => {
  const x = shapeOf(c, 0)
  const pads = intsAttr(c, 'pads') ?? elementsOf(c.inputs[1])
  if (!x || !pads) return [typed(dtypeOf(c, 0), x && unknownShape(x.length))]
  const axes = c.inputs[3] ? numbersOf(c.inputs[3]) : [...x.keys()]
  const normal = axes && normalAxes(axes, x.length)
  if (!normal) return [typed(dtypeOf(c, 0), unknownShape(x.length))]
  const out: Dim[] = [...x]
  normal.forEach((axis, i) => {
    out[axis] = addDims(addDims(x[axis]!, pads[i] ?? null), pads[i + normal.length] ?? null)
  })
  return [typed(dtypeOf(c, 0), out)]
}

export const depthToSpace: Infer = (c) => {
  const x = shapeOf(c, 0)
  const b = intAttr(c, 'blocksize', 1)
  const out = x?.length === 4 ? [x[0]!, floorDivDims(x[1]!, b * b), mulDims(x[2]!, b), mulDims(x[3]!, b)] : null
  return [typed(dtypeOf(c, 0), out)]
}

export const spaceToDepth: Infer = (c) => {
  const x = shapeOf(c, 0)
  const b = intAttr(c, 'blocksize', 1)
  const out = x?.length === 4 ? [x[0]!, mulDims(x[1]!, b * b), floorDivDims(x[2]!, b), floorDivDims(x[3]!, b)] : null
  return [typed(dtypeOf(c, 0), out)]
}

/** Operands X, roi, scales, sizes; before opset 11 X, scales (also Upsample). */
export const resize: Infer = (c) => {
  const x = shapeOf(c, 0)
  if (!x) return [typed(dtypeOf(c, 0), null)]
  const old = c.opset < 11 || c.kind === 'Upsample'
  const scales = numbersOf(c.inputs[old ? 1 : 2])
  const sizes = old ? null : elementsOf(c.inputs[3])
  const given = intsAttr(c, 'axes')
  const axes = given ? normalAxes(given, x.length) : [...x.keys()]
  if (!axes || stringAttr(c, 'keep_aspect_ratio_policy', 'stretch') !== 'stretch') {
    return [typed(dtypeOf(c, 0), unknownShape(x.length))]
  }
  const out = x.map((d, axis): Dim => {
    const i = axes.indexOf(axis)
    if (i < 0) return d
    if (sizes && sizes.length > 0) return sizes[i] ?? null
    const scale = scales?.[i]
    if (scale === undefined) return null
    return typeof d === 'number' ? Math.floor(d * scale) : scale === 1 ? d : null
  })
  return [typed(dtypeOf(c, 0), out)]
}

export const oneHot: Infer = (c) => {
  const x = shapeOf(c, 0)
  const depth = numbersOf(c.inputs[1])?.[0] ?? elementsOf(c.inputs[1])?.[0] ?? null
  const axis = x && normalAxis(intAttr(c, 'axis', -1), x.length + 1)
  if (!x || axis === null) return [typed(dtypeOf(c, 2), null)]
  return [typed(dtypeOf(c, 2), [...x.slice(0, axis), depth, ...x.slice(axis)])]
}

/** How many there are depends on the data. */
export const nonZero: Infer = (c) => [typed('int64', [shapeOf(c, 0)?.length ?? null, null])]

export const compress: Infer = (c) => {
  const x = shapeOf(c, 0)
  const axis = c.attributes['axis']
  if (typeof axis !== 'number') return [typed(dtypeOf(c, 0), [null])]
  return [typed(dtypeOf(c, 0), x && x.map((d, i) => (i === normalAxis(axis, x.length) ? null : d)))]
}

export const unique: Infer = (c) => {
  const whole = typeof c.attributes['axis'] !== 'number'
  const values = whole ? typed(dtypeOf(c, 0), [null]) : (compress(c)[0] ?? UNKNOWN)
  return [values, typed('int64', [null]), typed('int64', [null]), typed('int64', [null])]
}

/** Grid of [N, H, W, 2] or [N, D, H, W, 3]. */
export const gridSample: Infer = (c) => {
  const x = shapeOf(c, 0)
  const grid = shapeOf(c, 1)
  return [typed(input(c, 0).dtype, x && grid && [x[0]!, x[1]!, ...grid.slice(1, -1)])]
}

/** A place of two or three numbers for each of an image's. */
export const affineGrid: Infer = (c) => {
  const size = elementsOf(c.inputs[1])
  return [typed(dtypeOf(c, 0), size && [size[0]!, ...size.slice(2), size.length - 2])]
}

export const centerCropPad: Infer = (c) => {
  const x = shapeOf(c, 0)
  const sizes = elementsOf(c.inputs[1])
  const axes = x && normalAxes(intsAttr(c, 'axes') ?? [...x.keys()], x.length)
  if (!x || !axes) return [typed(dtypeOf(c, 0), null)]
  return [
    typed(
      dtypeOf(c, 0),
      x.map((d, i) => (axes.includes(i) ? (sizes?.[axes.indexOf(i)] ?? null) : d)),
    ),
  ]
}

export const nonMaxSuppression: Infer = () => [typed('int64', [null, 3])]

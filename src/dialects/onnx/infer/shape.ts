import type { Dim, Shape } from '../../../engine'
import { broadcastShapes } from './broadcast'
import {
  axesOf,
  dtypeOf,
  elementsOf,
  intAttr,
  intsAttr,
  MAX_ELEMENTS,
  normalAxes,
  numbersOf,
  shapeOf,
  tensorAttr,
  typed,
  unknownShape,
  type Infer,
  type TracedContext,
} from './context'
import { divideExactly, productOf } from './dims'

/** Bounds count from the front when negative and are clamped, as in Python. */
function bound(x: number, rank: number): number {
  return Math.min(Math.max(x < 0 ? x + rank : x, 0), rank)
}

export const shape: Infer = (c) => {
  const x = shapeOf(c, 0)
  if (!x) return [typed('int64', [null])]
  const part = x.slice(bound(intAttr(c, 'start', 0), x.length), bound(intAttr(c, 'end', x.length), x.length))
  return [typed('int64', [part.length], part)]
}

export const size: Infer = (c) => {
  const x = shapeOf(c, 0)
  return [typed('int64', [], x && [productOf(x)])]
}

export const reshape: Infer = (c) => {
  const x = c.inputs[0]
  const wanted = elementsOf(c.inputs[1]) ?? intsAttr(c, 'shape')
  return [typed(dtypeOf(c, 0), wanted ? reshaped(c, wanted) : shapeOfUnknownTarget(c), elementsOf(x))]
}

/** The target is not known, but how many sizes it has may be. */
function shapeOfUnknownTarget(c: TracedContext): Shape | null {
  const count = shapeOf(c, 1)?.[0]
  return typeof count === 'number' && count <= MAX_ELEMENTS ? unknownShape(count) : null
}

function reshaped(c: TracedContext, wanted: Shape): Shape | null {
  const x = shapeOf(c, 0)
  const zeroCopies = intAttr(c, 'allowzero', 0) === 0
  const out: Dim[] = wanted.map((d, i) => (d === 0 && zeroCopies ? (x?.[i] ?? null) : d))
  const open = out.indexOf(-1)
  if (open < 0) return filledByTotal(x, out)
  out[open] = null
  if (!x) return out
  // Sizes that stand on both sides cancel first: so an unknown one does no harm where it is copied.
  const from = [...x]
  const rest = out.filter((_, i) => i !== open)
  for (const [i, d] of wanted.entries()) {
    if (d !== 0 || !zeroCopies || i >= x.length || x[i] !== null) continue
    from.splice(from.indexOf(null), 1)
    rest.splice(rest.indexOf(null), 1)
  }
  out[open] = divideExactly(productOf(from), productOf(rest))
  return out
}

/** A single unknown size follows from the number of elements. */
function filledByTotal(x: Shape | null, out: Dim[]): Shape {
  const open = out.indexOf(null)
  if (!x || open < 0 || out.indexOf(null, open + 1) >= 0) return out
  const total = productOf(x)
  const rest = productOf(out.filter((_, i) => i !== open))
  return out.map((d, i) => (i === open ? divideExactly(total, rest) : d))
}

export const flatten: Infer = (c) => {
  const x = shapeOf(c, 0)
  if (!x) return [typed(dtypeOf(c, 0), [null, null])]
  const axis = bound(intAttr(c, 'axis', 1), x.length)
  return [typed(dtypeOf(c, 0), [productOf(x.slice(0, axis)), productOf(x.slice(axis))], elementsOf(c.inputs[0]))]
}

export const squeeze: Infer = (c) => {
  const x = shapeOf(c, 0)
  const axes = axesOf(c, 1)
  const elements = elementsOf(c.inputs[0])
  if (!x || axes === null) return [typed(dtypeOf(c, 0), null, elements)]
  // Without axes, and with an empty list of them, ONNX Runtime drops every size of 1.
  if (axes === 'none' || axes.length === 0) {
    const known = x.every((d) => typeof d === 'number')
    return [typed(dtypeOf(c, 0), known ? x.filter((d) => d !== 1) : null, elements)]
  }
  const normal = normalAxes(axes, x.length)
  return [typed(dtypeOf(c, 0), normal && x.filter((_, i) => !normal.includes(i)), elements)]
}

export const unsqueeze: Infer = (c) => {
  const x = shapeOf(c, 0)
  const axes = axesOf(c, 1)
  const elements = elementsOf(c.inputs[0])
  const normal = x && Array.isArray(axes) ? normalAxes(axes, x.length + axes.length) : null
  if (!x || !normal) return [typed(dtypeOf(c, 0), null, elements)]
  const out: Dim[] = []
  let next = 0
  for (let i = 0; i < x.length + normal.length; i++) out.push(normal.includes(i) ? 1 : (x[next++] ?? null))
  return [typed(dtypeOf(c, 0), out, elements)]
}

export const expand: Infer = (c) => {
  const wanted = elementsOf(c.inputs[1])
  const target = wanted ?? shapeOfUnknownTarget(c)
  const out = broadcastShapes([shapeOf(c, 0), target])
  const from = elementsOf(c.inputs[0])
  const n = out?.length === 1 ? out[0] : null
  const repeated = from?.length === 1 && typeof n === 'number' && n <= 64 ? new Array<Dim>(n).fill(from[0]!) : null
  return [typed(dtypeOf(c, 0), out, repeated)]
}

export const constantOfShape: Infer = (c) => {
  const value = tensorAttr(c, 'value')
  const out = elementsOf(c.inputs[0]) ?? (shapeOf(c, 0) ? shapeOfSizes(shapeOf(c, 0)!) : null)
  const n = out?.length === 1 ? out[0] : null
  const fill = value ? value.scalar() : 0
  const integral = value?.dtype === 'int64' || value?.dtype === 'int32'
  const repeated = integral && typeof n === 'number' && n <= 64 ? new Array<Dim>(n).fill(fill) : null
  return [typed(value?.dtype ?? 'float32', out, repeated)]
}

function shapeOfSizes(sizes: Shape): Shape | null {
  return typeof sizes[0] === 'number' && sizes[0] <= MAX_ELEMENTS ? unknownShape(sizes[0]) : null
}

export const range: Infer = (c) => {
  const [start, limit, delta] = [0, 1, 2].map((i) => numbersOf(c.inputs[i])?.[0])
  if (start !== undefined && limit !== undefined && delta !== undefined && delta !== 0) {
    const n = Math.max(Math.ceil((limit - start) / delta), 0)
    const steps = n <= 64 && dtypeOf(c, 0) === 'int64' ? Array.from({ length: n }, (_, i) => start + i * delta) : null
    return [typed(dtypeOf(c, 0), [n], steps)]
  }
  const end = elementsOf(c.inputs[1])?.[0] ?? null
  return [typed(dtypeOf(c, 0), [start === 0 && delta === 1 ? end : null])]
}

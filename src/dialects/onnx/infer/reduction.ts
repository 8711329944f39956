import type { Dim, Shape } from '../../../engine'
import {
  axesOf,
  dtypeOf,
  elementsOf,
  intAttr,
  normalAxes,
  normalAxis,
  numbersOf,
  shapeOf,
  typed,
  unknownShape,
  type Infer,
  type TracedContext,
} from './context'
import { productOf } from './dims'

/** `x` with `axes` reduced to one, or dropped. */
export function reducedShape(x: Shape, axes: readonly number[], keep: boolean): Dim[] {
  return x.flatMap((d, i) => (axes.includes(i) ? (keep ? [1] : []) : [d]))
}

/** Reduce*: axes are an attribute or the second operand; without axes everything is reduced. */
function reduceShape(c: TracedContext): Shape | null {
  const x = shapeOf(c, 0)
  const keep = intAttr(c, 'keepdims', 1) === 1
  if (!x) return null
  const axes = axesOf(c, 1)
  if (axes === null) return keep ? unknownShape(x.length) : null
  if (axes === 'none' || axes.length === 0) {
    if (intAttr(c, 'noop_with_empty_axes', 0) === 1) return x
    return keep ? x.map(() => 1) : []
  }
  const normal = normalAxes(axes, x.length)
  return normal && reducedShape(x, normal, keep)
}

export const reduce: Infer = (c) => [typed(dtypeOf(c, 0), reduceShape(c))]

/** As `reduce`; the product of sizes is a size. */
export const reduceProd: Infer = (c) => {
  const shape = reduceShape(c)
  const sizes = elementsOf(c.inputs[0])
  const all = sizes && shapeOf(c, 0)?.length === 1 && (shape?.length === 0 || shape?.[0] === 1)
  return [typed(dtypeOf(c, 0), shape, all ? [productOf(sizes)] : null)]
}

export const argReduce: Infer = (c) => {
  const x = shapeOf(c, 0)
  const axis = x && normalAxis(intAttr(c, 'axis', 0), x.length)
  const shape = x && axis !== null ? reducedShape(x, [axis], intAttr(c, 'keepdims', 1) === 1) : null
  return [typed('int64', shape)]
}

export const topK: Infer = (c) => {
  const x = shapeOf(c, 0)
  const k = c.opset < 10 ? intAttr(c, 'k', 0) : (numbersOf(c.inputs[1])?.[0] ?? elementsOf(c.inputs[1])?.[0] ?? null)
  const axis = x && normalAxis(intAttr(c, 'axis', -1), x.length)
  const shape = x && axis !== null ? x.map((d, i) => (i === axis ? k : d)) : null
  return [typed(dtypeOf(c, 0), shape), typed('int64', shape)]
}

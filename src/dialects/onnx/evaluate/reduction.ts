import { ConstantValue, type InferenceContext } from '../../../engine'
import { axesOf, intAttr, normalAxes, normalAxis } from '../infer/context'
import { matmulShape } from '../infer/matmul'
import { reducedShape } from '../infer/reduction'
import { constant, fits, isBig, isFloat, isInteger, load, store } from './elements'
import type { Evaluate } from './elementwise'
import { broadcastIndex, sizeOfShape, strided, stridesOf } from './indexing'

/** Products above this many multiplications are left to the runtime. */
const MAX_PRODUCTS = 2 ** 24

/** Reduces each group of elements at once, in float64, rounded once at the end. */
export function reduce(f: (group: Float64Array) => number): Evaluate {
  return (c) => {
    const x = constant(c, 0)
    const elements = x && load(x)
    const axes = x && reducedAxes(c, x.shape.length)
    if (!elements || isBig(elements) || !axes || x.dtype === 'bool') return null
    if (axes === 'same') return [x]
    const kept = x.shape.map((_, i) => i).filter((i) => !axes.includes(i))
    const strides = stridesOf(x.shape)
    const pick = (at: readonly number[], of: readonly number[]): number[] => at.map((i) => of[i]!)
    const starts = strided(pick(kept, x.shape), pick(kept, strides))
    const steps = strided(pick(axes, x.shape), pick(axes, strides))
    const group = new Float64Array(steps.length)
    const out = Float64Array.from(starts, (start) => {
      for (let i = 0; i < group.length; i++) group[i] = elements[start + steps[i]!]!
      return f(group)
    })
    if (steps.length === 0 || (isInteger(x.dtype) && !out.every((v) => fits(x.dtype, Math.trunc(v))))) return null
    const shape = reducedShape(x.shape, axes, intAttr(c, 'keepdims', 1) === 1) as number[]
    const value = store(x.dtype, shape, isInteger(x.dtype) ? out.map(Math.trunc) : out)
    return value && [value]
  }
}

function reducedAxes(c: InferenceContext, rank: number): number[] | 'same' | null {
  const axes = axesOf(c, 1)
  if (axes === null) return null
  if (axes !== 'none' && axes.length > 0) return normalAxes(axes, rank)
  return intAttr(c, 'noop_with_empty_axes', 0) === 1 ? 'same' : [...Array(rank).keys()]
}

const fold =
  (f: (a: number, b: number) => number) =>
  (group: Float64Array): number =>
    group.reduce(f)

export const reduceSum = reduce(fold((a, b) => a + b))
export const reduceProd = reduce(fold((a, b) => a * b))
export const reduceMax = reduce(fold((a, b) => Math.max(a, b)))
export const reduceMin = reduce(fold((a, b) => Math.min(a, b)))
export const reduceMean = reduce((group) => group.reduce((a, b) => a + b, 0) / group.length)
export const reduceSumSquare = reduce((group) => group.reduce((a, b) => a + b * b, 0))
export const reduceL1 = reduce((group) => group.reduce((a, b) => a + Math.abs(b), 0))
export const reduceL2 = reduce((group) => Math.sqrt(group.reduce((a, b) => a + b * b, 0)))

export const cumSum: Evaluate = (c) => {
  const x = constant(c, 0)
  const elements = x && load(x)
  const axis = x && normalAxis(constant(c, 1)?.scalar() ?? NaN, x.shape.length)
  if (!elements || isBig(elements) || axis === null) return null
  const strides = stridesOf(x.shape)
  const n = x.shape[axis]!
  const stride = strides[axis]!
  const reverse = intAttr(c, 'reverse', 0) === 1
  const exclusive = intAttr(c, 'exclusive', 0) === 1
  const out = new Float64Array(x.size)
  for (const start of strided(
    x.shape.map((d, i) => (i === axis ? 1 : d)),
    strides,
  )) {
    let sum = 0
    for (let k = 0; k < n; k++) {
      const at = start + (reverse ? n - 1 - k : k) * stride
      if (exclusive) out[at] = sum
      sum += elements[at]!
      if (!exclusive) out[at] = sum
    }
  }
  if (isInteger(x.dtype) && !out.every((v) => fits(x.dtype, v))) return null
  const value = store(x.dtype, x.shape, out)
  return value && [value]
}

/** Products of float matrices summed in float64. */
export const matmul: Evaluate = (c) => {
  const a = constant(c, 0)
  const b = constant(c, 1)
  const shape = a && b && (matmulShape(a.shape, b.shape) as number[] | null)
  if (!shape || !isFloat(a.dtype) || a.dtype !== b.dtype) return null
  const left = a.shape.length === 1 ? [1, ...a.shape] : a.shape
  const right = b.shape.length === 1 ? [...b.shape, 1] : b.shape
  const [m, k, n] = [left.at(-2)!, left.at(-1)!, right.at(-1)!]
  const batch = shape.slice(0, shape.length - Number(a.shape.length > 1) - Number(b.shape.length > 1))
  if (right.at(-2) !== k || sizeOfShape(batch) * m * k * n > MAX_PRODUCTS) return null
  const from = broadcastIndex(batch, left.slice(0, -2))
  const to = broadcastIndex(batch, right.slice(0, -2))
  const x = a.numbers()
  const y = b.numbers()
  const out = new Float64Array(sizeOfShape(shape))
  let at = 0
  for (let g = 0; g < from.length; g++) {
    for (let i = 0; i < m; i++) {
      for (let j = 0; j < n; j++) {
        let sum = 0
        for (let l = 0; l < k; l++) sum += x[(from[g]! * m + i) * k + l]! * y[(to[g]! * k + l) * n + j]!
        out[at++] = sum
      }
    }
  }
  return [ConstantValue.of(a.dtype, shape, out)]
}

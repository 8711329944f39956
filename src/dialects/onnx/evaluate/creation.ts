import { ConstantValue, type Shape } from '../../../engine'
import { shapeOf, tensorAttr } from '../infer/context'
import { shape as inferShape } from '../infer/shape'
import { constant, integers, isFloat, isInteger, sizeOf, store } from './elements'
import type { Evaluate } from './elementwise'
import { sizeOfShape, take } from './indexing'

/** Needs the operand's shape only, not its value. */
export const shape: Evaluate = (c) => {
  if (!shapeOf(c, 0)) return null
  const sizes: Shape | undefined = inferShape(c)[0]?.elements
  if (!sizes?.every((d): d is number => typeof d === 'number')) return null
  return [ConstantValue.of('int64', [sizes.length], sizes)]
}

export const size: Evaluate = (c) => {
  const n = sizeOf(shapeOf(c, 0))
  return n === null ? null : [ConstantValue.scalarOf('int64', n)]
}

export const constantOfShape: Evaluate = (c) => {
  const sizes = integers(c, 0)
  if (!sizes || sizes.some((d) => d < 0)) return null
  const fill = tensorAttr(c, 'value') ?? ConstantValue.scalarOf('float32', 0)
  const value = take(fill, sizes, new Int32Array(sizeOfShape(sizes)))
  return value && [value]
}

export const range: Evaluate = (c) => {
  const [start = null, limit = null, delta] = [0, 1, 2].map((i) => constant(c, i)?.scalar())
  const dtype = c.inputs[0]?.dtype
  if (start === null || limit === null || !delta || !dtype || (!isInteger(dtype) && !isFloat(dtype))) return null
  const n = Math.max(Math.ceil((limit - start) / delta), 0)
  if (n > 2 ** 24) return null
  const value = store(
    dtype,
    [n],
    Float64Array.from({ length: n }, (_, i) => start + i * delta),
  )
  return value && [value]
}

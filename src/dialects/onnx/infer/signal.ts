import type { Dim } from '../../../engine'
import { dtypeOf as dtypeOfNumber } from '../proto/element-types'
import { dtypeOf, intAttr, normalAxis, numbersOf, shapeOf, typed, type Infer, type TracedContext } from './context'
import { addDims, floorDivDims } from './dims'

const numberOf = (c: TracedContext, i: number): number | null => numbersOf(c.inputs[i])?.[0] ?? null

/** One row of as many as the operand says. */
export const windowOfSize: Infer = (c) => [
  typed(dtypeOfNumber(intAttr(c, 'output_datatype', 1)) ?? null, [numberOf(c, 0)]),
]

/** A spectrum's places, and the bins that they go into. */
export const melWeights: Infer = (c) => {
  const [bins, length] = [numberOf(c, 0), numberOf(c, 1)]
  const places = length === null ? null : Math.floor(length / 2) + 1
  return [typed(dtypeOfNumber(intAttr(c, 'output_datatype', 1)) ?? null, [places, bins])]
}

const half = (size: Dim): Dim => addDims(floorDivDims(size, 2), 1)

/** As long as before, or as the length that is given; of a real signal half of it is enough; last come real part and imaginary part. */
export const dft: Infer = (c) => {
  const x = shapeOf(c, 0)
  const given = c.inputs[2] ? numberOf(c, 2) : intAttr(c, 'axis', c.opset >= 20 ? -2 : 1)
  const axis = x && given !== null ? normalAxis(given, x.length) : null
  if (!x || axis === null || axis === x.length - 1) return [typed(dtypeOf(c, 0), null)]
  const length = c.inputs[1] ? numberOf(c, 1) : x[axis]!
  const size = intAttr(c, 'onesided', 0) === 1 ? half(length) : length
  return [typed(dtypeOf(c, 0), [...x.with(axis, size).slice(0, -1), 2])]
}

/** [batch, frames, places, 2] */
export const stft: Infer = (c) => {
  const x = shapeOf(c, 0)
  const step = numberOf(c, 1)
  const window = shapeOf(c, 2)?.[0]
  const length = c.inputs[3] ? numberOf(c, 3) : typeof window === 'number' ? window : null
  const samples = x?.[1]
  if (!x || step === null || step < 1 || length === null || typeof samples !== 'number')
    return [typed(dtypeOf(c, 0), null)]
  const places = intAttr(c, 'onesided', 1) === 1 ? half(length) : length
  return [typed(dtypeOf(c, 0), [x[0]!, Math.floor((samples - length) / step) + 1, places, 2])]
}

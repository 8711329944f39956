/** Sizes that no runtime can give memory for, or only by standing still. */
import type { TensorRecord } from '../engine'

/** Values of more elements are claimed by files that want to keep a runtime busy. */
const LARGEST_VALUE = 5e8

/** What is to be said of a network with such a value; null where there is none, as far as shapes are known. */
export function hugeClaim(tensors: readonly TensorRecord[]): string | null {
  const claimed = largestClaim(tensors)
  return claimed > LARGEST_VALUE ? `it claims a value of ${claimed.toExponential(0)} elements` : null
}

/** Elements of the largest value that is computed or given, as far as shapes are known. */
function largestClaim(tensors: readonly TensorRecord[]): number {
  let largest = 0
  for (const { shape, value } of tensors) {
    if (value || !shape) continue
    largest = Math.max(
      largest,
      shape.reduce((n: number, d) => (typeof d === 'number' ? n * d : n), 1),
    )
  }
  return largest
}

/** What no runtime can give memory for, or what it stands still over. */
import { operatorOf } from '../engine'
import type { NetworkSnapshot, TensorRecord } from '../engine'

/** Why a network is not run; null where nothing speaks against it, as far as shapes are known. */
export function standstill({ layers, tensors }: NetworkSnapshot): string | null {
  const claim = hugeClaim(tensors)
  if (claim !== null) return claim
  const empty = new Set(tensors.flatMap((t) => (t.shape?.includes(0) ? [t.id] : [])))
  if (empty.size === 0) return null
  const layer = layers.find(
    ({ kind, inputs, outputs }) =>
      SUMS.test(operatorOf(kind)) && inputs.some((i) => empty.has(i)) && !outputs.some((o) => empty.has(o)),
  )
  return layer
    ? `${layer.name} sums over nothing: ONNX Runtime stands still over that, or gives what memory holds`
    : null
}

/** Layers whose kernels do not allow for sums of nothing. */
const SUMS = /Conv|MatMul/

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

/** What no runtime can give memory for, what it stands still over, and what it gives wrong sizes of. */
import { operatorOf } from '../engine'
import type { NetworkSnapshot, TensorRecord } from '../engine'
import type { Values } from './runtime'

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

/**
 * What is to be said of a network that reduces a value of no elements, where what it gave has other sizes than its operators give:
 * ONNX Runtime's ReduceSum over axis -1 of [0, 3, 4] gives [0, 3, 4], over axis 2 [0, 3, 1]. null where nothing speaks against it.
 */
export function wrongSizes({ layers, tensors, outputs }: NetworkSnapshot, found: Values): string | null {
  const byId = new Map(tensors.map((t) => [t.id, t.shape]))
  const isEmpty = (id: number | undefined) => id !== undefined && (byId.get(id)?.includes(0) ?? false)
  const layer = layers.find(({ kind, inputs }) => operatorOf(kind).startsWith('Reduce') && isEmpty(inputs[0]))
  if (!layer) return null
  const isWrong = outputs.some(({ tensor, name }) => {
    const [known, shape] = [byId.get(tensor), found.get(name)?.shape]
    return known && shape && known.some((d, i) => typeof d === 'number' && d !== shape[i])
  })
  return isWrong ? `${layer.name} reduces a value without elements, of which ONNX Runtime gives other sizes` : null
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

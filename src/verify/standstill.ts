/** What no runtime can give memory for, what it stands still over, and what it gives wrong sizes of. */
import { ABSENT, operatorOf } from '../engine'
import type { NetworkSnapshot, TensorId, TensorRecord } from '../engine'
import type { Values } from './runtime'

/** Why a network is not run; null where nothing speaks against it, as far as shapes are known. */
export function standstill({ layers, tensors }: NetworkSnapshot): string | null {
  const claim = hugeClaim(tensors)
  if (claim !== null) return claim
  const lacking = layers.find(({ kind, inputs }) => {
    const needed = NEEDED.get(kind)
    return needed !== undefined && (inputs[needed] ?? ABSENT) === ABSENT
  })
  if (lacking)
    return `${lacking.name} lacks an operand that may be absent: ONNX Runtime's kernel ends the process without it`
  const empty = emptyIn(tensors)
  if (empty.size === 0) return null
  const layer = layers.find(
    ({ kind, inputs, outputs }) =>
      SUMS.test(operatorOf(kind)) && inputs.some((i) => empty.has(i)) && !outputs.some((o) => empty.has(o)),
  )
  const deadly = layers.find(({ kind, inputs }) => DEADLY.test(operatorOf(kind)) && inputs.some((i) => empty.has(i)))
  if (deadly) return `${deadly.name} takes no elements: over that ONNX Runtime ends the process`
  return layer
    ? `${layer.name} sums over nothing: ONNX Runtime stands still over that, or gives what memory holds`
    : null
}

/**
 * What is to be said of the values that a network gave, where it reduces one without elements and they have other sizes than its operators
 * give: ONNX Runtime's ReduceSum over axis -1 of [0, 3, 4] gives [0, 3, 4], over axis 2 [0, 3, 1]. null where nothing speaks against them.
 */
export function sizeCheck({ layers, tensors, outputs }: NetworkSnapshot): (found: Values) => string | null {
  const empty = emptyIn(tensors)
  const layer =
    empty.size > 0 && layers.find((l) => operatorOf(l.kind).startsWith('Reduce') && empty.has(l.inputs[0] ?? ABSENT))
  if (!layer) return () => null
  const shapes = new Map(tensors.map((t) => [t.id, t.shape]))
  const isWrong = (found: Values): boolean =>
    outputs.some(({ tensor, name }) => {
      const [known, shape] = [shapes.get(tensor), found.get(name)?.shape]
      return known && shape && known.some((d, i) => typeof d === 'number' && d !== shape[i])
    })
  const why = `${layer.name} reduces a value without elements, of which ONNX Runtime gives other sizes`
  return (found) => (isWrong(found) ? why : null)
}

const emptyIn = (tensors: readonly TensorRecord[]): ReadonlySet<TensorId> =>
  new Set(tensors.flatMap((t) => (t.shape?.includes(0) ? [t.id] : [])))

/** Layers whose kernels do not allow for sums of nothing. */
const SUMS = /Conv|MatMul/

/** Layers whose kernels divide by how many elements there are, or read beyond them. */
const DEADLY = /^(TopK|FusedMatMul|InstanceNormalization|Unique)$/

/** Operands that kernels read whether they are there or not. */
const NEEDED: ReadonlyMap<string, number> = new Map([
  ['com.microsoft.Attention', 2],
  ['com.microsoft.QLinearSigmoid', 4],
])

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

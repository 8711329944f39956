/** Questions that patterns ask of values. Unknown is never taken for equal. */
import { isStatic } from '../engine'
import type { ConstantValue, DType, Layer, Shape, Tensor } from '../engine'

/** The largest number of each float type. */
export const LARGEST: Readonly<Partial<Record<DType, number>>> = {
  float16: 65504,
  bfloat16: 2 ** 127 * (2 - 2 ** -7),
  float32: 2 ** 127 * (2 - 2 ** -23),
  float64: Number.MAX_VALUE,
}

export const FLOATS: readonly (DType | null)[] = ['float32', 'float16', 'float64', 'bfloat16']

/** The data of a constant, through the Identity layers by which exporters share weights; undefined for anything else. */
export function constantOf(t: Tensor | null | undefined): ConstantValue | undefined {
  let at = t
  while (at && !at.value && at.parent?.kind === 'Identity') at = at.parent.input(0)
  return at?.value
}

/** The one element of a constant that does not raise the rank of what it meets; null for anything else. */
export function scalarOf(t: Tensor | null): number | null {
  return t?.value?.isAvailable ? t.value.scalar() : null
}

/** Whether a condition holds for every element of a constant whose data are here. */
export function everyElement(c: ConstantValue, holds: (x: number) => boolean): boolean {
  if (!c.isNumeric) return false
  const values = c.numbers()
  for (let i = 0; i < values.length; i++) if (!holds(values[i]!)) return false
  return true
}

/** Elements of a small integer constant; null for anything else. */
export function intsOf(t: Tensor | null): number[] | null {
  const v = t?.value
  if (!v?.isAvailable || v.size > 64 || !v.dtype.includes('int')) return null
  return v.toArray()
}

/** Of a binary layer: the operand that is a one-element constant, and the other one. */
export function scalarAndOther(layer: Layer): { scalar: number; other: Tensor; at: number } | null {
  for (let at = 1; at >= 0; at--) {
    const scalar = scalarOf(layer.input(at))
    const other = layer.input(1 - at)
    if (scalar !== null && other && !raisesRank(layer.operand(at), other)) return { scalar, other, at }
  }
  return null
}

/** Whether a broadcast with `c` would give more dimensions than `x` has, or might. */
export function raisesRank(c: Tensor, x: Tensor): boolean {
  return c.rank === null || (c.rank > 0 && (x.rank === null || c.rank > x.rank))
}

export function staticShape(t: Tensor | null): readonly number[] | null {
  return t && isStatic(t.shape) ? t.shape : null
}

/** An axis counted from the front; null where the rank is needed and not known. */
export function normalizedAxis(axis: number, rank: number | null): number | null {
  if (axis >= 0) return axis
  return rank === null ? null : axis + rank
}

export function isLastAxis(axis: number, rank: number | null): boolean {
  return axis === -1 || (rank !== null && axis === rank - 1)
}

/** `perm` of a Transpose, the reversal where it is absent; null where the rank is not known. */
export function permOf(layer: Layer): readonly number[] | null {
  const rank = layer.input(0)?.rank ?? null
  const perm = layer.attribute('perm') as readonly number[] | undefined
  if (perm) return isOrder(perm) && (rank ?? perm.length) === perm.length ? perm : null
  return rank === null ? null : Array.from({ length: rank }, (_, i) => rank - 1 - i)
}

/** Whether each dimension stands in it once: damaged files have others. */
function isOrder(perm: readonly number[]): boolean {
  for (let i = 0; i < perm.length; i++) if (!perm.includes(i)) return false
  return true
}

export function isPerm(layer: Layer | null, ...perm: number[]): layer is Layer {
  return layer?.kind === 'Transpose' && String(permOf(layer)) === String(perm)
}

/** Axes of a Squeeze, Unsqueeze or Reduce, given as attribute or as operand 1; null where they are not constant. */
export function axesOf(layer: Layer): readonly number[] | null {
  const own = layer.record.attributes['axes'] as readonly number[] | undefined
  return own ?? intsOf(layer.input(1))
}

/** The parent if it is of one of the kinds. */
export function parentOf(t: Tensor | null | undefined, ...kinds: string[]): Layer | null {
  const parent = t?.parent ?? null
  return parent && kinds.includes(parent.kind) && hasOperands(parent) ? parent : null
}

/** Whether a layer has the operands that its kind needs: those of damaged files have not. */
export function hasOperands(layer: Layer): boolean {
  const inputs = layer.schema?.inputs
  if (!inputs) return true
  for (let i = 0; i < inputs.length; i++) {
    const { optional, variadic } = inputs[i]!
    if (!optional && !variadic && layer.input(i) === null) return false
  }
  return true
}

/** The layer of one of the kinds that makes an operand; of the first such operand. */
export function producerOf(layer: Layer, kinds: readonly string[]): Layer | null {
  for (let i = 0; i < layer.numInputs; i++) {
    const parent = layer.input(i)?.parent
    if (parent && kinds.includes(parent.kind)) return parent
  }
  return null
}

/** Whether one layer's use is all there is of this value. */
export function usedOnce(t: Tensor | null): boolean {
  return t !== null && t.liveUses === 1 && !t.isNetworkOutput()
}

/** Two sizes that are certainly the same. */
export function sameDim(a: Shape[number] | undefined, b: Shape[number] | undefined): boolean {
  return a !== null && a !== undefined && a === b
}

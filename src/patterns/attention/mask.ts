/**
 * What an attention mask does to a row in which every position is masked. The forms differ only there:
 * Softmax(scores + lowest) is uniform, Softmax(scores - ∞) is NaN, and with the exporter's Where(IsNaN(p), 0, p) behind it 0;
 * of a row of -∞ and the lowest number, the latter's positions share the weight.
 * ONNX Runtime's Attention gives 0 where no number of the row is above the type's lowest, and what Softmax gives elsewhere;
 * com.microsoft's operators give NaN for -∞ and the uniform mean otherwise.
 *
 * A mask whose values are not known is adjusted where its rows need it, so that both kinds of operator give what Softmax gives:
 *
 *   d = ThresholdedRelu(max of the row · -0.3; alpha)   0 but for rows without a number above the lowest
 *   m + d                                               there NaN for a row of -∞; else raised off the lowest number, -∞ kept
 */
import type { Builder, ConstantValue, Layer, Tensor } from '../../engine'
import { parentOf, scalarOf } from '../values'
import { given, knownType, knownValue } from '../known'

/** The smallest number of a mask; `adjusted`: not known, and of no consequence. */
export type MaskFloor = 'none' | 'finite' | 'lowest' | 'infinite' | 'unknown' | 'adjusted'

const LOWEST: Readonly<Record<string, number>> = { float32: -3.4028234663852886e38, float16: -65504 }
/** Large enough to give weight 0 to a masked position, and not the type's lowest number. */
export const FLOOR = -3e38
/** Above the lowest number, and not above any other that masks hold; in half floats with room for a score. */
const NEAR_LOWEST: Readonly<Record<string, number>> = { float32: -(2 ** 127) * (2 - 2 ** -22), float16: -60000 }
/** Below what -0.3 times the lowest number is, and above what it is of any other number that masks hold. */
const ALPHA: Readonly<Record<string, number>> = { float32: 1.02e38, float16: 19600 }
const SHARE = -0.3

/** The smallest number that a mask adds. */
export function maskFloor(mask: Tensor | null): MaskFloor {
  if (!mask) return 'none'
  if (mask.value) {
    return floorOfAll([mask.value], mask)
  }
  if (isAdjusted(mask)) return 'adjusted'
  const raised = parentOf(mask, 'Max')?.getInputs().map(scalarOf) ?? []
  if (raised.some((x) => x !== null && floorOf(x, mask) === 'finite')) return 'finite'
  const where = parentOf(mask, 'Where')
  if (!where) return 'unknown'
  return floorOfAll([where.input(1)?.value, where.input(2)?.value], mask)
}

/** The floor of a mask of these constants' elements. One with both -∞ and the lowest number counts as not known: rows may mix them. */
function floorOfAll(constants: readonly (ConstantValue | undefined)[], mask: Tensor): MaskFloor {
  let [least, leastFinite] = [Infinity, Infinity]
  for (const c of constants) {
    if (!c?.isAvailable || c.size > MOST_ELEMENTS) return 'unknown'
    const values = c.numbers()
    for (let i = 0; i < values.length; i++) {
      const x = values[i]!
      if (Number.isNaN(x)) return 'unknown'
      least = Math.min(least, x)
      if (x !== -Infinity) leastFinite = Math.min(leastFinite, x)
    }
  }
  const isMixed = least === -Infinity && floorOf(leastFinite, mask) === 'lowest'
  return isMixed ? 'unknown' : floorOf(least, mask)
}

/** Masks of more elements are not looked through. */
const MOST_ELEMENTS = 1 << 20

function floorOf(x: number, mask: Tensor): MaskFloor {
  if (x === -Infinity) return 'infinite'
  return x <= (LOWEST[mask.dtype ?? ''] ?? -Infinity) ? 'lowest' : 'finite'
}

/** The smallest and the largest element of a constant of moderate size; null for anything else. */
export function extremes(t: Tensor | null): readonly [number, number] | null {
  if (!t?.value?.isAvailable || t.value.size > MOST_ELEMENTS) return null
  const values = t.value.numbers()
  let [least, most] = [Infinity, -Infinity]
  for (let i = 0; i < values.length; i++) {
    least = Math.min(least, values[i]!)
    most = Math.max(most, values[i]!)
  }
  return [least, most]
}

/** The same mask with its lowest numbers a little higher, so that a fully masked row becomes uniform. */
export function raiseFloor(b: Builder, mask: Tensor): Tensor {
  const dtype = knownType(mask)
  const raise = (c: ConstantValue): Tensor =>
    b.constant(
      dtype,
      c.shape,
      Array.from(c.numbers(), (x) => Math.max(x, given(NEAR_LOWEST[dtype]))),
    )
  if (mask.value) return raise(mask.value)
  const where = parentOf(mask, 'Where')
  if (!where) return b.call('Max', [mask, b.scalar(dtype, given(NEAR_LOWEST[dtype]))])
  return b.call('Where', [where.input(0), raise(knownValue(where.operand(1))), raise(knownValue(where.operand(2)))])
}

/** The layers of `m + ThresholdedRelu(ReduceMax(m) · -0.3)` that end in a mask. */
function isAdjusted(mask: Tensor): boolean {
  const add = parentOf(mask, 'Add')
  const relu = parentOf(add?.input(1), 'ThresholdedRelu')
  const max = parentOf(parentOf(relu?.input(0), 'Mul')?.input(0), 'ReduceMax')
  return !!max && max.input(0) === given(add).input(0)
}

/** The mask with the rows adjusted that are masked as a whole; made once, however many attentions in front of `root` and behind share it. */
export function adjustRows(b: Builder, mask: Tensor, root: Layer): Tensor {
  if (mask.value) return adjustedConstant(b, mask, mask.value)
  const known = mask.getUsers().find((l) => l.kind === 'Add' && isAdjusted(l.result()) && l.isBefore(root))
  if (known) return known.result()
  const dtype = knownType(mask)
  const max = b.call('ReduceMax', [mask, b.ints(-1)], { keepdims: 1 })
  const share = b.call('Mul', [max, b.scalar(dtype, SHARE)])
  const d = b.call('ThresholdedRelu', [share], { alpha: given(ALPHA[dtype]) })
  return b.call('Add', [mask, d], {}, mask.record)
}

/** The same of a constant; the mask itself where every row has an open position. */
function adjustedConstant(b: Builder, mask: Tensor, value: ConstantValue): Tensor {
  const width = value.shape.at(-1) ?? 1
  const numbers = Float64Array.from(value.numbers())
  const lowest = given(LOWEST[value.dtype])
  let changed = false
  for (let from = 0; from < numbers.length; from += width) {
    const row = numbers.subarray(from, from + width)
    const most = row.reduce((a, x) => Math.max(a, x), -Infinity)
    if (!(most <= lowest)) continue
    row.forEach((x, i) => (row[i] = x + SHARE * most))
    changed = true
  }
  return changed ? b.constant(value.dtype, value.shape, numbers) : mask
}

export function canRaise(mask: Tensor): boolean {
  return mask.dtype !== null && mask.dtype in NEAR_LOWEST
}

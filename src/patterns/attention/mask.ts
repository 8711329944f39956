/**
 * What an attention mask does to a row in which every position is masked. The forms differ only there:
 * Softmax(scores + lowest) is uniform, Softmax(scores - ∞) is NaN, and with the exporter's Where(IsNaN(p), 0, p) behind it 0.
 * ONNX Runtime's Attention gives 0 where the whole row is the type's lowest number or -∞, and the uniform mean where it is
 * any other number; com.microsoft's operators give NaN for -∞ and the uniform mean otherwise.
 */
import type { Builder, Tensor } from '../../engine'
import { parentOf, scalarOf } from '../values'

export type MaskFloor = 'none' | 'finite' | 'lowest' | 'infinite' | 'unknown'

const LOWEST: Readonly<Record<string, number>> = { float32: -3.4028234663852886e38, float16: -65504 }
/** Large enough to give weight 0 to a masked position, and not the type's lowest number. */
export const FLOOR = -3e38
const NEAR_LOWEST: Readonly<Record<string, number>> = { float32: FLOOR, float16: -60000 }

/** The smallest number that a mask adds. */
export function maskFloor(mask: Tensor | null): MaskFloor {
  if (!mask) return 'none'
  if (mask.value) {
    const range = extremes(mask)
    return range ? floorOf(range[0], mask) : 'unknown'
  }
  const raised = parentOf(mask, 'Max')?.getInputs().map(scalarOf) ?? []
  if (raised.some((x) => x !== null && floorOf(x, mask) === 'finite')) return 'finite'
  const where = parentOf(mask, 'Where')
  if (!where) return 'unknown'
  const kept = extremes(where.input(1))
  const masked = extremes(where.input(2))
  return kept === null || masked === null ? 'unknown' : floorOf(Math.min(kept[0], masked[0]), mask)
}

function floorOf(x: number, mask: Tensor): MaskFloor {
  if (x === -Infinity) return 'infinite'
  return x <= (LOWEST[mask.dtype ?? ''] ?? -Infinity) ? 'lowest' : 'finite'
}

/** The smallest and the largest element of a constant of moderate size; null for anything else. */
export function extremes(t: Tensor | null): readonly [number, number] | null {
  if (!t?.value?.isAvailable || t.value.size > 1 << 20) return null
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
  const dtype = mask.dtype!
  const floor = NEAR_LOWEST[dtype]!
  if (mask.value)
    return b.constant(
      dtype,
      mask.value.shape,
      Array.from(mask.value.numbers(), (x) => Math.max(x, floor)),
    )
  const where = parentOf(mask, 'Where')
  if (!where) return b.call('Max', [mask, b.scalar(dtype, floor)])
  const raised = [1, 2].map((i) => {
    const v = where.input(i)!.value!
    return b.constant(
      dtype,
      v.shape,
      Array.from(v.numbers(), (x) => Math.max(x, floor)),
    )
  })
  return b.call('Where', [where.input(0), ...raised])
}

export function canRaise(mask: Tensor): boolean {
  return mask.dtype !== null && mask.dtype in NEAR_LOWEST
}

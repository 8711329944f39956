/** Questions that patterns of TensorRT's layers ask of values. */
import { isConstantValue } from '../../engine'
import type { ConstantValue, Layer, Tensor } from '../../engine'
import type { Outcome } from '../define'

/** What a CONSTANT layer holds, under the shape that it gives; null for any other value. */
export function heldBy(t: Tensor | null): ConstantValue | null {
  const layer = t?.parent
  if (layer?.kind !== 'CONSTANT') return null
  const { weights, shape } = layer.record.attributes
  if (!isConstantValue(weights) || !weights.isAvailable) return null
  if (!Array.isArray(shape)) return weights
  const sizes = shape as number[]
  return sizes.reduce((n, d) => n * d, 1) === weights.size ? weights.reshaped(sizes) : null
}

/** The number that a value is everywhere: of one element, behind SHUFFLEs too. Null for any other value. */
export function numberOf(t: Tensor | null): number | null {
  let at = t
  for (let n = 0; at?.parent?.kind === 'SHUFFLE' && n < 8; n++) at = at.parent.input(0)
  const value = heldBy(at)
  return value?.isNumeric && value.size === 1 ? value.scalar() : null
}

export const isNear = (x: number | null, wanted: number): boolean =>
  x !== null && Math.abs(x - wanted) <= 1e-6 * Math.abs(wanted)

/** The layer that makes a value, where it is of this kind and nothing else sees the value. */
export function onlyMaker(t: Tensor | null, kind: string, op?: string): Layer | null {
  const layer = t?.parent
  if (!t || layer?.kind !== kind || t.liveUses !== 1 || t.isNetworkOutput()) return null
  return op === undefined || layer.attribute('op') === op ? layer : null
}

/** The operands of a layer of two in either order, the first the one that `fits`; null where neither does. */
export function eitherWay<T>(
  layer: Layer,
  fits: (t: Tensor | null) => T | null,
): { found: T; at: number; other: Tensor } | null {
  for (const at of [0, 1]) {
    const found = fits(layer.input(at))
    const other = layer.input(1 - at)
    if (found !== null && other) return { found, at, other }
  }
  return null
}

/** Only layers whose result something uses: what replaces another one would be dead too, and match again. */
export function whereUsed(match: (layer: Layer) => Outcome): (layer: Layer) => Outcome {
  return (layer) => {
    const y = layer.output()
    return y && (y.liveUses > 0 || y.isNetworkOutput()) ? match(layer) : false
  }
}

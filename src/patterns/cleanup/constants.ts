/**
 * Constants that meet in a chain.
 *
 *   (x + c) + d   =>  x + (c + d)          (x · c) · d  =>  x · (c · d)
 *
 * Preconditions: c + d is computed in float64 and rounded once, is finite, and no larger than the result; x + c has no other
 * user. For integers the sum wraps as the operator's does, so that they are left alone.
 */
import { ConstantValue, isStatic, sameShape } from '../../engine'
import type { Layer, PatternRewriter, Tensor } from '../../engine'
import { found, pattern } from '../define'
import { family } from '../library'
import { FLOATS, parentOf, usedOnce } from '../values'

const LARGEST = 1 << 20

function constantAndOther(layer: Layer): { c: Tensor; x: Tensor } | null {
  for (const at of [0, 1]) {
    const [c, x] = [layer.input(at), layer.input(1 - at)]
    if (c?.value?.isAvailable) return x && !x.isConstant ? { c, x } : null
  }
  return null
}

/** Elements of the broadcast of two constants; null where the shapes do not fit. */
export function combine(
  a: ConstantValue,
  b: ConstantValue,
  fn: (x: number, y: number) => number,
): ConstantValue | null {
  const rank = Math.max(a.shape.length, b.shape.length)
  const [s, t] = [a, b].map((v) => [...Array<number>(rank - v.shape.length).fill(1), ...v.shape])
  const shape = s!.map((d, i) => (d === 1 ? t![i]! : d))
  if (s!.some((d, i) => d !== 1 && t![i] !== 1 && d !== t![i])) return null
  const size = shape.reduce((x, y) => x * y, 1)
  if (size > LARGEST) return null
  const [va, vb] = [a.numbers(), b.numbers()]
  const out = new Float64Array(size)
  for (let i = 0; i < size; i++) {
    let [rest, ia, ib, wa, wb] = [i, 0, 0, 1, 1]
    for (let k = rank - 1; k >= 0; k--) {
      const at = rest % shape[k]!
      rest = Math.floor(rest / shape[k]!)
      if (s![k] !== 1) ia += at * wa
      if (t![k] !== 1) ib += at * wb
      wa *= s![k]!
      wb *= t![k]!
    }
    out[i] = fn(va[ia]!, vb[ib]!)
    if (!Number.isFinite(out[i]!)) return null
  }
  return ConstantValue.of(a.dtype, shape, out)
}

function reassociate(): PatternRewriter {
  return pattern({
    name: 'Constants in a chain',
    root: ['Add', 'Mul'],
    match: (layer, decline) => {
      const outer = constantAndOther(layer)
      const inner = outer && parentOf(outer.x, layer.kind)
      const within = inner && constantAndOther(inner)
      if (!outer || !inner || !within)
        return decline?.(
          'inner',
          outer?.x.parent ?? null,
          `${layer.kind} of a constant`,
          outer?.x.parent?.kind ?? 'an input',
          { outer: layer },
        )
      if (!usedOnce(inner.output()))
        return decline?.('inner', inner, 'a value that nothing else uses', 'several users', { outer: layer, inner })
      if (!FLOATS.includes(within.x.dtype) || !isStatic(layer.output()!.shape))
        return decline?.('x', inner, 'floats of static shape', String(within.x.dtype), { outer: layer, inner })
      const add = layer.kind === 'Add'
      const joined = combine(within.c.value!, outer.c.value!, (a, b) => (add ? a + b : a * b))
      const larger = !joined || joined.size > Math.max(within.c.value!.size, outer.c.value!.size)
      if (larger)
        return decline?.('constant', layer, 'a finite constant that is not larger than its parts', 'another', {
          outer: layer,
          inner,
        })
      return found(layer, { outer: layer, inner }, { x: within.x }, joined)
    },
    rewrite: (b, m) => {
      const y = m.tensor('y')
      const made = b.call(m.root.kind, [m.tensor('x'), b.keep(m.data as ConstantValue)], {}, y.record)
      return sameShape(made.shape, y.shape) ? { y: made } : null
    },
  })
}

export const CONSTANTS = family('Clean-up', { stage: 1 }, [
  { label: 'Constants in a chain', equation: '(x + c) + d ⇒ x + (c + d)', benefit: 89, make: reassociate },
])

/**
 * Constants that meet in a chain.
 *
 *   (x + c) + d   =>  x + (c + d)          (x · c) · d  =>  x · (c · d)
 *
 * Preconditions: c + d is computed in float64 and rounded once, and is no larger than the result; x + c has no other user.
 * c and d do not cancel, for (x + 1e8) − 1e8 rounds on purpose; factors, and their product, are far from where the type
 * overflows and where it loses digits. For integers the sum wraps as the operator's does, so that they are left alone.
 */
import { ConstantValue, isStatic, sameShape } from '../../engine'
import type { DType, Layer, PatternRewriter, Tensor } from '../../engine'
import { found, pattern } from '../define'
import { family } from '../library'
import { FLOATS, LARGEST as LARGEST_NUMBER, parentOf, usedOnce } from '../values'

const LARGEST = 1 << 20

/** Powers of two between which factors, and their products, neither overflow nor lose digits with what they usually meet. */
const EXPONENT: Readonly<Partial<Record<DType, number>>> = { float16: 6, bfloat16: 60, float32: 60, float64: 500 }

/** Below this, what a sum with a constant rounds off is no more than weights are rounded by anyway. */
const TINY = 1 / 8
/** Constants that cancel to less than this share of the larger one were there to round what stands between them. */
const CANCELLED = 2 ** -10

/** c + d where that is sound; NaN where they cancel, or the sum is beyond the type's range. */
function sumOf(dtype: DType): (a: number, b: number) => number {
  const largest = LARGEST_NUMBER[dtype] ?? 0
  return (a, b) => {
    const larger = Math.max(Math.abs(a), Math.abs(b))
    const cancels = larger > TINY && Math.abs(a + b) < CANCELLED * larger
    return cancels || Math.abs(a + b) > largest ? NaN : a + b
  }
}

/** c · d likewise. */
function productOf(dtype: DType): (a: number, b: number) => number {
  const most = 2 ** (EXPONENT[dtype] ?? 0)
  const isModerate = (x: number): boolean => x === 0 || (Math.abs(x) <= most && Math.abs(x) >= 1 / most)
  return (a, b) => (isModerate(a) && isModerate(b) && isModerate(a * b) ? a * b : NaN)
}

function constantAndOther(layer: Layer): { c: Tensor; x: Tensor } | null {
  for (let at = 0; at < 2; at++) {
    const [c, x] = [layer.input(at), layer.input(1 - at)]
    if (c?.value?.isAvailable) return x && !x.isConstant ? { c, x } : null
  }
  return null
}

/** Elements of the broadcast of two constants; null where the shapes do not fit, or an element is not finite or not exact. */
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
  const isWide = a.dtype === 'int64' || a.dtype === 'uint64'
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
    const [x, y] = [va[ia]!, vb[ib]!]
    out[i] = fn(x, y)
    if (!Number.isFinite(out[i]!)) return null
    // As numbers, whole ones beyond 2^53 are rounded.
    if (isWide && ![x, y, out[i]].every(Number.isSafeInteger)) return null
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
      if (!FLOATS.includes(within.x.dtype) || !isStatic(layer.result().shape))
        return decline?.('x', inner, 'floats of static shape', String(within.x.dtype), { outer: layer, inner })
      const join = (layer.kind === 'Add' ? sumOf : productOf)(within.c.value!.dtype)
      const joined = combine(within.c.value!, outer.c.value!, join)
      const larger = !joined || joined.size > Math.max(within.c.value!.size, outer.c.value!.size)
      if (larger)
        return decline?.('constant', layer, 'constants that join without loss, into one that is not larger', 'others', {
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

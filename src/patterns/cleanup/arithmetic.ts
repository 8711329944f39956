/**
 * Quotients that are products and the reverse (catalogue 15).
 *
 *   (1 / a) · b   =>   b / a
 *   x / c         =>   x · (1 / c)      every element of c a power of two
 *
 * Preconditions: floats; the 1 does not raise the rank of a, and 1 / a has no other user; a is certainly so large that 1 / a
 * does not overflow, as a root of what has an ε added is; 1 / c is normal in the type, so that both round once, and alike. Of
 * the last stage, since the larger forms know the quotient: a Gelu halves by it.
 */
import { ConstantValue } from '../../engine'
import type { DType, Layer, PatternRewriter, Tensor } from '../../engine'
import { found, pattern } from '../define'
import { family } from '../library'
import { everyElement, FLOATS, parentOf, raisesRank, scalarOf, usedOnce } from '../values'

function quotientFromReciprocal(): PatternRewriter {
  return pattern({
    name: 'Product with a reciprocal',
    root: ['Mul'],
    match: (layer, decline) => {
      const at = [0, 1].find((i) => isOneOver(parentOf(layer.input(i), 'Div'))) ?? -1
      const div = layer.input(at)?.parent
      if (!div)
        return decline?.('quotient', layer.input(0)?.parent ?? null, 'Div(1, a)', 'another factor', { product: layer })
      const matched = { product: layer, quotient: div }
      if (!usedOnce(div.output()))
        return decline?.('quotient', div, 'a value that nothing else uses', 'several users', matched)
      if (!FLOATS.includes(layer.result().dtype))
        return decline?.('product', layer, 'floats', String(layer.result().dtype), matched)
      if (!isAtLeast(div.input(1), 2 ** -(EXPONENT[layer.result().dtype!] ?? 0)))
        return decline?.('quotient', div, 'a divisor that is certainly not near 0', standingOf(div.input(1)), matched)
      return found(layer, matched, { a: div.input(1), b: layer.input(1 - at) })
    },
    rewrite: (b, m) => ({ y: b.call('Div', [m.tensor('b'), m.tensor('a')], {}, m.tensor('y').record) }),
  })
}

/** Whether every element is certainly `limit` or more, or NaN: a root, a sum with a positive constant, an exponential's like. */
function isAtLeast(t: Tensor | null, limit: number): boolean {
  if (t?.value) return t.value.isAvailable && t.value.size <= LARGEST && everyElement(t.value, (v) => v >= limit)
  const { parent } = t ?? {}
  if (parent?.kind === 'Sqrt') return isAtLeast(parent.input(0), limit ** 2)
  if (parent?.kind !== 'Add') return false
  return [0, 1].some(
    (i) => isAtLeast(parent.input(i)?.value ? parent.input(i) : null, limit) && isAtLeastZero(parent.input(1 - i)),
  )
}

/** Kinds whose results are certainly not negative. */
const AT_LEAST_ZERO = new Set([
  'Abs',
  'Exp',
  'Relu',
  'Sigmoid',
  'Softmax',
  'Sqrt',
  'ReduceL1',
  'ReduceL2',
  'ReduceSumSquare',
])

/** Whether every element is certainly 0 or more, or NaN: squares and their means among others. */
function isAtLeastZero(t: Tensor | null): boolean {
  const layer = t?.parent
  if (!layer) return false
  if (['ReduceMean', 'ReduceSum', 'Cast', 'Reshape'].includes(layer.kind)) return isAtLeastZero(layer.input(0))
  if (layer.kind === 'Mul') return layer.input(0) === layer.input(1)
  return layer.kind === 'Pow' ? scalarOf(layer.input(1)) === 2 : AT_LEAST_ZERO.has(layer.kind)
}

const standingOf = (t: Tensor | null): string => t?.parent?.kind ?? t?.name ?? 'nothing'

/** Div(1, a), with a one that leaves a's shape alone. */
function isOneOver(div: Layer | null): boolean {
  const [one, a] = [div?.input(0), div?.input(1)]
  return !!one && !!a && scalarOf(one) === 1 && !raisesRank(one, a)
}

/** Exponents e for which 2^e and 2^-e are normal numbers. */
const EXPONENT: Readonly<Partial<Record<DType, number>>> = { float32: 126, float16: 14, float64: 1022, bfloat16: 126 }
const LARGEST = 1 << 16

/** 1 / c where that is exact; null otherwise. */
function exactReciprocal(c: ConstantValue | undefined): ConstantValue | null {
  const most = c && EXPONENT[c.dtype]
  if (!c?.isAvailable || most === undefined || c.size === 0 || c.size > LARGEST) return null
  const values = Float64Array.from(c.numbers(), (v) => {
    const e = Math.log2(Math.abs(v))
    return Number.isInteger(e) && 2 ** e === Math.abs(v) && Math.abs(e) <= most ? 1 / v : NaN
  })
  return values.some(Number.isNaN) ? null : ConstantValue.of(c.dtype, c.shape, values)
}

function divideByPowerOfTwo(): PatternRewriter {
  return pattern({
    name: 'Quotient by a power of two',
    root: ['Div'],
    match: (layer, decline) => {
      const c = layer.input(1)
      const factor = exactReciprocal(c?.value)
      if (!factor || !layer.input(0))
        return decline?.('c', layer, 'a constant of powers of two', c?.name ?? 'none', { quotient: layer })
      return found(layer, { quotient: layer }, { x: layer.input(0) }, factor)
    },
    rewrite: (b, m) => ({
      y: b.call('Mul', [m.tensor('x'), b.keep(m.data as ConstantValue)], {}, m.tensor('y').record),
    }),
  })
}

export const ARITHMETIC = family('Clean-up', { stage: 4 }, [
  { label: 'Product with a reciprocal', equation: '(1 / a) · b ⇒ b / a', benefit: 15, make: quotientFromReciprocal },
  {
    label: 'Quotient by a power of two',
    equation: 'x / 2ⁿ ⇒ x · 2⁻ⁿ',
    exactness: 'exact',
    benefit: 15,
    make: divideByPowerOfTwo,
  },
])

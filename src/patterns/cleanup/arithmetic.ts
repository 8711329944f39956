/**
 * Quotients that are products and the reverse (catalogue 15).
 *
 *   (1 / a) · b   =>   b / a
 *   x / c         =>   x · (1 / c)      every element of c a power of two
 *
 * The first is no rule text: how large a is shows in the layers above it, however many these are.
 *
 * Preconditions: floats; the 1 does not raise the rank of a, and 1 / a has no other user; a is certainly so large that 1 / a
 * does not overflow, as a root of what has an ε added is; 1 / c is normal in the type, so that both round once, and alike. Of
 * the last stage, since the larger forms know the quotient: a Gelu halves by it.
 */
import type { DType, Layer, PatternRewriter, RulePattern, Tensor } from '../../engine'
import { found, onnxRule, pattern } from '../define'
import { family } from '../library'
import { everyElement, FLOATS, parentOf, raisesRank, scalarOf, usedOnce } from '../values'
import { knownType } from '../known'

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
      if (!isAtLeast(div.input(1), SMALLEST[knownType(layer.result())] ?? 1))
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

/** Of what is that large, 1 / a does not overflow. */
const SMALLEST: Readonly<Partial<Record<DType, number>>> = {
  float32: 2 ** -126,
  float16: 2 ** -14,
  float64: 2 ** -1022,
  bfloat16: 2 ** -126,
}
const LARGEST = 1 << 16

const standingOf = (t: Tensor | null): string => t?.parent?.kind ?? t?.name ?? 'nothing'

/** Div(1, a), with a one that leaves a's shape alone. */
function isOneOver(div: Layer | null): boolean {
  const [one, a] = [div?.input(0), div?.input(1)]
  return !!one && !!a && scalarOf(one) === 1 && !raisesRank(one, a)
}

/** Up to it, and down to its reciprocal, 2ⁿ and 2⁻ⁿ are normal numbers. */
const NORMAL = `choose(c.dtype == float16, 16384, ${2 ** 126})`

const divideByPowerOfTwo = (): RulePattern =>
  onnxRule(`rule "Quotient by a power of two" exact
y = Div(x, @c)
=>
@r = Div(1, c)
y = Mul(x, r)
where c.dtype in [float32, float16, float64, bfloat16], c.size <= 65536, all(powerOfTwo(abs(c.value))),
      all(abs(c.value) <= ${NORMAL}), all(1 / abs(c.value) <= ${NORMAL})`)

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

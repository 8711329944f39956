/**
 * A product with the scale and the transposes around it (catalogue 44, 45); com.microsoft.
 *
 *   s (a · b), (s a) · b         =>  FusedMatMul(a, b), alpha s         products of scales where there are several
 *   aᵀ · b, a · bᵀ               =>  FusedMatMul(a, b), transA, transB
 *
 * Preconditions: s a constant number that does not raise the rank, and is moderate, for elsewhere the order of scale and product
 * decides what overflows or underflows; a transpose swaps the last two axes and no others; operands of rank 2 or more; float32 or
 * float16; the value in between has no other user.
 */
import type { RulePattern } from '../../engine'
import { onnxRule } from '../define'
import { family } from '../library'

const PRODUCT = '$product:(MatMul | com.microsoft.FusedMatMul)'
const FUSED = 'com.microsoft.FusedMatMul'

/** Alpha with the scale that a layer applies, which multiplies or divides. */
const alphaWith = (scaled: string): string =>
  `alpha={($alpha ?? 1) * choose(${scaled}.kind == Div, 1 / s.value, s.value)}`

/** Between 2^-60 and 2^60. */
const MODERATE = `s.size == 1, abs(s.value) <= 1152921504606846976, abs(s.value) >= ${2 ** -60}`

const runs = (a: string, b: string): string => `${a}.rank >= 2, ${b}.rank >= 2, ${a}.dtype in [float32, float16]`

const productThenScale = (): RulePattern =>
  onnxRule(`rule "Scaled product"
p = ${PRODUCT}<...$at, alpha=$alpha?>(a, b)
y = (Mul(p, @s) | Div(p, @s))
=>
y = ${FUSED}<...$at, ${alphaWith('y')}>(a, b)
where ${runs('a', 'b')}, s.rank <= p.rank,
      ${MODERATE}`)

const scaleThenProduct = (): RulePattern =>
  onnxRule(`rule "MatMul of scaled operands"
t = (Mul(x, @s) | Div(x, @s))
y = (${PRODUCT}<...$at, alpha=$alpha?>(t, b) | $product<...$at, alpha=$alpha?>(a, t))
=>
y = ${FUSED}<...$at, ${alphaWith('t')}>(x, b)
where given b, ${runs('x', 'b')}, t.rank == x.rank,
      ${MODERATE}
=>
y = ${FUSED}<...$at, ${alphaWith('t')}>(a, x)
where given a, ${runs('a', 'x')}, t.rank == x.rank,
      ${MODERATE}`)

const SWAPS_LAST = '($p ?? reversed(range(x.rank))) == range(x.rank - 2) ++ [x.rank - 1, x.rank - 2]'

const transposedProduct = (): RulePattern =>
  onnxRule(`rule "Transposed product"
t = Transpose<perm=$p?>(x)
y = (${PRODUCT}<...$at, transA=$ta?>(t, b) | $product<...$at, transB=$tb?>(a, t))
=>
y = ${FUSED}<...$at, transA={choose(($ta ?? 0) == 0, 1, 0)}>(x, b)
where given b, ${runs('x', 'b')}, ${SWAPS_LAST}
=>
y = ${FUSED}<...$at, transB={choose(($tb ?? 0) == 0, 1, 0)}>(a, x)
where given a, ${runs('a', 'x')}, ${SWAPS_LAST}`)

export const FUSED_MATMUL = family('Linear', { stage: 4, targets: ['ort'] }, [
  {
    label: 'Transposed product',
    equation: 'a · bᵀ ⇒ FusedMatMul(a, b), transB',
    benefit: 32,
    make: transposedProduct,
  },
  { label: 'Scaled product', equation: 's (a · b) ⇒ FusedMatMul(a, b), alpha s', benefit: 31, make: productThenScale },
  {
    label: 'MatMul of scaled operands',
    equation: '(s a) · b ⇒ FusedMatMul(a, b), alpha s',
    benefit: 30,
    make: scaleThenProduct,
  },
])

/**
 * Products of rank 2 (catalogue 28, 29).
 *
 *   a · b + c                =>  Gemm(a, b, c)
 *   Gemm(aᵀ, b)              =>  Gemm(a, b), transA         and for b
 *   f(Gemm(a, b, c))         =>  FusedGemm(a, b, c), activation f      com.microsoft, float32
 *
 * Preconditions: a and b of rank exactly 2; c broadcasts one way to [M, N], and does not enlarge it; the value in between has
 * no other user.
 */
import type { RulePattern } from '../../engine'
import { onnxRule } from '../define'
import { family } from '../library'

const matmulAdd = (): RulePattern =>
  onnxRule(`rule "MatMul and Add"
p = MatMul(a, b)
y = Add(p, c)
=>
y = Gemm(a, b, c)
where a.rank == 2, b.rank == 2, p.dtype in [float32, float16, float64, bfloat16], c.rank <= 2,
      c.rank == 0 or c.shape[-1] in [1, p.shape[-1]], c.rank < 2 or c.shape[0] in [1, p.shape[0]]`)

/** A transposed operand in the first place, or in the second. */
const gemmTranspose = (): RulePattern =>
  onnxRule(`rule "Gemm and transpose"
&t = (Transpose<perm=[1, 0]>(x) | Transpose<perm=none>(x))
y = (Gemm<...$at, transA=$a?>(t, w, c?) | Gemm<...$at, transB=$b?>(x2, t, c?))
=>
y = Gemm<...$at, transA={choose($a == 0, 1, 0)}>(x, w, c)
where given $a
=>
y = Gemm<...$at, transB={choose($b == 0, 1, 0)}>(x2, x, c)
where given $b`)

const ACTIVATIONS = 'Relu | Sigmoid | Tanh | Softplus | Softsign | LeakyRelu | Elu | HardSigmoid | ThresholdedRelu'

const gemmActivation = (): RulePattern =>
  onnxRule(`rule "Gemm and activation"
gemm = Gemm<...$at>(a, b, c?)
y = $f:(${ACTIVATIONS})<alpha=$alpha?, beta=$beta?>(gemm)
=>
y = com.microsoft.FusedGemm<...$at, activation={$f}, activation_alpha=$alpha?, activation_beta=$beta?>(a, b, c)
where gemm.dtype == float32`)

export const GEMM = family('Linear', { stage: 4 }, [
  { label: 'MatMul and Add', equation: 'a · b + c ⇒ Gemm(a, b, c)', benefit: 40, make: matmulAdd },
  {
    label: 'Gemm and transpose',
    equation: 'Gemm(aᵀ, b) ⇒ Gemm(a, b), transA',
    benefit: 42,
    make: gemmTranspose,
  },
  {
    label: 'Gemm and activation',
    equation: 'f(Gemm(a, b, c)) ⇒ FusedGemm(a, b, c), activation f',
    benefit: 38,
    targets: ['ort'],
    exactness: 'exact',
    make: gemmActivation,
  },
])

/**
 * A residual addition in front of a normalisation (catalogue 41, 42); com.microsoft.
 *
 *   LayerNormalization(x + skip [+ b])  =>  SkipLayerNormalization(x, skip, s, beta [, b])
 *   RMSNormalization(x + skip)          =>  SkipSimplifiedLayerNormalization(x, skip, s)
 *
 * Preconditions: rank 3, both addends of the same shape, one at least computed; s, beta, b of rank 1. Other users of the sum take
 * the operator's fourth result. ε is copied always: the defaults differ.
 */
import type { RulePattern } from '../../engine'
import { onnxRule } from '../define'
import { family } from '../library'

const ADDENDS = `x.rank == 3, x.shape == skip.shape, not (x.isConstant and skip.isConstant),
      sum.dtype in [float32, float16], g.shape == [x.shape[-1]], all(b.rank == 1), all(b.size == g.size)`

const skipNorm = (): RulePattern =>
  onnxRule(`rule "SkipLayerNorm"
sum = Add(x, skip)
y = $norm:(LayerNormalization | RMSNormalization | SimplifiedLayerNormalization)<axis=-1, epsilon=$e, stash_type=$s>(sum, g, ...b)
=>
y, _, _, sum = com.microsoft.SkipLayerNormalization<epsilon=$e>(x, skip, g, ...b)
where $norm == LayerNormalization, ${ADDENDS}
=>
y, _, _, sum = com.microsoft.SkipSimplifiedLayerNormalization<epsilon=$e>(x, skip, g)
where $norm != LayerNormalization, ${ADDENDS}`)

const BIAS = `x.rank in [2, 3], x.dtype in [float32, float16], c.shape == [x.shape[-1]], a.shape == x.shape, skip.shape == x.shape`

/** The sum has the bias in the first place, or in the second. */
const skipBias = (): RulePattern =>
  onnxRule(`rule "SkipLayerNorm with bias"
a = Add(x, @c)
y, _, _, sum? = (com.microsoft.SkipLayerNormalization<...$at>(a, skip, g, beta?) | com.microsoft.SkipLayerNormalization<...$at>(skip, a, g, beta?) | com.microsoft.SkipSimplifiedLayerNormalization<...$at>(a, skip, g) | com.microsoft.SkipSimplifiedLayerNormalization<...$at>(skip, a, g))
=>
y, _, _, sum = com.microsoft.SkipLayerNormalization<...$at>(x, skip, g, beta, c)
where y.kind == "com.microsoft.SkipLayerNormalization", ${BIAS}
=>
y, _, _, sum = com.microsoft.SkipSimplifiedLayerNormalization<...$at>(x, skip, g, c)
where y.kind == "com.microsoft.SkipSimplifiedLayerNormalization", ${BIAS}`)

export const SKIP_NORM = family('Normalization', { stage: 3, targets: ['ort'] }, [
  { label: 'SkipLayerNorm', equation: 'LayerNorm(x + skip) ⇒ SkipLayerNorm(x, skip)', benefit: 40, make: skipNorm },
  {
    label: 'SkipLayerNorm with bias',
    equation: 'SkipLayerNorm(x + b, skip) ⇒ SkipLayerNorm(x, skip, b)',
    benefit: 39,
    make: skipBias,
  },
])

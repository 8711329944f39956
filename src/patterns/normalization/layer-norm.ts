/**
 * Layer and RMS normalisation from primitives (catalogue 39, 40).
 *
 *   (x - mean(x)) / √(mean((x - mean(x))²) + ε) · scale + bias   =>  LayerNormalization(x, scale, bias)
 *   x / √(mean(x²) + ε) · scale                                  =>  RMSNormalization(x, scale)
 *
 * Preconditions: means over the last axis with keepdims; ε a scalar constant added under the root; scale and bias constants
 * of rank 1 along the last axis; the same x everywhere. ε is copied, as a float32. Casts to float32 around the computation stay
 * meaningful as stash_type, the type that the normalisation computes in.
 *
 * RMSNorm has code beside its text: a difference from a mean is part of a LayerNorm, whose root lies further down.
 */
import type { Layer, RulePattern, Tensor } from '../../engine'
import { onnxRule } from '../define'
import { family } from '../library'
import type { Target } from '../library'
import { given } from '../known'

/** Up to the root; `n`, what is normalised, follows. */
export const LAYER_CORE = `
mean = ReduceMean<axes=$p1?, keepdims=1>(x, a1?)
d = (Sub(x, mean) | Cast?<to=$t1>(Sub(x, mean)))
d2 = (Sub(x, mean) | Cast?<to=$t2>(Sub(x, mean)))
var = ReduceMean<axes=$p2?, keepdims=1>((Pow(d, 2) | Mul(d, d) | Pow(d2, 2) | Pow(Cast<to=$t3>(d), 2)), a2?)
root = Sqrt(Add(var, @eps))`

export const LAYER_VALUE = '(Div(d, root) | Mul(d, Reciprocal(root)) | Mul(d, Div(1, root)))'

export const RMS_CORE = `
f = Cast?<to=$t1>(x)
square = (Pow(f, 2) | Mul(f, f))
mean = ReduceMean<axes=$p1?, keepdims=1>(square, a1?)
root = Sqrt(Add(mean, @eps))`

export const RMS_VALUE = '(Mul(f, (Div(1, root) | Reciprocal(root))) | Div(f, root))'

/** A mean over the last axis alone, which is an attribute or an operand. */
const isLast = (attribute: string, operand: string): string =>
  `len(${attribute} ?? ${operand}.value) == 1, max(${attribute} ?? ${operand}.value) in [-1, x.rank - 1]`

/** One number, and not below 0: kernels refuse such a one. It becomes an attribute, and so a float32. */
const EPSILON = `eps.size == 1, eps.value >= 0, eps.value < inf,
      eps.dtype != float64 or abs(single(eps.value) - eps.value) <= 0`

/** Kernels refuse a mean of nothing. */
export const ONE_MEAN = `${isLast('$p1', 'a1')}, x.shape[-1] > 0,
      ${EPSILON}`
export const TWO_MEANS = `${isLast('$p2', 'a2')},
      ${ONE_MEAN}`

/** A scale, or a bias. */
export const alongLast = (name: string): string => `${name}.shape == [x.shape[-1]], ${name}.dtype == x.dtype`

/** The type is kept, and what is computed in between has it too, or is float32. */
const stashed = (inner: string): string => `x.dtype == y.dtype, ${inner}.dtype == x.dtype or ${inner}.dtype == float32`

export const LAYER_NORM = 'LayerNormalization<axis=-1, epsilon={eps.value}>'

const layerNorm = (): RulePattern =>
  onnxRule(`rule "LayerNorm"${LAYER_CORE}
n = ${LAYER_VALUE}
y = Add(Mul(Cast?<to=$t4>(n), @scale), @bias)
=>
y = ${LAYER_NORM}(x, scale, bias)
where ${TWO_MEANS},
      ${alongLast('scale')}, bias.shape == [x.shape[-1]],
      ${stashed('var')}`)

const rmsNorm = (target: Target): RulePattern =>
  onnxRule(
    `rule "RMSNorm"${RMS_CORE}
n = ${RMS_VALUE}
y = Mul(Cast?<to=$t4>(n), @scale)
${rms(target, 'scale', `${ONE_MEAN},\n      ${alongLast('scale')},\n      ${stashed('n')}`)}`,
    { checkRoot: isNotCentredAt },
  )

/** Opset 23 has RMSNormalization; ONNX Runtime knows SimplifiedLayerNormalization, in the default domain, at any opset. */
export function rms(target: Target, scale: string, where: string): string {
  const made = (kind: string): string => `=>\ny = ${kind}<axis=-1, epsilon={eps.value}, stash_type=1>(x, ${scale})`
  const simplified = `${made('SimplifiedLayerNormalization')}\nwhere ${where}`
  if (target === 'ort') return simplified
  return `${made('RMSNormalization')}\nwhere opset >= 23,\n      ${where}\n${simplified}`
}

/** The inner part of a LayerNorm looks like an RMSNorm of what was centred; that would keep the larger fusion away. */
export function isNotCentred(x: Tensor): true | string {
  const centred = x.parent?.kind === 'Sub' && x.parent.input(1)?.parent?.kind === 'ReduceMean'
  return !centred || 'x is a difference from its mean: this is part of a LayerNorm'
}

/** What `isNotCentred` says, read off the root of an RMSNorm: most roots in a LayerNorm need no search then. */
function isNotCentredAt(root: Layer): true | string {
  for (const n of root.kind === 'Mul' ? root.operands : [root.output()]) {
    const value = uncast(n)?.parent
    if (value?.kind !== 'Div' && value?.kind !== 'Mul') continue
    const why = value.operands.map((f) => (f ? isNotCentred(given(uncast(f))) : true)).find((r) => r !== true)
    if (why !== undefined) return why
  }
  return true
}

function uncast(t: Tensor | null): Tensor | null {
  return t?.parent?.kind === 'Cast' ? t.parent.input(0) : t
}

export const NORMALIZATION = family('Normalization', { stage: 2 }, [
  {
    label: 'LayerNorm',
    equation: '(x − mean) / √(var + ε) · s + b ⇒ LayerNormalization(x, s, b)',
    benefit: 60,
    make: layerNorm,
  },
  { label: 'RMSNorm', equation: 'x / √(mean(x²) + ε) · s ⇒ RMSNormalization(x, s)', benefit: 55, make: rmsNorm },
])

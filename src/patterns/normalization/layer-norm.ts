/**
 * Layer and RMS normalisation from primitives (catalogue 39, 40).
 *
 *   (x - mean(x)) / √(mean((x - mean(x))²) + ε) · scale + bias   =>  LayerNormalization(x, scale, bias)
 *   x / √(mean(x²) + ε) · scale                                  =>  RMSNormalization(x, scale)
 *
 * Preconditions: means over the last axis with keepdims; ε a scalar constant added under the root; scale and bias constants
 * of rank 1 along the last axis; the same x everywhere. ε is copied. Casts to float32 around the computation stay meaningful
 * as stash_type, the type that the normalisation computes in.
 */
import type { Attributes, Builder, Layer, RuleMatch, Tensor, RulePattern } from '../../engine'
import { onnxRule } from '../define'
import { family } from '../library'
import type { Target } from '../library'
import { axesOf, isLastAxis, sameDim } from '../values'

/** Up to the root; `n`, what is normalised, follows. */
export const LAYER_CORE = `
mean = ReduceMean(x, ...a1)
d = (Sub(x, mean) | Cast?(Sub(x, mean)))
d2 = (Sub(x, mean) | Cast?(Sub(x, mean)))
var = ReduceMean((Pow(d, 2) | Mul(d, d) | Pow(d2, 2) | Pow(Cast(d), 2)), ...a2)
root = Sqrt(Add(var, @eps))`

export const LAYER_VALUE = '(Div(d, root) | Mul(d, Reciprocal(root)) | Mul(d, Div(1, root)))'

const LAYER_NORM = `rule "LayerNorm"${LAYER_CORE}
n = ${LAYER_VALUE}
y = (Add(Mul(Cast?(n), @scale), @bias))
=>
y = LayerNormalization(x, scale, bias)`

export const RMS_CORE = `
f = Cast?(x)
square = (Pow(f, 2) | Mul(f, f))
mean = ReduceMean(square, ...axes)
root = Sqrt(Add(mean, @eps))`

export const RMS_VALUE = '(Mul(f, (Div(1, root) | Reciprocal(root))) | Div(f, root))'

const RMS_NORM = `rule "RMSNorm"${RMS_CORE}
n = ${RMS_VALUE}
y = Mul(Cast?(n), @scale)
=>
y = RMSNormalization(x, scale)`

/** Means over the last axis alone, keeping the dimension. */
export function isLastMean(m: RuleMatch, part: string): true | string {
  const mean = m.layer(part)
  const axes = axesOf(mean)
  if (!axes || axes.length !== 1 || !isLastAxis(axes[0]!, mean.input(0)?.rank ?? null))
    return `${mean.name} reduces axes ${axes ?? 'unknown'}, the rule needs the last axis alone`
  return Number(mean.attribute('keepdims') ?? 1) === 1 || `${mean.name} drops the axis`
}

export function alongLast(t: Tensor | null, x: Tensor, what: string): true | string {
  return (
    (t?.rank === 1 && sameDim(t.shape?.[0], x.shape?.at(-1))) ||
    `${what} [${t?.shape ?? '...'}] does not lie along the last size of [${x.shape ?? '...'}]`
  )
}

/** One number, and not below 0: kernels refuse such a one. */
/** ε becomes an attribute, and so a float32: in float64 a large one must be one already. */
export function isEpsilon(t: Tensor): true | string {
  const x = t.value?.isAvailable ? t.value.scalar() : null
  if (x === null || !(x >= 0) || !Number.isFinite(x)) return `epsilon is ${x ?? 'not a scalar'}`
  return t.dtype !== 'float64' || x <= 1e-3 || Math.fround(x) === x || `epsilon is ${x}, which is no float32`
}

export function firstReason(...results: (true | string)[]): true | string {
  return results.find((r) => r !== true) ?? true
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
    const reason = firstReason(...value.operands.map((f) => (f ? isNotCentred(uncast(f)!) : true)))
    if (reason !== true) return reason
  }
  return true
}

function uncast(t: Tensor | null): Tensor | null {
  return t?.parent?.kind === 'Cast' ? t.parent.input(0) : t
}

/** `stash_type` as an ONNX element type: 1 is float32, the only one that is not the value's own. */
function stashOk(m: RuleMatch, inner: Tensor): true | string {
  const x = m.tensor('x')
  return inner.dtype === x.dtype || inner.dtype === 'float32' || `it computes in ${inner.dtype}, not in float32`
}

const layerNorm = (): RulePattern =>
  onnxRule(LAYER_NORM, {
    check: (m) =>
      firstReason(
        isLastMean(m, 'mean'),
        isLastMean(m, 'var'),
        isEpsilon(m.tensor('eps')),
        alongLast(m.tensor('scale'), m.tensor('x'), 'scale'),
        alongLast(m.tensor('bias'), m.tensor('x'), 'bias'),
        m.tensor('x').dtype === m.tensor('y').dtype || 'the result has another type',
        m.tensor('scale').dtype === m.tensor('x').dtype || 'scale has another type',
        stashOk(m, m.tensor('var')),
      ),
    build: (b, m) => ({
      y: b.call('LayerNormalization', [m.tensor('x'), m.tensor('scale'), m.tensor('bias')], {
        axis: -1,
        epsilon: m.scalar('eps'),
      }),
    }),
  })

const rmsNorm = (target: Target): RulePattern =>
  onnxRule(RMS_NORM, {
    check: (m) =>
      firstReason(
        isLastMean(m, 'mean'),
        isEpsilon(m.tensor('eps')),
        alongLast(m.tensor('scale'), m.tensor('x'), 'scale'),
        m.tensor('x').dtype === m.tensor('y').dtype ||
          `x has type ${m.tensor('x').dtype}, the result ${m.tensor('y').dtype}`,
        m.tensor('scale').dtype === m.tensor('x').dtype || 'scale has another type',
        stashOk(m, m.tensor('n')),
      ),
    checkRoot: isNotCentredAt,
    build: (b, m) => ({ y: rms(b, m, target) }),
  })

/** Opset 23 has RMSNormalization; ONNX Runtime knows SimplifiedLayerNormalization, in the default domain, at any opset. */
export function rms(b: Builder, m: RuleMatch, target: Target, scale: Tensor = m.tensor('scale')): Tensor {
  const attributes: Attributes = { axis: -1, epsilon: m.scalar('eps'), stash_type: 1 }
  const standard = target === 'onnx' && (b.network.opsets[''] ?? 1) >= 23
  return b.call(
    standard ? 'RMSNormalization' : 'SimplifiedLayerNormalization',
    [m.tensor('x'), scale],
    attributes,
    m.tensor('y').record,
  )
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

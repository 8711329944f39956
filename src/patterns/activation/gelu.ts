/**
 * Gelu in the forms that exporters write it in (catalogue 35-38).
 *
 *   0.5 · x · (1 + Erf(x / √2))                            =>  Gelu(x)                  any association, Div or Mul
 *   0.5 · x · (1 + Tanh(√(2/π) · (x + 0.044715 · x³)))     =>  Gelu(x) by tanh          x³ by Pow or by Mul
 *   x · Sigmoid(1.702 · x), x · Sigmoid(x)                 =>  QuickGelu(x), alpha      com.microsoft
 *   Gelu(x + b)                                            =>  BiasGelu(x, b)           com.microsoft
 *
 * Preconditions: the same x at every place; b of rank 1 with x's last size, so that nothing broadcasts.
 */
import type { RulePattern } from '../../engine'
import { onnxRule } from '../define'
import { family } from '../library'
import type { Target } from '../library'

const RIGHT = {
  erf: { ort: 'com.microsoft.Gelu(x)', onnx: 'Gelu<approximate="none">(x)' },
  tanh: { ort: 'com.microsoft.FastGelu(x)', onnx: 'Gelu<approximate="tanh">(x)' },
}

/** Standard Gelu came with operator set 20, Swish with 24; those of com.microsoft need none. */
const since = (version: number, target: Target): string => (target === 'onnx' ? `, opset >= ${version}` : '')

/** The product 0.5 · x · (1 + e) in its six associations. */
const HALF_X_ONE_PLUS = (e: string): string => `
y = (Mul(Mul(x, Add(${e}, 1)), 0.5) | Mul(x, Mul(Add(${e}, 1), 0.5)) | Mul(Mul(x, 0.5), Add(${e}, 1)) | Div(Mul(x, Add(${e}, 1)), 2))`

const geluErf = (target: Target): RulePattern =>
  onnxRule(`rule "Gelu (erf)"
e = Erf((Div(x, 1.4142135623730951 ~ 1e-5) | Mul(x, 0.7071067811865476 ~ 1e-5) | Div(x, Sqrt(2))))
${HALF_X_ONE_PLUS('e')}
=>
y = ${RIGHT.erf[target]}
where x.dtype in [float32, float16, float64, bfloat16]${since(20, target)}`)

const geluTanh = (target: Target): RulePattern =>
  onnxRule(`rule "Gelu (tanh)"
cube = (Pow(x, 3) | Mul(x, Mul(x, x)) | Mul(Mul(x, x), x))
inner = (Add(x, Mul(cube, 0.044715 ~ 1e-4)) | Mul(x, Add(Mul(Mul(x, x), 0.044715 ~ 1e-4), 1)) | Mul(x, Add(Mul(Pow(x, 2), 0.044715 ~ 1e-4), 1)))
t = Tanh(Mul(inner, 0.7978845608028654 ~ 1e-4))
${HALF_X_ONE_PLUS('t')}
=>
y = ${RIGHT.tanh[target]}
where x.dtype in [float32, float16, bfloat16]${target === 'ort' ? ', x.rank >= 1' : since(20, target)}`)

/** Alpha is a number, or a list of one: times a list it is a list either way. */
const quickGelu = (): RulePattern =>
  onnxRule(`rule "QuickGelu"
y = Mul(x, Sigmoid(Mul(x, @alpha)))
=>
y = com.microsoft.QuickGelu<alpha={max(alpha.value * [1])}>(x)
where alpha.size == 1, x.rank >= alpha.rank, x.dtype in [float32, float16]`)

const silu = (target: Target): RulePattern =>
  onnxRule(`rule "SiLU"
y = Mul(x, Sigmoid(x))
=>
y = ${target === 'ort' ? 'com.microsoft.QuickGelu<alpha=1>(x)' : 'Swish<alpha=1>(x)'}
where x.dtype in [float32, float16]${since(24, target)}`)

/** A bias that lies along the last size, so that nothing broadcasts. */
const FITS = 'where bias.rank == 1, bias.shape[0] == x.shape[-1]'

const biasGelu = (): RulePattern =>
  onnxRule(`rule "BiasGelu"
y = com.microsoft.Gelu(Add(x, @bias))
=>
y = com.microsoft.BiasGelu(x, bias)
${FITS}`)

const biasFastGelu = (): RulePattern =>
  onnxRule(`rule "FastGelu with bias"
y = com.microsoft.FastGelu(Add(x, @bias))
=>
y = com.microsoft.FastGelu(x, bias)
${FITS}`)

/** Up to 4.7e-4 away: only where it is asked for. */
const geluToFast = (): RulePattern =>
  onnxRule('rule "Gelu by tanh"\ny = com.microsoft.Gelu(x)\n=>\ny = com.microsoft.FastGelu(x)\nwhere x.rank >= 1')

const ortOnly = ['ort'] as const

export const GELU = family('Activation', { stage: 2 }, [
  {
    label: 'Gelu (erf)',
    equation: '0.5 · x · (1 + Erf(x / √2)) ⇒ Gelu(x)',
    benefit: 40,
    make: geluErf,
  },
  {
    label: 'Gelu (tanh)',
    equation: '0.5 · x · (1 + Tanh(√(2/π) · (x + 0.044715 · x³))) ⇒ Gelu(x)',
    benefit: 41,
    make: geluTanh,
  },
  { label: 'QuickGelu', equation: 'x · Sigmoid(α · x) ⇒ QuickGelu(x)', benefit: 30, targets: ortOnly, make: quickGelu },
  { label: 'SiLU', equation: 'x · Sigmoid(x) ⇒ SiLU(x)', benefit: 30, make: silu },
  {
    label: 'BiasGelu',
    equation: 'Gelu(x + b) ⇒ BiasGelu(x, b)',
    benefit: 30,
    stage: 3,
    targets: ortOnly,
    make: biasGelu,
  },
  {
    label: 'FastGelu with bias',
    equation: 'FastGelu(x + b) ⇒ FastGelu(x, b)',
    benefit: 30,
    stage: 3,
    targets: ortOnly,
    make: biasFastGelu,
  },
  {
    label: 'Gelu by tanh',
    equation: 'Gelu(x) ⇒ FastGelu(x)',
    benefit: 5,
    stage: 4,
    exactness: 'approximation',
    optIn: true,
    targets: ortOnly,
    make: geluToFast,
  },
])

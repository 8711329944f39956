/**
 * Hard sigmoid and hard swish from primitives (catalogue 31); opset 14 for HardSwish.
 *
 *   Clip(x + 3, 0, 6) / 6          =>  HardSigmoid(x), α = 1/6, β = 1/2
 *   x · HardSigmoid(x)             =>  HardSwish(x), where α = 1/6, β = 1/2
 *   x · Clip(x + 3, 0, 6) / 6      =>  HardSwish(x)
 *
 * Preconditions: the same x at both ends; 1/6 as a divisor or a factor.
 */
import { family } from '../library'
import type { RulePattern } from '../../engine'
import { onnxRule } from '../define'

const FLOAT = 'where x.dtype in [float32, float16]'

const hardSigmoid = (): RulePattern =>
  onnxRule(`rule "HardSigmoid"
c = (Clip(Add(x, 3), 0, 6) | Min(Max(Add(x, 3), 0), 6) | Min(Relu(Add(x, 3)), 6))
y = (Div(c, 6) | Mul(c, 0.16666666666666666 ~ 1e-4))
=>
y = HardSigmoid<alpha=0.16666666666666666, beta=0.5>(x)
${FLOAT}`)

const hardSwish = (): RulePattern =>
  onnxRule(`rule "HardSwish"
y = Mul(x, HardSigmoid<alpha=$a, beta=$b>(x))
=>
y = HardSwish(x)
${FLOAT}, abs($a * 6 - 1) < 0.0001, abs($b - 0.5) < 0.000001`)

const hardSwishFromClip = (): RulePattern =>
  onnxRule(`rule "HardSwish (clip)"
c = (Clip(Add(x, 3), 0, 6) | Min(Max(Add(x, 3), 0), 6) | Min(Relu(Add(x, 3)), 6))
y = (Div(Mul(x, c), 6) | Mul(Mul(x, c), 0.16666666666666666 ~ 1e-4))
=>
y = HardSwish(x)
${FLOAT}`)

export const HARD_SWISH = family('Activation', { stage: 2 }, [
  {
    label: 'HardSwish (clip)',
    equation: 'x · Clip(x + 3, 0, 6) / 6 ⇒ HardSwish(x)',
    benefit: 42,
    make: hardSwishFromClip,
  },
  { label: 'HardSigmoid', equation: 'Clip(x + 3, 0, 6) / 6 ⇒ HardSigmoid(x)', benefit: 40, make: hardSigmoid },
  { label: 'HardSwish', equation: 'x · HardSigmoid(x) ⇒ HardSwish(x)', benefit: 41, make: hardSwish },
])

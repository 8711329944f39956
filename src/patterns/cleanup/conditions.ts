/**
 * Conditions that are known in part, or turned round (catalogue 16, seen in exported masks).
 *
 *   Where(And(true, c), a, b)   =>   Where(c, a, b), a spread over the shape of the constant
 *   Where(Not(c), a, b)         =>   Where(c, b, a)
 *
 * Preconditions of the first: every element of the constant is true; a is constant, and small once it is spread.
 */
import { ConstantValue, isStatic, sameShape } from '../../engine'
import type { Layer, PatternRewriter, Tensor } from '../../engine'
import { found, onnxRule, pattern } from '../define'
import { family } from '../library'
import { parentOf, usedOnce } from '../values'
import { combine } from './constants'
import { knownValue } from '../known'

const LARGEST = 1 << 16

function isAllTrue(c: ConstantValue | undefined): c is ConstantValue {
  if (!c?.isAvailable || c.dtype !== 'bool' || c.size > LARGEST) return false
  const values = c.numbers()
  for (let i = 0; i < values.length; i++) if (!values[i]) return false
  return true
}

function alwaysTrue(): PatternRewriter {
  return pattern({
    name: 'Always-true condition',
    root: ['Where'],
    match: (layer, decline) => {
      const and = parentOf(layer.input(0), 'And')
      const [a, b] = [layer.input(1), layer.input(2)]
      if (!and) return false
      const matched: Record<string, Layer> = { where: layer, and }
      const known = and.getInputs().find((t) => isAllTrue(t.value))
      const condition = and.getInputs().find((t) => t !== known)
      if (!known || !condition || !usedOnce(and.output()))
        return decline?.('and', and, 'a constant that is true throughout, and one user', 'another', matched)
      const spread =
        a?.value?.isAvailable && a.value.size <= LARGEST ? combine(a.value, spreadOver(known, a.value), (x) => x) : null
      if (!spread || spread.size > LARGEST) return decline?.('a', layer, 'a small constant', a?.name ?? 'none', matched)
      return found(layer, matched, { condition, b }, spread)
    },
    rewrite: (b, m) => {
      const y = m.tensor('y')
      const made = b.call('Where', [m.tensor('condition'), b.keep(m.data as ConstantValue), m.tensor('b')])
      return isStatic(made.shape) && sameShape(made.shape, y.shape) ? { y: made } : null
    },
  })
}

/** Zeros of the shape of a condition, to spread a constant over it. */
function spreadOver(known: Tensor, like: ConstantValue): ConstantValue {
  return ConstantValue.of(like.dtype, knownValue(known).shape, new Float64Array(knownValue(known).size))
}

/** Not exact: ONNX Runtime's Where keeps the sign of a zero in its last operand, and not in the one before. */
const turnedRound = (): PatternRewriter =>
  onnxRule(`rule "Where of Not"
&not = Not(c)
y = Where(not, a, b)
=>
y = Where(c, b, a)`)

export const CONDITIONS = family('Clean-up', { stage: 1, exactness: 'exact' }, [
  { label: 'Always-true condition', equation: 'Where(true ∧ c, a, b) ⇒ Where(c, a, b)', benefit: 96, make: alwaysTrue },
  {
    label: 'Where of Not',
    equation: 'Where(¬c, a, b) ⇒ Where(c, b, a)',
    exactness: 'rounding',
    benefit: 96,
    make: turnedRound,
  },
])

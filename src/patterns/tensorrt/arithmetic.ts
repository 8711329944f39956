/**
 * Constants of TensorRT's layers:
 *
 *     ELEMENTWISE(CONSTANT, CONSTANT), UNARY(CONSTANT)   =>  CONSTANT
 *     SHUFFLE(CONSTANT), that only reshapes              =>  CONSTANT
 *     x · 1, x / 1, x ^ 1, x − 0                         =>  x
 *
 * Preconditions: the data are here, and nothing overflows that was finite, which a runtime of more digits does not see; what a constant is broadcast
 * to has the shape of x.
 */
import { onnxDialect } from '../../dialects/onnx'
import type { ConstantValue, Layer } from '../../engine'
import { family } from '../library'
import { found, pattern } from '../define'
import type { Outcome } from '../define'
import { heldBy, numberOf, whereUsed } from './values'
import { given } from '../known'

const BINARY: Readonly<Record<string, string>> = {
  SUM: 'Add', PROD: 'Mul', SUB: 'Sub', DIV: 'Div', POW: 'Pow', MAX: 'Max', MIN: 'Min', AND: 'And', OR: 'Or', XOR: 'Xor',
  EQUAL: 'Equal', GREATER: 'Greater', LESS: 'Less',
} // prettier-ignore
const UNARY: Readonly<Record<string, string>> = {
  EXP: 'Exp', LOG: 'Log', SQRT: 'Sqrt', RECIP: 'Reciprocal', ABS: 'Abs', NEG: 'Neg', CEIL: 'Ceil', FLOOR: 'Floor',
  ERF: 'Erf', NOT: 'Not',
} // prettier-ignore

const OPSET = 21

/** What a layer makes of constants, by the ONNX operator that computes the same; null where it is not computed here. */
function folded(layer: Layer): ConstantValue | null {
  const values = layer.operands.map(heldBy)
  if (values.length === 0 || values.some((v) => v === null)) return null
  const op = String(layer.attribute('op') as string)
  const kind = layer.kind === 'ELEMENTWISE' ? BINARY[op] : UNARY[op]
  const evaluate = kind === undefined ? undefined : onnxDialect.schema(kind, OPSET)?.evaluate
  const inputs = values.map((value) => ({ dtype: given(value).dtype, shape: given(value).shape, value: given(value) }))
  const value = evaluate?.({ kind: given(kind), attributes: {}, inputs, outputCount: 1, opset: OPSET })?.[0]
  return value && (isFinite(value) || !inputs.every((i) => isFinite(i.value))) ? value : null
}

function isFinite(value: ConstantValue): boolean {
  const numbers = value.numbers()
  for (let i = 0; i < numbers.length; i++) if (!Number.isFinite(numbers[i])) return false
  return true
}

function matchFold(layer: Layer): Outcome {
  const value = folded(layer)
  return value ? found(layer, { layer }, {}, value) : false
}

function matchReshaped(layer: Layer): Outcome {
  const value = heldBy(layer.input(0))
  const moves = layer.attribute('first_transpose') ?? layer.attribute('second_transpose')
  const shape = layer.output()?.shape
  if (!value || moves !== undefined || !shape?.every((d) => typeof d === 'number')) return false
  if (shape.reduce((n, d) => n * d, 1) !== value.size) return false
  return found(layer, { layer }, {}, value.reshaped(shape))
}

const NEUTRAL: Readonly<Record<string, readonly [number, isEitherSide: boolean]>> = {
  PROD: [1, true],
  DIV: [1, false],
  POW: [1, false],
  SUB: [0, false],
}

function matchNeutral(layer: Layer): Outcome {
  const rule = NEUTRAL[String(layer.attribute('op') as string)]
  if (!rule) return false
  for (const at of rule[1] ? [1, 0] : [1]) {
    const x = layer.input(1 - at)
    const constant = layer.input(at)
    // −0 taken away makes 0 of −0.
    if (!x || !Object.is(numberOf(constant), rule[0]) || constant?.rank !== x.rank) continue
    if (x.dtype === layer.output()?.dtype) return found(layer, { layer }, { x })
  }
  return false
}

export const arithmetic = family('TensorRT: constants', { stage: 1, exactness: 'rounding' }, [
  {
    label: 'Elementwise of constants',
    equation: 'ELEMENTWISE(a, b) ⇒ CONSTANT',
    make: () =>
      pattern({
        name: 'fold-elementwise',
        root: ['ELEMENTWISE', 'UNARY'],
        match: whereUsed(matchFold),
        rewrite: (b, m) => ({ y: b.call('CONSTANT', [], { weights: m.data as ConstantValue }) }),
      }),
  },
  {
    label: 'Constant under another shape',
    equation: 'SHUFFLE(CONSTANT) ⇒ CONSTANT',
    exactness: 'exact',
    make: () =>
      pattern({
        name: 'reshape-constant',
        root: ['SHUFFLE'],
        match: whereUsed(matchReshaped),
        rewrite: (b, m) => ({ y: b.call('CONSTANT', [], { weights: m.data as ConstantValue }) }),
      }),
  },
  {
    label: 'Elementwise that changes nothing',
    equation: 'x · 1 ⇒ x',
    exactness: 'exact',
    make: () =>
      pattern({
        name: 'neutral-elementwise',
        root: ['ELEMENTWISE'],
        match: whereUsed(matchNeutral),
        rewrite: (_, m) => ({ y: m.tensor('x') }),
      }),
  },
])

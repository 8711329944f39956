import type { Tensor } from '../../../engine'
import { cannotRaise } from './error'
import type { Raise, RaisedLayer } from './raised-layer'

const [HIDDEN, EXPERTS, SCORES, GATE, UP, DOWN, SCALE] = [0, 1, 2, 3, 4, 5, 9]
/** From the weights of a product to its bias. */
const TO_BIAS = 3

/**
 * Experts of which each token has a few: `Σ score · down(act(gate x) · up x)`. All experts are computed for all tokens [E, B, S, H], and of
 * each token those that it has are summed up.
 */
const moe: Raise = (l) => {
  const { b } = l
  const quantizes = l.has(SCALE) || l.has(SCALE + 1) || l.text('quantization_to_type') !== 'FLOAT'
  if (quantizes) cannotRaise(`MOE ${l.record.name} quantizes between its products, which has no form here`)
  const [limit, alpha, beta] = ['limit', 'alpha', 'beta'].map((name) => l.number(`swiglu_param_${name}`))
  if (limit !== Infinity || alpha !== 1 || beta !== 0)
    cannotRaise(`MOE ${l.record.name} has a SwiGLU of its own, which has no reference`)
  const x = b.unsqueeze(l.input(HIDDEN), [0])
  const gate = product(l, x, GATE)
  const activation = l.text('activation_type', 'NONE')
  if (activation !== 'NONE' && activation !== 'SILU') cannotRaise(`MOE with ${activation} has no form in ONNX`)
  const open = activation === 'SILU' ? b.op('Mul', [gate, b.op('Sigmoid', [gate])]) : gate
  const y = product(l, b.op('Mul', [open, product(l, x, UP)]), DOWN)
  const { chosen, shares } = sharesOf(l)
  const parts = b.op('Where', [chosen, b.op('Mul', [y, shares]), b.like(y, 0)])
  return b.reduce('ReduceSum', parts, [0], false)
}

/** A product of each expert [E, in, out], with its bias [E, out]. */
function product(l: RaisedLayer, x: Tensor, weights: number): Tensor {
  const y = l.b.op('MatMul', [x, l.b.unsqueeze(l.input(weights), [1])])
  return l.has(weights + TO_BIAS) ? l.b.op('Add', [y, l.b.unsqueeze(l.input(weights + TO_BIAS), [1, 2])]) : y
}

/** For each expert and token [E, B, S, 1] the sum of the scores that it has there, and whether it has one. */
function sharesOf(l: RaisedLayer): { chosen: Tensor; shares: Tensor } {
  const { b } = l
  const count = b.size(l.input(GATE), 0)
  const hot = b.op('OneHot', [b.cast(l.input(EXPERTS), 'int64'), b.tensor(count), b.constant('float32', [0, 1], [2])])
  const scores = b.unsqueeze(b.cast(l.input(SCORES), 'float32'), [3])
  const perExpert = (t: Tensor): Tensor =>
    b.unsqueeze(b.transpose(b.reduce('ReduceSum', t, [2], false), [2, 0, 1]), [3])
  const shares = b.cast(perExpert(b.op('Mul', [hot, scores])), l.input(HIDDEN).dtype ?? 'float32')
  return { chosen: b.op('Greater', [perExpert(hot), b.constant('float32', [0])]), shares }
}

export const moeRaising = { MOE: moe } satisfies Readonly<Record<string, Raise>>

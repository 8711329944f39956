import type { Tensor } from '../../../engine'
import type { Raise, RaisedLayer } from './raised-layer'

/** A matrix with its operation done; a vector gets the dimension that it lacks. */
function side(l: RaisedLayer, i: number): Tensor {
  const op = l.text(`op${i}`)
  const x = l.input(i)
  if (op === 'VECTOR') return l.b.unsqueeze(x, [i === 0 ? -2 : -1])
  if (op !== 'TRANSPOSE') return x
  const rank = l.rank(i)
  const perm = Array.from({ length: rank }, (_, k) => (k === rank - 1 ? rank - 2 : k === rank - 2 ? rank - 1 : k))
  return l.b.transpose(x, perm)
}

const matrixMultiply: Raise = (l) => {
  const product = l.b.op('MatMul', [side(l, 0), side(l, 1)])
  const gone = [...(l.text('op0') === 'VECTOR' ? [-2] : []), ...(l.text('op1') === 'VECTOR' ? [-1] : [])]
  return l.b.squeeze(product, gone)
}

export const matmulRaising = {
  MATRIX_MULTIPLY: matrixMultiply,
  EINSUM: (l) => l.b.op('Einsum', l.inputs(), { equation: l.text('equation') }),
} satisfies Readonly<Record<string, Raise>>

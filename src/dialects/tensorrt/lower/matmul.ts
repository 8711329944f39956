import type { Tensor } from '../../../engine'
import { rankOf, typeOf } from './builder'
import { isFloat } from './elementwise'
import type { Lower, OnnxNode } from './node'
import { unsupported } from './unsupported'

function floats(n: OnnxNode, count: number): void {
  for (let i = 0; i < count; i++)
    if (n.has(i) && !isFloat(n.dtype(i))) unsupported(`MATRIX_MULTIPLY takes no ${n.dtype(i)}`)
}

/** A vector is one on its own side; what has fewer batch dimensions gets leading ones. */
const matmul: Lower = (n) => {
  floats(n, 2)
  const [a, b] = [n.input(0), n.input(1)]
  const [p, q] = [rankOf(a), rankOf(b)]
  const batch = Math.max(p - 2, q - 2, 0)
  const op = (rank: number): string => (rank === 1 ? 'VECTOR' : 'NONE')
  const x = n.b.aligned(a, p === 1 ? batch + 1 : batch + 2)
  const y = n.b.aligned(b, q === 1 ? batch + 1 : batch + 2)
  return n.b.layer('MATRIX_MULTIPLY', [x, y], { op0: op(p), op1: op(q) })
}

const gemm: Lower = (n) => {
  floats(n, 3)
  const op = (name: string): string => (n.int(name, 0) === 1 ? 'TRANSPOSE' : 'NONE')
  const product = n.b.layer('MATRIX_MULTIPLY', [n.input(0), n.input(1)], { op0: op('transA'), op1: op('transB') })
  const scaled = (x: Tensor, by: number): Tensor => (by === 1 ? x : n.b.elementwise('PROD', x, n.b.like(x, by)))
  const y = scaled(product, factor(n, 'alpha'))
  return n.has(2) ? n.b.elementwise('SUM', y, scaled(n.input(2), factor(n, 'beta'))) : y
}

function factor(n: OnnxNode, name: string): number {
  const v = n.attribute(name)
  return typeof v === 'number' ? v : 1
}

/** Letters for what an ellipsis stands for, where it is as many dimensions in each operand. */
function withoutEllipsis(n: OnnxNode, equation: string): string {
  if (!equation.includes('...')) return equation
  const [left = '', right] = equation.split('->')
  const counts = left.split(',').map((term, i) => (term.includes('...') ? n.rank(i) - (term.length - 3) : null))
  const [count = 0, ...more] = new Set(counts.filter((c) => c !== null))
  if (more.length > 0 || counts.includes(null) || right === undefined) return unsupported('an ellipsis')
  const free = [...'abcdefghijklmnopqrstuvwxyz'].filter((c) => !equation.includes(c)).slice(0, count)
  return free.length < count ? unsupported('an ellipsis') : equation.replaceAll('...', free.join(''))
}

const einsum: Lower = (n) => {
  const equation = withoutEllipsis(n, n.text('equation', '').replaceAll(' ', ''))
  const [left = '', right] = equation.split('->')
  if (left.split(',').some((term) => new Set(term).size !== term.length)) unsupported('a diagonal')
  for (const x of n.inputs()) if (!isFloat(typeOf(x))) unsupported(`EINSUM takes no ${x.dtype}`)
  const once = (c: string): boolean => left.split(c).length === 2
  const implied = [...new Set(left.replaceAll(',', ''))].filter(once).sort().join('')
  return n.b.layer('EINSUM', n.inputs(), { equation: `${left}->${right ?? implied}` })
}

export const matmulLowering: Readonly<Record<string, Lower>> = { MatMul: matmul, Gemm: gemm, Einsum: einsum }

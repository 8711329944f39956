import type { Dim, Shape } from '../../../engine'
import { broadcastShapes, einsumShape } from '../../onnx'
import { MatrixOperation } from '../enums'
import { commonDtype, equalTypes } from '../infer/broadcast'
import { firstOf, ofTypes } from '../infer/operand-rules'
import type { Reading } from '../infer/reading'
import { layer, oneOf, text, typed } from './notation'
import type { Check, Infer } from './notation'

/** Rows and columns as they are multiplied; those of a VECTOR are its last dimension. */
interface Sides {
  readonly batch: Shape
  readonly rows: Dim | undefined
  readonly columns: Dim | undefined
}

/** An operand with its operation done; a vector has no rows on the left, and no columns on the right. Null where it is too small. */
function sideOf(shape: Shape, op: string, isLeft: boolean): Sides | null {
  if (op === 'VECTOR') {
    if (shape.length < 1) return null
    const inner = shape.at(-1)!
    return isLeft
      ? { batch: shape.slice(0, -1), rows: undefined, columns: inner }
      : { batch: shape.slice(0, -1), rows: inner, columns: undefined }
  }
  if (shape.length < 2) return null
  const [m, n] = [shape.at(-2)!, shape.at(-1)!]
  const batch = shape.slice(0, -2)
  return op === 'TRANSPOSE' ? { batch, rows: n, columns: m } : { batch, rows: m, columns: n }
}

function sidesOf(r: Reading): readonly [Sides, Sides] | null {
  const [a, b] = [r.shape(0), r.shape(1)]
  const left = a && sideOf(a, r.text('op0'), true)
  const right = b && sideOf(b, r.text('op1'), false)
  return left && right ? [left, right] : null
}

const matrixMultiply: Infer = (r) => {
  const dtype = commonDtype(r)
  const sides = sidesOf(r)
  const batch = sides && broadcastShapes(sides.map((s) => s.batch))
  if (!sides || !batch || sides[0].batch.length !== sides[1].batch.length) return [typed(dtype, null)]
  const ends = [sides[0].rows, sides[1].columns].filter((d) => d !== undefined)
  return [typed(dtype, [...batch, ...ends])]
}

const multiplied: Check = (r) => {
  const [a, b] = [r.rank(0), r.rank(1)]
  if (
    (a !== null && a < (r.text('op0') === 'VECTOR' ? 1 : 2)) ||
    (b !== null && b < (r.text('op1') === 'VECTOR' ? 1 : 2))
  )
    return 'MATRIX_MULTIPLY takes matrices, or vectors where the operation is VECTOR'
  const sides = sidesOf(r)
  if (!sides) return equalTypes(r)
  const [x, y] = sides
  if (x.batch.length !== y.batch.length)
    return `MATRIX_MULTIPLY needs operands with as many batch dimensions: ${x.batch.length} and ${y.batch.length}`
  if (broadcastShapes([x.batch, y.batch]) === null)
    return `batches of MATRIX_MULTIPLY do not broadcast: [${x.batch.join(',')}] and [${y.batch.join(',')}]`
  if (typeof x.columns === 'number' && typeof y.rows === 'number' && x.columns !== y.rows)
    return `MATRIX_MULTIPLY multiplies rows of ${x.columns} with columns of ${y.rows}`
  return equalTypes(r)
}

const rules = firstOf(ofTypes('floating-point numbers'), ofTypes('floating-point numbers', 1), multiplied)

const einsum: Infer = (r) => [typed(commonDtype(r), einsumShape(r.text('equation'), r.shapes()))]

/** A letter for each dimension of each operand, and one size for each letter. */
const einsumRules: Check = (r) => {
  const equation = r.text('equation').replaceAll(' ', '')
  const terms = equation.split('->')[0]!.split(',')
  if (terms.length !== r.inputCount) return `${equation} has ${terms.length} operands, not ${r.inputCount}`
  if (equation.includes('.')) return `EINSUM has no ellipsis: ${equation}`
  const sizes = new Map<string, number>()
  for (const [i, term] of terms.entries()) {
    const shape = r.shape(i)
    if (shape && shape.length !== term.length)
      return `${term} of EINSUM stands for ${term.length} dimensions, not ${shape.length}`
    for (const [at, d] of shape?.entries() ?? []) {
      if (typeof d !== 'number' || d === 1) continue
      const known = sizes.get(term[at]!) ?? d
      if (known !== d) return `${term[at]} of ${equation} is ${known} and ${d}`
      sizes.set(term[at]!, d)
    }
  }
  return equalTypes(r)
}

export const matmulKinds = {
  MATRIX_MULTIPLY: layer(
    'matmul',
    'input0 input1',
    'output',
    { op0: oneOf(MatrixOperation, 'NONE'), op1: oneOf(MatrixOperation, 'NONE') },
    { infer: matrixMultiply, check: rules },
  ),
  EINSUM: layer('matmul', 'inputs*', 'output', { equation: text() }, { infer: einsum, check: einsumRules }),
}

import type { Dim, DType, Shape } from '../../../engine'
import { broadcastShapes } from './broadcast'
import { dtypeOf, intAttr, shapeOf, stringAttr, typed, type Infer } from './context'

/** Shape of numpy's `matmul`: vectors lose their added axis, leading axes broadcast. */
export function matmulShape(a: Shape | null, b: Shape | null): Shape | null {
  if (!a || !b || a.length === 0 || b.length === 0) return null
  const left = a.length === 1 ? [1, ...a] : a
  const right = b.length === 1 ? [...b, 1] : b
  const batch = broadcastShapes([left.slice(0, -2), right.slice(0, -2)])
  if (!batch) return null
  const out: Dim[] = [...batch]
  if (a.length > 1) out.push(left.at(-2)!)
  if (b.length > 1) out.push(right.at(-1)!)
  return out
}

export const matmul: Infer = (c) => [typed(dtypeOf(c, 0) ?? dtypeOf(c, 1), matmulShape(shapeOf(c, 0), shapeOf(c, 1)))]

export function matmulTo(dtype: DType, b = 1): Infer {
  return (c) => [typed(dtype, matmulShape(shapeOf(c, 0), shapeOf(c, b)))]
}

/** Operands A, scale, zero point, B, scale, zero point, scale and zero point of the result. */
export const qlinearMatmul: Infer = (c) => [typed(dtypeOf(c, 7), matmulShape(shapeOf(c, 0), shapeOf(c, 3)))]

function swapLast(shape: Shape | null, swap: boolean): Shape | null {
  if (!shape || !swap || shape.length < 2) return shape
  return [...shape.slice(0, -2), shape.at(-1)!, shape.at(-2)!]
}

/** The leading axis moves to just before the last: what FusedMatMul's transBatchA and transBatchB undo. */
function batchFirst(shape: Shape | null, moved: boolean): Shape | null {
  if (!shape || !moved || shape.length < 3) return shape
  return [...shape.slice(1, -1), shape[0]!, shape.at(-1)!]
}

export const fusedMatmul: Infer = (c) => {
  const a = swapLast(batchFirst(shapeOf(c, 0), intAttr(c, 'transBatchA', 0) === 1), intAttr(c, 'transA', 0) === 1)
  const b = swapLast(batchFirst(shapeOf(c, 1), intAttr(c, 'transBatchB', 0) === 1), intAttr(c, 'transB', 0) === 1)
  return [typed(dtypeOf(c, 0), matmulShape(a, b))]
}

export const gemm: Infer = (c) => {
  const a = swapLast(shapeOf(c, 0), intAttr(c, 'transA', 0) === 1)
  const b = swapLast(shapeOf(c, 1), intAttr(c, 'transB', 0) === 1)
  return [typed(dtypeOf(c, 0), a?.length === 2 && b?.length === 2 ? [a[0]!, b[1]!] : null)]
}

/** B is stored apart, quantized; its columns are the attribute N. */
export const matmulNBits: Infer = (c) => {
  const a = shapeOf(c, 0)
  return [typed(dtypeOf(c, 0), a && [...a.slice(0, -1), intAttr(c, 'N', 0)])]
}

export const einsum: Infer = (c) => [
  typed(
    dtypeOf(c, 0),
    einsumShape(
      stringAttr(c, 'equation', ''),
      c.inputs.map((_, i) => shapeOf(c, i)),
    ),
  ),
]

/** Shape of an Einsum with an explicit right side; null where it is not known. */
export function einsumShape(written: string, shapes: readonly (Shape | null)[]): Shape | null {
  const equation = written.replaceAll(' ', '')
  const [left = '', right] = equation.split('->')
  const terms = left.split(',')
  if (right === undefined || equation.includes('.') || terms.length !== shapes.length) return null
  const sizes = new Map<string, Dim>()
  for (const [i, term] of terms.entries()) {
    const shape = shapes[i]
    if (shape?.length !== term.length) return null
    shape.forEach((d, k) => {
      const known = sizes.get(term[k]!)
      if (known === undefined || known === null || known === 1) sizes.set(term[k]!, d)
    })
  }
  return [...right].map((letter) => sizes.get(letter) ?? null)
}

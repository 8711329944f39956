import type { Dim, DType, Shape } from '../../../engine'
import { broadcastShapes } from './broadcast'
import {
  dtypeOf,
  elementsOf,
  input,
  intAttr,
  isInteger,
  shapeOf,
  typed,
  type Infer,
  type Inferred,
  type TracedContext,
} from './context'
import { addDims, floorDivDims, mulDims, subDims } from './dims'
import { dtypeOf as dtypeOfNumber } from '../proto/element-types'

/** Every result has the type of the first operand. */
export const sameAsFirst: Infer = (c) => [typed(dtypeOf(c, 0), shapeOf(c, 0), elementsOf(c.inputs[0]))]

/** The first result has the type of the first operand; its elements are other ones. */
export const mapped: Infer = (c) => [typed(dtypeOf(c, 0), shapeOf(c, 0))]

/** Of the first operand's shape, with elements of `dtype`. */
export function mappedTo(dtype: DType): Infer {
  return (c) => [typed(dtype, shapeOf(c, 0))]
}

/** A result of all operands' common dtype under their broadcast shape. */
export const broadcast: Infer = (c) => [typed(commonDtype(c), broadcastAll(c))]

export function broadcastTo(dtype: DType): Infer {
  return (c) => [typed(dtype, broadcastAll(c))]
}

function commonDtype(c: TracedContext): DType | null {
  return c.inputs.find((v) => v?.dtype)?.dtype ?? null
}

function broadcastAll(c: TracedContext): Shape | null {
  return broadcastShapes(c.inputs.map((v) => v?.shape ?? null))
}

type DimOperation = (a: Dim, b: Dim) => Dim

/** Like `broadcast`, computing on sizes where the operands are known to hold sizes. */
function sized(operation: DimOperation, dtype?: DType): Infer {
  return (c) => [
    typed(dtype ?? commonDtype(c), broadcastAll(c), isInteger(dtypeOf(c, 0)) ? elementwise(c, operation) : null),
  ]
}

function elementwise(c: TracedContext, operation: DimOperation): Dim[] | null {
  const lists = c.inputs.map(elementsOf)
  if (c.inputs.some((v) => (v?.shape?.length ?? 2) > 1)) return null
  const known = lists.filter((l) => l !== null)
  if (known.length !== lists.length || known.length === 0) return null
  const n = known.some((l) => l.length === 0) ? 0 : Math.max(...known.map((l) => l.length))
  if (known.some((l) => l.length !== n && l.length !== 1)) return null
  const at = (l: readonly Dim[], i: number): Dim => (l.length === 1 ? l[0]! : l[i]!)
  return Array.from({ length: n }, (_, i) =>
    known.slice(1).reduce<Dim>((x, l) => operation(x, at(l, i)), at(known[0]!, i)),
  )
}

const numeric =
  (f: (a: number, b: number) => number): DimOperation =>
  (a, b) =>
    typeof a === 'number' && typeof b === 'number' ? f(a, b) : null

/** Sizes are positive, so a symbolic one is equal to no number below 1. */
const equalDims: DimOperation = (a, b) => {
  if (a === null || b === null) return null
  if (a === b) return 1
  if (typeof a === 'number' && typeof b === 'number') return 0
  const number = typeof a === 'number' ? a : b
  return typeof number === 'number' && number < 0 && isPlainSymbol(typeof a === 'number' ? b : a) ? 0 : null
}

function isPlainSymbol(d: Dim): boolean {
  return typeof d === 'string' && /^[\w.]+$/.test(d)
}

export const add = sized(addDims)
export const sub = sized(subDims)
export const mul = sized(mulDims)
/** Integer division truncates; sizes are not negative, so that is rounding down. */
export const div = sized((a, b) => (typeof a === 'number' && a < 0 ? null : floorDivDims(a, b)))
export const max = sized(numeric(Math.max))
export const min = sized(numeric(Math.min))
export const equal = sized(equalDims, 'bool')
export const not: Infer = (c) => [
  typed(
    'bool',
    shapeOf(c, 0),
    elementsOf(c.inputs[0])?.map((d) => (typeof d === 'number' ? (d ? 0 : 1) : null)),
  ),
]

/** The result has the type of the first operand, broadcast with the second (Pow, PRelu, BitShift). */
export const broadcastLikeFirst: Infer = (c) => [typed(dtypeOf(c, 0), broadcastAll(c))]

export const where: Infer = (c) => {
  const [condition, a, b] = [0, 1, 2].map((i) => elementsOf(c.inputs[i]))
  return [typed(dtypeOf(c, 1) ?? dtypeOf(c, 2), broadcastAll(c), chosen(condition, a, b))]
}

function chosen(condition?: Shape | null, a?: Shape | null, b?: Shape | null): Dim[] | null {
  if (!condition || !a || !b) return null
  const n = Math.max(condition.length, a.length, b.length)
  if ([condition, a, b].some((l) => l.length !== n && l.length !== 1)) return null
  const at = (l: readonly Dim[], i: number): Dim => (l.length === 1 ? l[0]! : l[i]!)
  return Array.from({ length: n }, (_, i) => {
    const choose = at(condition, i)
    if (choose === null) return at(a, i) === at(b, i) ? at(a, i) : null
    return choose === 0 ? at(b, i) : at(a, i)
  })
}

export const cast: Infer = (c) => {
  const dtype = dtypeOfNumber(intAttr(c, 'to', 0))
  const from = input(c, 0)
  return [typed(dtype, from.shape, isInteger(dtype) && dtype !== 'bool' ? elementsOf(from) : null)]
}

export const castLike: Infer = (c) => [typed(dtypeOf(c, 1), shapeOf(c, 0))]

export const dropout: Infer = (c) => dropoutResults(c)

function dropoutResults(c: TracedContext): Inferred {
  const x = typed(dtypeOf(c, 0), shapeOf(c, 0))
  return [x, typed(c.opset >= 10 ? 'bool' : x.dtype, x.shape)]
}

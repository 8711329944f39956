import type { DType, Shape } from '../../../engine'
import { broadcastShapes } from '../../onnx'
import type { Infer } from '../kinds/notation'
import type { Reading } from './reading'

/** Shape of operands of equal rank where a size of 1 stands for any; null where a rank is not known or differs. */
export function broadcastOf(r: Reading): Shape | null {
  const shapes = r.shapes()
  const [first] = shapes
  if (!first || shapes.some((s) => s?.length !== first.length)) return null
  return broadcastShapes(shapes)
}

/** @param dtype of the results; without it that of the first operand which has one */
export function broadcast(dtype?: DType): Infer {
  return (r) => [{ dtype: dtype ?? commonDtype(r), shape: broadcastOf(r) }]
}

export function commonDtype(r: Reading, from = 0): DType | null {
  for (let i = from; i < r.inputCount; i++) if (r.dtype(i)) return r.dtype(i)
  return null
}

/** Operands that have to be of one rank, and to broadcast. */
export function equalRanks(r: Reading): string | null {
  const shapes = r.shapes()
  const known = shapes.flatMap((s, i) => (s ? [[i, s] as const] : []))
  const [first] = known
  const other = known.find(([, s]) => s.length !== first![1].length)
  if (first && other)
    return `${r.kind} needs operands of equal rank: operand ${first[0]} has rank ${first[1].length}, operand ${other[0]} rank ${other[1].length}`
  if (known.length === shapes.length && first && broadcastShapes(shapes) === null)
    return `operands of ${r.kind} do not broadcast: ${known.map(([, s]) => `[${s.join(',')}]`).join(' and ')}`
  return null
}

/** Operands that have to be of one type. */
export function equalTypes(r: Reading, from = 0): string | null {
  const first = commonDtype(r, from)
  for (let i = from; i < r.inputCount; i++)
    if (r.has(i) && r.dtype(i) && r.dtype(i) !== first)
      return `operands of ${r.kind} are of one type, not ${String(first)} and ${String(r.dtype(i))}`
  return null
}

import type { Dim, Shape } from '../../../engine'
import { agreedDim } from './dims'

/** The size that two sizes broadcast to; `undefined` where they cannot. */
function broadcastDims(a: Dim, b: Dim): Dim | undefined {
  if (a === b) return a
  if (a === 1) return b
  if (b === 1) return a
  if (typeof a === 'number' && typeof b === 'number') return undefined
  if (typeof a === 'number') return a
  if (typeof b === 'number') return b
  return a !== null && b !== null ? agreedDim(a, b) : null
}

/** Shape of an operation that broadcasts its operands as numpy does; null where it is not known or they do not fit. */
export function broadcastShapes(shapes: readonly (Shape | null)[]): Shape | null {
  let out: Shape | null = []
  for (let i = 0; i < shapes.length; i++) {
    const shape = shapes[i]!
    out = out && shape && broadcastTwo(out, shape)
    if (!out) return null
  }
  return out
}

function broadcastTwo(a: Shape, b: Shape): Shape | null {
  const rank = Math.max(a.length, b.length)
  const out: Dim[] = []
  for (let i = 0; i < rank; i++) {
    const x = i < rank - a.length ? 1 : a[i - rank + a.length]!
    const y = i < rank - b.length ? 1 : b[i - rank + b.length]!
    const d = broadcastDims(x, y)
    if (d === undefined) return null
    out.push(d)
  }
  return out
}

import type { Dim } from '../../../engine'
import { dtypeOf, intAttr, shapeOf, stringAttr, typed, type Infer } from './context'

/** X [length, batch, input] (layout 0): Y [length, directions, batch, hidden], Y_h and Y_c [directions, batch, hidden]. */
export const recurrent: Infer = (c) => {
  const x = shapeOf(c, 0)
  const dtype = dtypeOf(c, 0)
  const hidden: Dim =
    c.attributes['hidden_size'] === undefined ? (shapeOf(c, 2)?.[2] ?? null) : intAttr(c, 'hidden_size', 0)
  const directions = stringAttr(c, 'direction', 'forward') === 'bidirectional' ? 2 : 1
  if (x?.length !== 3) return [typed(dtype, null), typed(dtype, null), typed(dtype, null)]
  const batchFirst = intAttr(c, 'layout', 0) === 1
  const [length, batch] = batchFirst ? [x[1]!, x[0]!] : [x[0]!, x[1]!]
  const y = batchFirst ? [batch, length, directions, hidden] : [length, directions, batch, hidden]
  const last = batchFirst ? [batch, directions, hidden] : [directions, batch, hidden]
  return [typed(dtype, y), typed(dtype, last), typed(dtype, last)]
}

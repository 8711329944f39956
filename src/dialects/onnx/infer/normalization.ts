import type { Dim } from '../../../engine'
import { dtypeOf, intAttr, normalAxis, shapeOf, typed, type Infer } from './context'
import { dtypeOf as dtypeOfNumber } from '../proto/element-types'

/** Y like X; the statistics of opset 17's LayerNormalization keep the outer axes. */
export const layerNormalization: Infer = (c) => {
  const x = shapeOf(c, 0)
  const axis = x && normalAxis(intAttr(c, 'axis', -1), x.length)
  const stats = x && axis !== null ? x.map((d, i): Dim => (i < axis ? d : 1)) : null
  const stash = dtypeOfNumber(intAttr(c, 'stash_type', 1))
  return [typed(dtypeOf(c, 0), x), typed(stash, stats), typed(stash, stats)]
}

/** Y of the type of scale: that of RMS norms is a type of its own. */
export const rmsNormalization: Infer = (c) => {
  const [y, ...stats] = layerNormalization(c)
  return [typed(dtypeOf(c, 1), y!.shape), ...stats.slice(1)]
}

/** com.microsoft: output, mean, inv_std_var, sum of input, skip and bias. */
export const skipLayerNormalization: Infer = (c) => {
  const x = typed(dtypeOf(c, 0), shapeOf(c, 0))
  const stats = typed('float32', x.shape && x.shape.map((d, i): Dim => (i === x.shape!.length - 1 ? 1 : d)))
  return [x, stats, stats, x]
}

/** Y like X; every other result like the channel vector. */
export const batchNormalization: Infer = (c) => {
  const channel = typed(dtypeOf(c, 3) ?? dtypeOf(c, 0), shapeOf(c, 3) ?? [shapeOf(c, 0)?.[1] ?? null])
  return [typed(dtypeOf(c, 0), shapeOf(c, 0)), channel, channel, channel, channel]
}

/** Ids [batch, sequence], word embedding [vocabulary, hidden]: output [batch, sequence, hidden], mask index [batch]. */
export const embedLayerNormalization: Infer = (c) => {
  const ids = shapeOf(c, 0)
  const hidden = shapeOf(c, 2)?.at(-1) ?? null
  const out = typed(dtypeOf(c, 2), ids && [...ids, hidden])
  return [out, typed('int32', [ids?.[0] ?? null]), out]
}

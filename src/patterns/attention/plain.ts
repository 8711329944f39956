/** Attention layers that these families may take over: no cache, no cap on scores, one result in use. */
import type { Layer } from '../../engine'

/** Why an Attention layer holds more than q, k, v, a mask and heads; null where it does not. */
export function beyondPlain(attention: Layer): string | null {
  if (attention.operands.slice(4).some((t) => t)) return 'past keys and values'
  if (attention.results.slice(1).some((t) => t && (t.liveUses > 0 || t.isNetworkOutput())))
    return 'further results in use'
  if (Number(attention.attribute('softcap') ?? 0) !== 0) return `softcap ${String(attention.attribute('softcap'))}`
  if (Number(attention.attribute('is_causal') ?? 0) !== 0) return 'is_causal'
  return null
}

/** The factor on the scores: 1 / √(head size) where the layer does not give it. */
export function scaleOf(attention: Layer, headSize: number): number {
  const own = attention.record.attributes['scale']
  return own === undefined ? 1 / Math.sqrt(headSize) : Number(own)
}

/**
 * Padding out of attention, inside one network:
 *
 *     GPTAttention(qkv [batch, length, ..])  =>  SCATTER(0, places, GPTAttention(GATHER(qkv, places) [tokens, ..])),
 *     places = NON_ZERO(position < context_lengths)
 *
 * Preconditions: the call is recorded (FLayerInfo); qkv is padded; context_lengths and host_context_lengths are given, which the plugin needs
 * for packed tokens. The rows of padding, of which the plugin says nothing, are 0.
 */
import { netGuard, PatternRewriter } from '../../engine'
import type { Layer, Match, MatchResult, Tensor } from '../../engine'
import { arange, concat, constant, expand, expandDims, gatherNd, lt, nonzero, scatterNd, shape } from '../../dialects/tensorrt' // prettier-ignore
import { ConstantValue } from '../../engine'
import { family } from '../library'
import { AttentionCall, isGptAttention } from './attention-call'
import { knownShape } from '../known'

class PackTokens extends PatternRewriter {
  constructor() {
    super('pack-tokens', { rootLayer: ['PLUGIN_V2'], separateMatchRewrite: true })
  }

  override match(layer: Layer): MatchResult {
    if (!isGptAttention(layer) || layer.numOutputs === 0) return false
    const miss = (part: string, expected: string, found: string) =>
      this.declined(layer, { part, layer, expected, found, matched: { attention: layer }, parts: 3 })
    const call = AttentionCall.of(layer)
    const qkv = call?.tensor('qkv')
    if (!call || !qkv) return miss('qkv', 'an FLayerInfo with argument qkv', 'none')
    if (qkv.rank !== 3)
      return miss('qkv', 'padded tokens [batch, length, width]', `${qkv.rank ?? 'no known'} dimensions`)
    const last = qkv.shape?.[2]
    if (typeof last !== 'number') return miss('qkv', 'a width that is known', 'one that is not')
    const lengths = call.tensor('context_lengths')
    if (lengths?.rank !== 1 || (lengths.dtype !== 'int32' && lengths.dtype !== 'int64'))
      return miss('lengths', 'context_lengths [batch]', lengths ? String(lengths) : 'none')
    if (knownShape(qkv)[0] === 1 && lengths.shape?.[0] !== 1)
      return miss('qkv', 'padded tokens', 'one row, packed already')
    if (!call.tensor('host_context_lengths')) return miss('lengths', 'host_context_lengths', 'none')
    if (typeof layer.output()?.shape?.at(-1) !== 'number')
      return miss('context', 'a width that is known', 'one that is not')
    return this.matched(layer, { attention: layer }, { qkv, lengths })
  }

  override rewrite(layer: Layer, match: Match): boolean | void {
    const call = AttentionCall.of(layer)
    const [qkv, lengths] = [match.tensor('qkv'), match.tensor('lengths')]
    const isDone = netGuard(layer.network, () => {
      const positions = arange(0, shape(qkv, 1, lengths.dtype), lengths.dtype ?? 'int32')
      const places = nonzero(lt(expandDims(positions, 0), expandDims(lengths, 1))).permute([1, 0])
      const [context, ...caches] = call?.again({ qkv: gatherNd(qkv, places, 0) }) ?? []
      const width = context?.shape?.at(-1)
      if (!call || !context || typeof width !== 'number' || !Number.isSafeInteger(width)) return false
      return call.replaceBy([inRows(context, width, qkv, places), ...caches])
    })
    if (!isDone) return this.giveUp(layer, 'the call gives other results than the layer')
  }
}

/** Tokens where they stood, among zeros. */
function inRows(context: Tensor, width: number, qkv: Tensor, places: Tensor): Tensor {
  const zero = constant(ConstantValue.of(context.dtype ?? 'float32', [1, 1, 1], [0]))
  const rows = expand(zero, concat([shape(qkv, 0), shape(qkv, 1), width]))
  return scatterNd(rows, places, context)
}

export const packing = family('TensorRT: attention', { stage: 1, exactness: 'rounding' }, [
  {
    label: 'Pack tokens around attention',
    equation: 'GPTAttention(padded qkv) ⇒ rows of GPTAttention(packed qkv)',
    optIn: true,
    make: () => new PackTokens(),
  },
])

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
import type { Layer, Match, MatchResult, RawInputs, Tensor } from '../../engine'
import { arange, concat, constant, expand, expandDims, gatherNd, gptAttention, lt, nonzero, scatterNd, shape } from '../../dialects/tensorrt' // prettier-ignore
import type { GptAttentionCall } from '../../dialects/tensorrt'
import { ConstantValue } from '../../engine'
import { family } from '../library'
import { given, knownShape } from '../known'

class PackTokens extends PatternRewriter {
  constructor() {
    super('pack-tokens', { rootLayer: ['PLUGIN_V2'], separateMatchRewrite: true })
  }

  override match(layer: Layer): MatchResult {
    if (layer.attribute('plugin_type') !== 'GPTAttention' || layer.numOutputs === 0) return false
    const miss = (part: string, expected: string, found: string) =>
      this.declined(layer, { part, layer, expected, found, matched: { attention: layer }, parts: 3 })
    const info = layer.flayerInfo
    const qkv = info?.getTensor('qkv')
    if (!info || !qkv) return miss('qkv', 'an FLayerInfo with argument qkv', 'none')
    if (qkv.rank !== 3)
      return miss('qkv', 'padded tokens [batch, length, width]', `${qkv.rank ?? 'no known'} dimensions`)
    const last = qkv.shape?.[2]
    if (typeof last !== 'number') return miss('qkv', 'a width that is known', 'one that is not')
    const lengths = info.getTensor('context_lengths')
    if (!lengths) return miss('lengths', 'context_lengths', 'none')
    if (knownShape(qkv)[0] === 1 && lengths.shape?.[0] !== 1)
      return miss('qkv', 'padded tokens', 'one row, packed already')
    if (!info.getTensor('host_context_lengths')) return miss('lengths', 'host_context_lengths', 'none')
    return this.matched(layer, { attention: layer }, { qkv, lengths })
  }

  override rewrite(layer: Layer, match: Match): void {
    const info = given(layer.flayerInfo)
    const [qkv, lengths] = [match.tensor('qkv'), match.tensor('lengths')]
    netGuard(layer.network, () => {
      const positions = arange(0, shape(qkv, 1, lengths.dtype), lengths.dtype ?? 'int32')
      const places = nonzero(lt(expandDims(positions, 0), expandDims(lengths, 1))).permute([1, 0])
      const packed = gatherNd(qkv, places, 0)
      const [context, ...caches] = gptAttention({ ...info.cloneInputs(), qkv: packed } as RawInputs as GptAttentionCall)
      info.replaceOutputsUsesWith(layer.network, [inRows(given(context), qkv, places), ...caches])
      layer.markAsRemoved()
    })
  }
}

/** Tokens where they stood, among zeros. */
function inRows(context: Tensor, qkv: Tensor, places: Tensor): Tensor {
  const width = context.shape?.at(-1)
  const zero = constant(ConstantValue.of(context.dtype ?? 'float32', [1, 1, 1], [0]))
  const rows = expand(zero, concat([shape(qkv, 0), shape(qkv, 1), Number(width)]))
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

/** What language models are made of besides their modules. */
import type { Tensor } from '../../../engine'
import { constantOf, rankOf } from './core'
import { eq, mul, sub, where } from './elementwise'
import { arange, expand, indexSelect } from './indexing'
import { concat, gather, shape, view } from './shape'

/** [batch, source] of 0 and 1 as [batch, 1, target, source] of −∞ and 0. */
export function expandMask(mask: Tensor, tgtLen: Tensor | null = null): Tensor {
  const [batch, source] = [shape(mask, 0), shape(mask, 1)]
  const target = tgtLen ?? source
  const wide = expand(view(mask, concat([batch, 1, 1, source])), concat([batch, 1, target, source]))
  return where(eq(wide, 0), -Infinity, 0)
}

/** slopes [1, heads, 1, 1] times the number of each key. */
export function generateAlibiBiases(slopes: Tensor, keyLength: Tensor): Tensor {
  const zero = constantOf('int32', [0], [])
  const sizes = concat([1, 1, 1, keyLength])
  return mul(slopes, view(arange(zero, keyLength, 'float32'), sizes))
}

/**
 * The hidden states of the last token of each sequence: packed [tokens, hidden], by the sums of the lengths; or padded
 * [batch, length, hidden], by the lengths.
 */
export function gatherLastTokenLogits(
  hidden: Tensor,
  lastTokenIds: Tensor | null,
  removeInputPadding: boolean,
): Tensor {
  if (!lastTokenIds) return hidden
  if (removeInputPadding) {
    const last = indexSelect(hidden, 0, sub(lastTokenIds, 1))
    return view(last, concat([shape(lastTokenIds, 0), shape(last, 1)]))
  }
  // Each row of the batch by its own index: [batch, 1, hidden] of indices.
  if (rankOf(lastTokenIds) === 1) {
    const at = view(lastTokenIds, concat([shape(lastTokenIds, 0), 1, 1]))
    const wide = expand(at, concat([shape(at, 0), 1, shape(hidden, 2)]))
    const found = gather(hidden, 1, sub(wide, 1))
    return view(found, concat([shape(hidden, 0), shape(hidden, 2)]))
  }
  if (rankOf(lastTokenIds) !== 2)
    throw new RangeError('the numbers of last tokens are of rank 1, or 2 for several of each')
  // The last tokens of speculative decoding, [batch, count], by their own numbers.
  const at = view(lastTokenIds, concat([shape(lastTokenIds, 0), shape(lastTokenIds, 1), 1]))
  return gather(hidden, 1, expand(at, concat([shape(at, 0), shape(at, 1), shape(hidden, 2)])))
}

/** The slopes of ALiBi (arxiv.org/abs/2108.12409), in the order of the heads that one rank has. */
export function generateAlibiSlopes(
  heads: number,
  options: {
    readonly tpSize?: number
    readonly tpRank?: number
    readonly alibiScale?: number
    readonly alibiBiasMax?: number
  } = {},
): number[] {
  const { tpSize = 1, tpRank = 0, alibiScale: scale = 1, alibiBiasMax: biasMax = 8 } = options
  const own = Math.floor(heads / tpSize)
  const power = 2 ** Math.floor(Math.log2(heads))
  const base = (n: number): number => 2 ** -(2 ** -(Math.log2(n) - Math.log2(biasMax)))
  return Array.from({ length: own }, (_, i) => {
    const h = own * tpRank + i
    return scale * (h < power ? base(power) ** (h + 1) : base(power * 2) ** ((h - power) * 2 + 1))
  })
}

/** Factors of logn attention: log of the position to the base of the training length beyond it, 1 up to it. */
export const generateLognScaling = (seqLength = 8192, maxPositions = 32768): number[] =>
  Array.from({ length: maxPositions }, (_, i) => (i + 1 > seqLength ? Math.log(i + 1) / Math.log(seqLength) : 1))

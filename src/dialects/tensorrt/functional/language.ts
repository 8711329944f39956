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
  const numbers = arange(constantOf('int32', [0], []), keyLength, 'float32')
  return mul(slopes, view(numbers, concat([1, 1, 1, keyLength])))
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
  if (rankOf(lastTokenIds) !== 1) throw new RangeError('lengths are of rank 1')
  // Each row of the batch by its own index: [batch, 1, hidden] of indices.
  const at = view(sub(lastTokenIds, 1), concat([shape(lastTokenIds, 0), 1, 1]))
  const wide = expand(at, concat([shape(hidden, 0), 1, shape(hidden, 2)]))
  const found = gather(hidden, 1, wide)
  return view(found, concat([shape(hidden, 0), shape(hidden, 2)]))
}

/** The slopes of ALiBi (arxiv.org/abs/2108.12409), in the order of the heads. */
export function generateAlibiSlopes(heads: number, scale = 1, biasMax = 8): number[] {
  const power = 2 ** Math.floor(Math.log2(heads))
  const base = (n: number): number => 2 ** -(2 ** -(Math.log2(n) - Math.log2(biasMax)))
  return Array.from(
    { length: heads },
    (_, h) => scale * (h < power ? base(power) ** (h + 1) : base(power * 2) ** ((h - power) * 2 + 1)),
  )
}

/**
 * A residual addition in front of a normalisation (catalogue 41, 42); com.microsoft.
 *
 *   LayerNormalization(x + skip [+ b])  =>  SkipLayerNormalization(x, skip, s, beta [, b])
 *   RMSNormalization(x + skip)          =>  SkipSimplifiedLayerNormalization(x, skip, s)
 *
 * Preconditions: rank 3, both addends of the same shape, one at least computed; s, beta, b of rank 1. Other users of the sum take the operator's fourth result. ε is copied always: the defaults differ.
 */
import type { Layer, PatternRewriter, Tensor } from '../../engine'
import { sameShape } from '../../engine'
import { found, pattern } from '../define'
import type { Decline, Outcome } from '../define'
import { family } from '../library'
import { isLastAxis, parentOf, sameDim, usedOnce } from '../values'

const NORMS = ['LayerNormalization', 'RMSNormalization', 'SimplifiedLayerNormalization']

function matchSkip(layer: Layer, decline: Decline): Outcome {
  const sum = layer.input(0)
  const add = parentOf(sum, 'Add')
  if (!sum || !add)
    return decline?.('sum', sum?.parent ?? null, 'Add(x, skip)', sum?.parent?.kind ?? 'an input', { norm: layer })
  const matched = { norm: layer, sum: add }
  if (!isLastAxis(Number(layer.attribute('axis') ?? -1), sum.rank))
    return decline?.('norm', layer, 'the last axis', `axis ${String(layer.attribute('axis'))}`, matched)
  const [x, skip] = [add.operand(0), add.operand(1)]
  if (sum.rank !== 3 || !sameShape(x.shape, skip.shape))
    return decline?.(
      'sum',
      add,
      'two values of one shape and rank 3',
      `[${x.shape ?? '...'}] and [${skip.shape ?? '...'}]`,
      matched,
    )
  if (x.isConstant && skip.isConstant) return decline?.('sum', add, 'a computed value', 'two constants', matched)
  if (
    layer.numOutputs > 1 &&
    layer
      .getOutputs()
      .slice(1)
      .some((t) => t.liveUses > 0)
  )
    return decline?.('norm', layer, 'one result in use', 'several', matched)
  if (sum.dtype !== 'float32' && sum.dtype !== 'float16')
    return decline?.('sum', add, 'float32 or float16', String(sum.dtype), matched)
  return found(layer, matched, { x, skip, sum })
}

function skipNorm(): PatternRewriter {
  return pattern({
    name: 'SkipLayerNorm',
    root: NORMS,
    match: matchSkip,
    rewrite: (b, m) => {
      const norm = m.root
      const [x, skip, sum] = [m.tensor('x'), m.tensor('skip'), m.tensor('sum')]
      const simple = norm.kind !== 'LayerNormalization'
      const kind = simple ? 'com.microsoft.SkipSimplifiedLayerNormalization' : 'com.microsoft.SkipLayerNormalization'
      const operands = [x, skip, norm.input(1), ...(simple ? [] : [norm.input(2)])]
      const type = norm.result().record
      const alone = usedOnce(sum)
      const outputs = alone ? [type] : [type, null, null, { dtype: sum.dtype, shape: sum.shape }]
      const made = b.layer(kind, operands, { epsilon: Number(norm.attribute('epsilon')) }, outputs)
      return alone ? { y: made.result() } : { y: made.result(), sum: made.result(3) }
    },
  })
}

const SKIP = ['com.microsoft.SkipLayerNormalization', 'com.microsoft.SkipSimplifiedLayerNormalization']

/** SkipLayerNormalization(x + b, skip) => SkipLayerNormalization(x, skip, .., b), b of rank 1. */
function skipBias(): PatternRewriter {
  return pattern({
    name: 'SkipLayerNorm with bias',
    root: SKIP,
    match: (layer, decline) => {
      const at = layer.kind === SKIP[0] ? 4 : 3
      if (layer.input(at)) return decline?.('bias', layer, 'no bias yet', 'it has one', { norm: layer })
      for (const side of [0, 1]) {
        const add = parentOf(layer.input(side), 'Add')
        const bias = add?.getInputs().find((t) => t.isConstant)
        const x = add?.getInputs().find((t) => t !== bias)
        if (!add || !bias || !x || !usedOnce(add.output())) continue
        if (bias.rank !== 1 || !sameDim(bias.shape?.[0], x.shape?.at(-1)) || !sameShape(x.shape, add.result().shape))
          continue
        const results = Object.fromEntries(layer.results.map((t, i) => [`y${i}`, t]))
        return found(layer, { norm: layer, add }, { x, bias, ...results }, { side, at })
      }
      return decline?.(
        'add',
        layer.input(0)?.parent ?? null,
        'Add(x, b) with a constant b of rank 1',
        layer.input(0)?.parent?.kind ?? 'an input',
        { norm: layer },
      )
    },
    rewrite: (b, m) => {
      const { side, at } = m.data as { side: number; at: number }
      const norm = m.root
      const operands: (Tensor | null)[] = Array.from({ length: at }, (_, i) =>
        i === side ? m.tensor('x') : norm.input(i),
      )
      const made = b.layer(
        norm.kind,
        [...operands, m.tensor('bias')],
        norm.record.attributes,
        norm.results.map((t) => t && { dtype: t.dtype, shape: t.shape }),
      )
      return Object.fromEntries(norm.results.flatMap((t, i) => (t ? [[`y${i}`, made.results[i]!]] : [])))
    },
  })
}

export const SKIP_NORM = family('Normalization', { stage: 3, targets: ['ort'] }, [
  { label: 'SkipLayerNorm', equation: 'LayerNorm(x + skip) ⇒ SkipLayerNorm(x, skip)', benefit: 40, make: skipNorm },
  {
    label: 'SkipLayerNorm with bias',
    equation: 'SkipLayerNorm(x + b, skip) ⇒ SkipLayerNorm(x, skip, b)',
    benefit: 39,
    make: skipBias,
  },
])

/**
 * Attention together with the projections in front of it (catalogue 46, 47, 48); com.microsoft.
 *
 *   Attention(x·Wq + bq, x·Wk + bk, x·Wv + bv, mask)  =>  com.microsoft.Attention(x, [Wq Wk Wv], [bq bk bv], mask)
 *
 * Preconditions: one x of rank 3 for all three, constant weights of rank 2, constant biases of rank 1 (zeros where absent), as
 * many key as query heads, values of the keys' size. The three may come from one projection by Split. What happens to a row
 * in which every position is masked is kept: see packed-mask.ts.
 */
import type { Builder, Layer, Match, PatternRewriter, Tensor } from '../../engine'
import { found, pattern } from '../define'
import type { Decline, Outcome } from '../define'
import { joinColumns } from '../elements'
import { whyNoProjections } from './no-projections'
import { packedMask } from './packed-mask'
import { beyondPlain, scaleOf } from './plain'
import { joinBiases, projections } from './projections'
import type { Projection } from './projections'
import { knownShape } from '../known'

function matchPacked(attention: Layer, decline: Decline): Outcome {
  const layers: Record<string, Layer> = { attention }
  const heads = attention.record.attributes['q_num_heads']
  if (heads === undefined)
    return decline?.('attention', attention, 'heads merged into the last axis', 'heads on an axis of their own', layers)
  const more = beyondPlain(attention)
  if (more) return decline?.('attention', attention, 'q, k, v and a mask alone', more, layers)
  if (heads !== attention.record.attributes['kv_num_heads'])
    return decline?.(
      'attention',
      attention,
      'as many key heads as query heads',
      `${String(attention.record.attributes['kv_num_heads'])} for ${String(heads)}`,
      layers,
    )
  const parts = projections(attention, layers)
  const [first] = parts ?? []
  if (!parts || !first) {
    const { part, at, expected, found: seen, about } = whyNoProjections(attention)
    return decline?.(part, at, expected, seen, layers, about)
  }
  const sameX = parts.every(
    (p) => p.x === first.x && p.weight.shape[1] === first.weight.shape[1] && p.weight.dtype === first.weight.dtype,
  )
  if (!sameX)
    return decline?.('key', attention, 'q, k and v projected from one value to one size', seenIn(parts), layers)
  const mask = attention.input(3)
  const form = packedMask(mask, first.x)
  if ('expected' in form) return decline?.('mask', mask?.parent ?? null, form.expected, form.found, layers)
  return found(attention, layers, { x: first.x, mask }, parts)
}

function seenIn(parts: readonly Projection[]): string {
  return parts.map((p) => `${p.x.name} to ${p.weight.shape[1]} of ${p.weight.dtype}`).join(', ')
}

export function packed(): PatternRewriter {
  return pattern({
    name: 'Packed attention',
    root: ['Attention'],
    parts: 4,
    match: matchPacked,
    rewrite: (b, m) => ({ y: packedAttention(b, m) }),
  })
}

function packedAttention(b: Builder, m: Match): Tensor {
  const parts = m.data as Projection[]
  const { root } = m
  const x = m.tensor('x')
  const form = packedMask(m.tensors.get('mask') ?? null, x)
  if ('expected' in form) throw new Error(`the mask is not what it was: ${form.found}`)
  const heads = Number(root.attribute('q_num_heads'))
  const headSize = Number(knownShape(root.operand(0)).at(-1)) / heads
  const mask = form.make(b, { heads, size: headSize })
  return b
    .layer(
      'com.microsoft.Attention',
      [
        x,
        b.keep(joinColumns(parts.map((p) => p.weight)), 'qkv_weight'),
        b.keep(joinBiases(parts), 'qkv_bias'),
        mask.index,
        mask.past,
        mask.bias,
      ],
      { num_heads: heads, scale: scaleOf(root, headSize), ...(mask.filter && { mask_filter_value: mask.filter }) },
      mask.past ? 2 : [root.result().record],
    )
    .result()
}

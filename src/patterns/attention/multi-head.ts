/**
 * Attention of several heads by ONNX Runtime's older operator (catalogue 47); com.microsoft, only where asked for: for runtimes that
 * lack the standard operator, and for its accelerated kernels.
 *
 *   Attention(q, k, v, m; heads)  =>  MultiHeadAttention(q, k, v, m; heads)
 *
 * Preconditions: q, k, v with merged heads, as many of keys as of queries; no cache, cap or causal flag; the mask, if any, has
 * four dimensions, the last two as large as the scores, and adds finite numbers above the type's lowest: only there do both
 * operators agree on a row in which every position is masked.
 */
import type { Layer, PatternRewriter, Tensor } from '../../engine'
import { found, pattern } from '../define'
import type { Decline, Outcome } from '../define'
import { sameDim } from '../values'
import { maskFloor } from './mask'
import { beyondPlain, scaleOf } from './plain'
import { given, knownShape } from '../known'

function matchMultiHead(attention: Layer, decline: Decline): Outcome {
  const layers = { attention }
  const more = beyondPlain(attention)
  if (more) return decline?.('attention', attention, 'q, k, v and a mask alone', more, layers)
  const [q, k, v, mask] = [0, 1, 2, 3].map((i) => attention.input(i))
  const heads = attention.record.attributes['q_num_heads']
  if (heads === undefined || ![q, k, v].every((t) => t?.rank === 3))
    return decline?.(
      'query',
      q?.parent ?? null,
      'queries, keys and values with merged heads',
      'heads on an axis of their own',
      layers,
    )
  if (heads !== attention.record.attributes['kv_num_heads'])
    return decline?.(
      'key',
      attention,
      'as many heads of keys as of queries',
      `${String(attention.record.attributes['kv_num_heads'])} for ${String(heads)}`,
      layers,
    )
  const size = knownShape(q)[2]
  if (typeof size !== 'number' || !['float32', 'float16'].includes(given(q).dtype ?? ''))
    return decline?.('query', attention, 'a known width of float32 or float16', `${size} of ${given(q).dtype}`, layers)
  if (mask && !fits(mask, given(q), given(k)))
    return decline?.('mask', mask.parent, 'a finite mask, as large as the scores', saidOf(mask), layers)
  return found(attention, layers, { q, k, v, mask }, size / Number(heads))
}

const FLOORS: Readonly<Record<ReturnType<typeof maskFloor>, string>> = {
  none: 'no values',
  finite: 'finite values',
  lowest: "its type's lowest number",
  infinite: '−∞',
  unknown: 'values that are not known',
  adjusted: 'its rows adjusted',
}

function saidOf(mask: Tensor): string {
  return `a mask [${mask.shape ?? '…'}] of ${mask.dtype ?? 'no known type'} with ${FLOORS[maskFloor(mask)]}`
}

function fits(mask: Tensor, q: Tensor, k: Tensor): boolean {
  const [shape, rows, columns] = [mask.shape, knownShape(q)[1], knownShape(k)[1]]
  return (
    shape?.length === 4 &&
    mask.dtype === q.dtype &&
    sameDim(shape[2], rows) &&
    sameDim(shape[3], columns) &&
    ['finite', 'adjusted'].includes(maskFloor(mask))
  )
}

export function multiHead(): PatternRewriter {
  return pattern({
    name: 'MultiHeadAttention',
    root: ['Attention'],
    match: matchMultiHead,
    rewrite: (b, m) => {
      const { root } = m
      const mask = m.tensors.get('mask') ?? null
      const operands = [m.tensor('q'), m.tensor('k'), m.tensor('v'), null, null, mask]
      const attributes = { num_heads: Number(root.attribute('q_num_heads')), scale: scaleOf(root, m.data as number) }
      return { y: b.call('com.microsoft.MultiHeadAttention', operands, attributes, root.result().record) }
    },
  })
}

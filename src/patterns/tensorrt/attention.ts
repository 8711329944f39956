/**
 * Attention from layers into the plugin of an encoder:
 *
 *     q, k, v apart in heads:  SOFTMAX(q · kᵀ · c) · v, heads together  =>  BertAttention(CONCATENATION(q, k, v), lengths), lengths all of it
 *
 * Preconditions: every token sees every other, for nothing but zeros is added to the scores; q, k and v are of one type and shape [batch, length, heads · size],
 * taken apart and put together by one SHUFFLE each; what is in between is used there only. The plugin is of TensorRT-LLM, so that this is
 * off unless chosen. Causal attention has no such counterpart: GPTAttention asks for lengths and caches that a network from layers lacks.
 */
import { bertAttention, concat } from '../../dialects/tensorrt'
import { ConstantValue, netGuard } from '../../engine'
import type { Builder, Dim, Layer, Shape, Tensor } from '../../engine'
import { family } from '../library'
import { found, pattern } from '../define'
import type { Outcome } from '../define'
import { eitherWay, heldBy, numberOf, onlyMaker, whereUsed } from './values'
import { given, knownShape } from '../known'

interface Heads {
  readonly x: Tensor
  readonly layer: Layer
  readonly heads: number
  readonly size: number
  /** The last two dimensions are swapped. */
  readonly isTurned: boolean
}

const same = (a: Dim | undefined, b: Dim | undefined): boolean => a !== null && a !== undefined && a === b
const isPerm = (value: unknown, ...perm: readonly number[]): boolean =>
  Array.isArray(value) && value.length === perm.length && value.every((d, i) => d === perm[i])

/** [batch, length, heads · size] as [batch, heads, length, size], or with the last two swapped. */
function headsOf(t: Tensor | null): Heads | null {
  const layer = onlyMaker(t, 'SHUFFLE')
  const { first_transpose: first, second_transpose: second } = layer?.record.attributes ?? {}
  const [x, from, to] = [layer?.input(0), layer?.input(0)?.shape, t?.shape]
  const isTurned = isPerm(second, 0, 2, 3, 1)
  if (!layer || !x || first || from?.length !== 3 || to?.length !== 4 || !(isTurned || isPerm(second, 0, 2, 1, 3)))
    return null
  const [batch, heads, length, size] = isTurned ? [to[0], to[1], to[3], to[2]] : to
  if (typeof heads !== 'number' || typeof size !== 'number' || from[2] !== heads * size) return null
  return same(batch, from[0]) && same(length, from[1]) ? { x, layer, heads, size, isTurned } : null
}

interface Scaled {
  readonly t: Tensor | null
  readonly factor: number
  readonly layers: readonly Layer[]
}

/** What is multiplied or divided by one number, used there only; any other value as it is. */
function unscaled(t: Tensor | null): Scaled {
  const layer = onlyMaker(t, 'ELEMENTWISE')
  const product = layer?.attribute('op') === 'PROD' ? eitherWay(layer, numberOf) : null
  if (layer && product && product.other.rank === given(t).rank)
    return { t: product.other, factor: product.found, layers: [layer] }
  const divisor = layer?.attribute('op') === 'DIV' ? numberOf(layer.input(1)) : null
  if (layer && divisor && layer.input(0)?.rank === given(t).rank)
    return { t: layer.input(0), factor: 1 / divisor, layers: [layer] }
  return { t, factor: 1, layers: [] }
}

/** The scores below a mask of zeros, which closes nothing. */
function unmasked(t: Tensor | null): { readonly t: Tensor | null; readonly mask: Layer | null } {
  const sum = onlyMaker(t, 'ELEMENTWISE', 'SUM')
  const masked = sum && eitherWay(sum, (v) => (isZero(v) ? v : null))
  return masked && sameShape(masked.other, given(t)) ? { t: masked.other, mask: sum } : { t, mask: null }
}

function isZero(t: Tensor | null): boolean {
  const value = heldBy(t)
  return (
    Boolean(value?.isNumeric) &&
    given(value)
      .toArray()
      .every((v) => v === 0)
  )
}

/** Scores of a SOFTMAX over the last of four dimensions. */
function matchAttention(root: Layer): Outcome {
  const y = root.result()
  const { first_transpose: first, second_transpose: second } = root.record.attributes
  if (!isPerm(first, 0, 2, 1, 3) || second) return false
  const weighted = onlyMaker(root.input(0), 'MATRIX_MULTIPLY')
  const softmax = weighted && onlyMaker(weighted.input(0), 'SOFTMAX')
  const v = weighted && headsOf(weighted.input(1))
  if (!weighted || !softmax || !v || softmax.attribute('axes') !== 8 || !isPlain(weighted, 'NONE')) return false
  const open = unmasked(softmax.input(0))
  const scores = unscaled(open.t)
  const product = onlyMaker(scores.t, 'MATRIX_MULTIPLY')
  if (!product) return false
  const [left, right] = [unscaled(product.input(0)), unscaled(product.input(1))]
  const [q, k] = [headsOf(left.t), headsOf(right.t)]
  if (!q || !k || v.isTurned || q.isTurned || !isPlain(product, k.isTurned ? 'NONE' : 'TRANSPOSE')) return false
  const all = [q, k, v]
  if (all.some((h) => h.heads !== q.heads || h.size !== q.size || h.x.dtype !== y.dtype || !sameShape(h.x, q.x)))
    return false
  if (!sameShape(y, q.x)) return false
  const scale = scores.factor * left.factor * right.factor
  if (!(scale > 0) || !Number.isFinite(scale)) return false
  const scales = [scores, left, right].flatMap((s) => s.layers).map((l, i) => [`scale${i}`, l] as const)
  const layers = {
    root, weighted, softmax, ...(open.mask && { mask: open.mask }), product, q: q.layer, k: k.layer, v: v.layer, ...Object.fromEntries(scales),
  } // prettier-ignore
  return found(root, layers, { q: q.x, k: k.x, v: v.x }, { heads: q.heads, size: q.size, scale })
}

function isPlain(product: Layer, op1: string): boolean {
  return (product.attribute('op0') ?? 'NONE') === 'NONE' && (product.attribute('op1') ?? 'NONE') === op1
}

const sameShape = (a: Tensor, b: Tensor): boolean =>
  a.shape?.length === b.shape?.length && (a.shape as Shape).every((d, i) => same(d, knownShape(b)[i]))

/** Of more rows the lengths are no constant. */
const MOST_WRITTEN = 4096

/** [batch]: each as long as the row. */
function fullLengths(b: Builder, x: Tensor): Tensor {
  const [batch, length] = knownShape(x)
  if (typeof batch === 'number' && typeof length === 'number' && batch <= MOST_WRITTEN)
    return b.call('CONSTANT', [], {
      weights: ConstantValue.of('int32', [batch], new Array<number>(batch).fill(length)),
    })
  const sizes = b.call('SHAPE', [x])
  const size = (at: number): Tensor => b.call('SLICE', [sizes], { start: [at], shape: [1], stride: [1] })
  const own = b.call('CAST', [size(1)], { to_type: 'INT32' })
  const type = { dtype: 'int32', shape: [batch ?? null] } as const
  return b.call('SLICE', [own, null, size(0)], { start: [0], stride: [0] }, type)
}

export const attentions = family('TensorRT: attention', { stage: 2, exactness: 'rounding' }, [
  {
    label: 'Attention of an encoder into BertAttention',
    equation: 'SOFTMAX(q · kᵀ · c) · v ⇒ BertAttention(q, k, v)',
    optIn: true,
    make: () =>
      pattern({
        name: 'bert-attention',
        root: ['SHUFFLE'],
        needs: ['SOFTMAX'],
        parts: 7,
        match: whereUsed(matchAttention),
        rewrite: (b, m) => {
          const { heads, size, scale } = m.data as { heads: number; size: number; scale: number }
          const [q, k, v] = ['q', 'k', 'v'].map((name) => m.tensor(name)) as [Tensor, Tensor, Tensor]
          return netGuard(m.root.network, () => ({
            y: bertAttention(concat([q, k, v], 2), fullLengths(b, q), heads, size, 1 / (scale * Math.sqrt(size))),
          }))
        },
      }),
  },
])

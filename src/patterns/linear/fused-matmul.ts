/**
 * A product with the scale and the transposes around it (catalogue 44, 45); com.microsoft.
 *
 *   s (a · b), (s a) · b         =>  FusedMatMul(a, b), alpha s         products of scales where there are several
 *   aᵀ · b, a · bᵀ               =>  FusedMatMul(a, b), transA, transB
 *
 * Preconditions: s a constant number that does not raise the rank, and is moderate, for elsewhere the order of scale and product
 * decides what overflows or underflows; a transpose swaps the last two axes and no others (it may
 * have other users: it stays for them); operands of rank 2 or more; float32 or float16.
 */
import type { Layer, PatternRewriter, Tensor } from '../../engine'
import { found, pattern } from '../define'
import { family } from '../library'
import { parentOf, permOf, scalarAndOther, usedOnce } from '../values'
import { allModerate } from '../weights'

const FUSED = 'com.microsoft.FusedMatMul'
const PRODUCTS = ['MatMul', FUSED]

function runs(product: Layer): boolean {
  const operands = [product.input(0), product.input(1)]
  return operands.every((t) => (t?.rank ?? 0) >= 2 && (t!.dtype === 'float32' || t!.dtype === 'float16'))
}

/** The factor that a Mul or Div by a constant number applies, and what it applies it to. */
function scaleOf(layer: Layer | null): { x: Tensor; scale: number } | null {
  if (!layer || (layer.kind !== 'Mul' && layer.kind !== 'Div')) return null
  const parts = scalarAndOther(layer)
  if (!parts || (layer.kind === 'Div' && parts.at === 0)) return null
  const scale = layer.kind === 'Div' ? 1 / parts.scalar : parts.scalar
  return scale !== 0 && allModerate([scale]) ? { x: parts.other, scale } : null
}

function alphaOf(product: Layer): number {
  return Number(product.record.attributes['alpha'] ?? 1)
}

function fused(product: Layer, changes: Readonly<Record<string, number>>): Record<string, number> {
  const own = Object.fromEntries(Object.entries(product.record.attributes).map(([k, v]) => [k, Number(v)]))
  return { ...own, ...changes }
}

function productThenScale(): PatternRewriter {
  return pattern({
    name: 'Scaled product',
    root: ['Mul', 'Div'],
    match: (layer, decline) => {
      const scaled = scaleOf(layer)
      const product = parentOf(scaled?.x, ...PRODUCTS)
      if (!scaled || !product || !runs(product)) return false
      if (!usedOnce(scaled.x)) return decline?.('product', product, 'one user', 'several', { scale: layer, product })
      return found(layer, { scale: layer, product }, {}, scaled.scale)
    },
    rewrite: (b, m) => {
      const product = m.layer('product')
      const attributes = fused(product, { alpha: alphaOf(product) * (m.data as number) })
      return { y: b.call(FUSED, [product.input(0), product.input(1)], attributes, m.tensor('y').record) }
    },
  })
}

function scaleThenProduct(): PatternRewriter {
  return pattern({
    name: 'MatMul of scaled operands',
    root: PRODUCTS,
    match: (product) => {
      if (!runs(product)) return false
      for (const at of [0, 1]) {
        const t = product.operand(at)
        const scaled = usedOnce(t) ? scaleOf(t.parent) : null
        if (scaled && (scaled.x.rank ?? 0) === t.rank)
          return found(product, { product, scale: t.parent! }, { x: scaled.x }, { at, scale: scaled.scale })
      }
      return false
    },
    rewrite: (b, m) => {
      const { at, scale } = m.data as { at: number; scale: number }
      const operands = [0, 1].map((i) => (i === at ? m.tensor('x') : m.root.input(i)))
      const attributes = fused(m.root, { alpha: alphaOf(m.root) * scale })
      return { y: b.call(FUSED, operands, attributes, m.tensor('y').record) }
    },
  })
}

function swapsLast(transpose: Layer): boolean {
  const perm = permOf(transpose)
  if (!perm || perm.length < 2) return false
  const n = perm.length
  return perm.every((p, i) => p === (i === n - 1 ? n - 2 : i === n - 2 ? n - 1 : i))
}

function transposedProduct(): PatternRewriter {
  return pattern({
    name: 'Transposed product',
    root: PRODUCTS,
    match: (product) => {
      if (!runs(product)) return false
      for (const at of [0, 1]) {
        const transpose = parentOf(product.input(at), 'Transpose')
        if (!transpose || !swapsLast(transpose) || !usedOnce(transpose.output())) continue
        return found(product, { product, transpose }, { x: transpose.input(0) }, at)
      }
      return false
    },
    rewrite: (b, m) => {
      const at = m.data as number
      const flag = at === 0 ? 'transA' : 'transB'
      const operands = [0, 1].map((i) => (i === at ? m.tensor('x') : m.root.input(i)))
      const attributes = fused(m.root, { [flag]: Number(m.root.record.attributes[flag] ?? 0) === 0 ? 1 : 0 })
      return { y: b.call(FUSED, operands, attributes, m.tensor('y').record) }
    },
  })
}

export const FUSED_MATMUL = family('Linear', { stage: 4, targets: ['ort'] }, [
  {
    label: 'Transposed product',
    equation: 'a · bᵀ ⇒ FusedMatMul(a, b), transB',
    benefit: 32,
    make: transposedProduct,
  },
  { label: 'Scaled product', equation: 's (a · b) ⇒ FusedMatMul(a, b), alpha s', benefit: 31, make: productThenScale },
  {
    label: 'MatMul of scaled operands',
    equation: '(s a) · b ⇒ FusedMatMul(a, b), alpha s',
    benefit: 30,
    make: scaleThenProduct,
  },
])

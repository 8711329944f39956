/**
 * Scales and shifts along the last axis fold into the weights of the product beside them (catalogue 20, 21, 27).
 *
 *   (x · W) s                    =>  x · (W s)              W constant, s one number or one a column
 *   (x · W + b) s                =>  x · (W s) + b s
 *   (x s) · W                    =>  x · (s W)              s one number or one a row of W
 *   Gemm(x, W, C) s + t          =>  Gemm(x, W s, C s + t)  BatchNormalization on [N, C] alike
 *
 * Preconditions: W of rank 2, all constants; factors 0 or moderate, for extreme ones decide what overflows or vanishes; s and t never of higher rank than the value; the values in between have no
 * other user. Computed in float64 and rounded once.
 */
import type { ConstantValue, Layer, PatternRewriter, Tensor } from '../../engine'
import { AFFINE_KINDS, affineOf } from '../convolution/affine'
import type { Affine } from '../convolution/affine'
import { found, pattern } from '../define'
import { family } from '../library'
import { parentOf, producerOf, usedOnce } from '../values'
import { allFinite, allModerate, scaled } from '../weights'
import { given, knownType, knownValue, nth } from '../known'

/** The elements of a constant that has `size` along its last axis and one everywhere else, or one in all. */
export function alongLast(t: Tensor | null, rank: number | null, size: number): Float64Array | null {
  const v = t?.value
  if (!v?.isAvailable || rank === null || v.shape.length > rank) return null
  if (v.size === 1) return new Float64Array(size).fill(nth(v.numbers(), 0))
  return v.size === size && v.shape.at(-1) === size ? new Float64Array(v.numbers()) : null
}

const GEMM = ['Gemm']

/** Weights of rank 2 that a product takes as its second operand. */
export function matrixOf(product: Layer | null): ConstantValue | null {
  const w = product?.input(1)?.value
  return w?.isAvailable && w.shape.length === 2 ? w : null
}

/** The factor of a Mul, or the reciprocal of a Div's constant divisor, by column, and the other operand. */
function factorOf(layer: Layer, columns: number): { x: Tensor; scale: Float64Array } | null {
  for (const at of layer.kind === 'Mul' ? [1, 0] : [1]) {
    const x = layer.input(1 - at)
    const v = x && !x.isConstant ? alongLast(layer.input(at), x.rank, columns) : null
    const scale = layer.kind === 'Div' ? v?.map((c) => 1 / c) : v
    const keepsShape = layer.input(at)?.value?.size === 1 || x?.shape?.at(-1) === columns
    if (x && scale && keepsShape && allModerate(scale)) return { x, scale }
  }
  return null
}

/** The product behind a value, with the bias that is added to it in between. */
function productOf(t: Tensor): { product: Layer; add: Layer | null; bias: Tensor | null } | null {
  const direct = parentOf(t, 'MatMul')
  if (direct) return { product: direct, add: null, bias: null }
  const add = parentOf(t, 'Add')
  const bias = add?.getInputs().find((x) => x.isConstant) ?? null
  const product = parentOf(
    add?.getInputs().find((x) => x !== bias),
    'MatMul',
  )
  return add && bias && product ? { product, add, bias } : null
}

function matmulThenScale(): PatternRewriter {
  return pattern({
    name: 'MatMul and scale',
    root: ['Mul', 'Div'],
    match: (layer, decline) => {
      const parts = layer
        .getInputs()
        .map(productOf)
        .find((p) => p !== null)
      const w = matrixOf(parts?.product ?? null)
      if (!parts || !w) return false
      const { product, add, bias } = parts
      const matched = { scale: layer, product, ...(add && { add }) }
      const factor = factorOf(layer, nth(w.shape, 1))
      if (!factor) return decline?.('scale', layer, 'a constant a column', 'another factor', matched)
      if (!usedOnce(product.output()) || (add && !usedOnce(add.output())))
        return decline?.('product', product, 'one user', 'several', matched)
      if (bias && !alongLast(bias, product.result().rank, nth(w.shape, 1)))
        return decline?.('add', add, 'a bias along the last axis', `[${bias.shape}]`, matched)
      return found(layer, matched, { x: product.input(0), bias }, factor.scale)
    },
    rewrite: (b, m) => {
      const scale = m.data as Float64Array
      const [product, bias] = [m.layer('product'), m.tensors.get('bias')]
      const w = product.operand(1)
      const type = m.tensor('y').record
      const weights = scaled(knownValue(w), scale, 1)
      if (!weights) return null
      const xw = b.call('MatMul', [m.tensor('x'), b.keep(weights, w.name)], {}, type)
      if (!bias) return { y: xw }
      const shifted = alongLast(bias, 1, scale.length) ?? given(alongLast(bias, bias.rank, scale.length))
      const t = b.constant(
        knownType(bias),
        [scale.length],
        shifted.map((v, c) => v * nth(scale, c)),
        bias.name,
      )
      return { y: b.call('Add', [xw, t], {}, type) }
    },
  })
}

function scaleThenMatmul(): PatternRewriter {
  return pattern({
    name: 'Scale and MatMul',
    root: ['MatMul'],
    match: (product, decline) => {
      const scale = parentOf(product.input(0), 'Mul', 'Div')
      const w = matrixOf(product)
      if (!scale || !w) return false
      const factor = factorOf(scale, nth(w.shape, 0))
      if (!factor || (factor.x.rank ?? 0) < 1) return false
      if (!usedOnce(scale.output())) return decline?.('scale', scale, 'one user', 'several', { product, scale })
      return found(product, { product, scale }, { x: factor.x }, factor.scale)
    },
    rewrite: (b, m) => {
      const w = m.root.operand(1)
      const weights = scaled(knownValue(w), m.data as Float64Array, nth(knownValue(w).shape, 1))
      return weights && { y: b.call('MatMul', [m.tensor('x'), b.keep(weights, w.name)], {}, m.tensor('y').record) }
    },
  })
}

function gemmThenAffine(): PatternRewriter {
  return pattern({
    name: 'Gemm and scale',
    root: AFFINE_KINDS,
    match: (layer, decline) => {
      const gemm = producerOf(layer, GEMM)
      const w = matrixOf(gemm)
      if (!gemm || !w) return false
      const matched = { affine: layer, gemm }
      const columns = nth(w.shape, Number(gemm.attribute('transB') ?? 0) ? 0 : 1)
      const affine = affineOf(layer, columns)
      if (typeof affine === 'string') return decline?.('affine', layer, 'a constant a column', affine, matched)
      if (!usedOnce(gemm.output())) return decline?.('gemm', gemm, 'one user', 'several', matched)
      const c = gemm.input(2)
      if (c && !alongLast(c, 2, columns))
        return decline?.('gemm', gemm, 'a constant C along the last axis', `[${c.shape ?? '...'}]`, matched)
      return found(layer, matched, { x: gemm.input(0) }, affine)
    },
    rewrite: (b, m) => {
      const gemm = m.layer('gemm')
      const { scale, shift } = m.data as Affine
      const w = gemm.operand(1)
      const beta = Number(gemm.attribute('beta') ?? 1)
      const isTransposed = Number(gemm.attribute('transB') ?? 0) !== 0
      const weights = scaled(knownValue(w), scale, isTransposed ? nth(knownValue(w).shape, 1) : 1)
      const c = alongLast(gemm.input(2), 2, scale.length)
      const bias = shift.map((t, i) => (c ? beta * nth(c, i) * nth(scale, i) : 0) + t)
      if (!weights || !allFinite(bias, knownType(w))) return null
      const operands = [m.tensor('x'), b.keep(weights, w.name), b.constant(knownType(w), [bias.length], bias, w.name)]
      return { y: b.call('Gemm', operands, { ...gemm.record.attributes, beta: 1 }, m.tensor('y').record) }
    },
  })
}

export const LINEAR_FOLDING = family('Linear', { stage: 4 }, [
  { label: 'MatMul and scale', equation: '(x · W + b) s ⇒ x · (W s) + b s', benefit: 45, make: matmulThenScale },
  { label: 'Scale and MatMul', equation: '(x s) · W ⇒ x · (s W)', benefit: 44, make: scaleThenMatmul },
  {
    label: 'Gemm and scale',
    equation: 'Gemm(x, W, C) s + t ⇒ Gemm(x, W s, C s + t)',
    benefit: 45,
    make: gemmThenAffine,
  },
])

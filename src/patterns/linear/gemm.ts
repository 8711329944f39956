/**
 * Products of rank 2 (catalogue 28, 29).
 *
 *   a · b + c                =>  Gemm(a, b, c)
 *   Gemm(aᵀ, b)              =>  Gemm(a, b), transA         and for b
 *   f(Gemm(a, b, c))         =>  FusedGemm(a, b, c), activation f      com.microsoft, float32
 *
 * Preconditions: a and b of rank exactly 2; c broadcasts one way to [M, N], and does not enlarge it; the value in between has
 * no other user.
 */
import type { Attributes, Layer, PatternRewriter, Shape, Tensor } from '../../engine'
import { found, pattern } from '../define'
import { family } from '../library'
import { FLOATS, isPerm, parentOf, sameDim, usedOnce } from '../values'

/** Whether c broadcasts to [m, n] without making it larger: each size 1 or that of the product, from the right. */
function broadcastsTo(c: Tensor, product: Shape): boolean {
  const shape = c.shape
  if (!shape || shape.length > product.length) return false
  return shape.every((d, i) => d === 1 || sameDim(d, product[i + product.length - shape.length]))
}

function matmulAdd(): PatternRewriter {
  return pattern({
    name: 'MatMul and Add',
    root: ['Add'],
    match: (add, decline) => {
      for (const at of [0, 1]) {
        const product = parentOf(add.input(at), 'MatMul')
        const c = add.input(1 - at)
        if (!product || !c) continue
        const matched = { add, product }
        const [a, b, ab] = [product.input(0)!, product.input(1)!, product.output()!]
        if (a.rank !== 2 || b.rank !== 2)
          return decline?.(
            'product',
            product,
            'operands of rank 2',
            `rank ${a.rank ?? '?'} and ${b.rank ?? '?'}`,
            matched,
          )
        if (!FLOATS.includes(ab.dtype)) return decline?.('product', product, 'floats', String(ab.dtype), matched)
        if (!usedOnce(ab)) return decline?.('product', product, 'one user', 'several', matched)
        if (!ab.shape || !broadcastsTo(c, ab.shape))
          return decline?.('c', add, `what broadcasts to [${ab.shape ?? '...'}]`, `[${c.shape ?? '...'}]`, matched)
        return found(add, matched, { a, b, c })
      }
      return false
    },
    rewrite: (b, m) => ({
      y: b.call('Gemm', [m.tensor('a'), m.tensor('b'), m.tensor('c')], {}, m.tensor('y').record),
    }),
  })
}

function gemmTranspose(): PatternRewriter {
  return pattern({
    name: 'Gemm and transpose',
    root: ['Gemm'],
    match: (gemm) => {
      const at = [0, 1].find((i) => isPerm(gemm.input(i)?.parent ?? null, 1, 0))
      if (at === undefined) return false
      const transpose = gemm.input(at)!.parent!
      return found(gemm, { gemm, transpose }, { x: transpose.input(0) }, at)
    },
    rewrite: (b, m) => {
      const at = m.data as number
      const flag = at === 0 ? 'transA' : 'transB'
      const operands = m.root.operands.map((t, i) => (i === at ? m.tensor('x') : t))
      const attributes = { ...m.root.record.attributes, [flag]: Number(m.root.attribute(flag) ?? 0) === 0 ? 1 : 0 }
      return { y: b.call('Gemm', operands, attributes, m.tensor('y').record) }
    },
  })
}

const ACTIVATIONS = 'Relu Sigmoid Tanh Softplus Softsign LeakyRelu Elu HardSigmoid ThresholdedRelu'.split(' ')

function gemmActivation(): PatternRewriter {
  return pattern({
    name: 'Gemm and activation',
    root: ACTIVATIONS,
    match: (layer, decline) => {
      const gemm = parentOf(layer.input(0), 'Gemm')
      if (!gemm) return false
      const matched = { activation: layer, gemm }
      if (!usedOnce(gemm.output())) return decline?.('gemm', gemm, 'one user', 'several', matched)
      if (gemm.output()!.dtype !== 'float32')
        return decline?.('gemm', gemm, 'float32', String(gemm.output()!.dtype), matched)
      return found(layer, matched, { a: gemm.input(0) })
    },
    rewrite: (b, m) => {
      const gemm = m.layer('gemm')
      const attributes: Attributes = { ...gemm.record.attributes, activation: m.root.kind, ...parametersOf(m.root) }
      const operands = gemm.operands
      return { y: b.call('com.microsoft.FusedGemm', operands, attributes, m.tensor('y').record) }
    },
  })
}

function parametersOf(layer: Layer): Attributes {
  const [alpha, beta] = ['alpha', 'beta'].map((name) => layer.attribute(name))
  return {
    ...(alpha !== undefined && { activation_alpha: alpha }),
    ...(beta !== undefined && { activation_beta: beta }),
  }
}

export const GEMM = family('Linear', { stage: 4 }, [
  { label: 'MatMul and Add', equation: 'a · b + c ⇒ Gemm(a, b, c)', benefit: 40, make: matmulAdd },
  {
    label: 'Gemm and transpose',
    equation: 'Gemm(aᵀ, b) ⇒ Gemm(a, b), transA',
    benefit: 42,
    make: gemmTranspose,
  },
  {
    label: 'Gemm and activation',
    equation: 'f(Gemm(a, b, c)) ⇒ FusedGemm(a, b, c), activation f',
    benefit: 38,
    targets: ['ort'],
    exactness: 'exact',
    make: gemmActivation,
  },
])

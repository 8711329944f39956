/**
 * A product over channels that lie last, on its way to where they lie second, is a convolution of kernel 1.
 *
 *   toChannelsFirst(x · W + b)        =>  Conv(toChannelsFirst(x), Wᵀ, b)
 *   toChannelsFirst(f(x · W + b))     =>  f(Conv(toChannelsFirst(x), Wᵀ, b))      f elementwise, where x is narrower
 *
 * ConvNeXt writes its blocks so. The convolution takes the bias, and on ONNX Runtime the residual too; the transpose moves
 * towards the narrower side. Preconditions: the transpose moves the last of 3 to 5 axes to the second place and keeps the
 * others' order; W a constant of rank 2; b a constant along the last axis; the values in between have no other user.
 */
import type { Builder, ConstantValue, Layer, PatternRewriter, Shape, Tensor } from '../../engine'
import { found, pattern } from '../define'
import { transposedMatrix } from '../elements'
import { family } from '../library'
import { alongLast, matrixOf } from '../linear/folding'
import { parentOf, permOf, usedOnce } from '../values'
import { given, knownShape, nth } from '../known'

const UNARY =
  'Relu Gelu HardSwish Sigmoid Tanh com.microsoft.Gelu com.microsoft.QuickGelu com.microsoft.FastGelu'.split(' ')
/** Layers that add a bias themselves, and what they are without it. */
const BIASED: Readonly<Record<string, string>> = {
  'com.microsoft.BiasGelu': 'com.microsoft.Gelu',
  'com.microsoft.FastGelu': 'com.microsoft.FastGelu',
}

interface Parts {
  readonly product: Layer
  readonly weights: ConstantValue
  readonly add: Layer | null
  readonly activation: Layer | null
  readonly bias: Float64Array | null
}

/** What computes a value: an activation perhaps, a bias perhaps, and a product. */
function partsOf(t: Tensor): Parts | null {
  let at: Tensor | null = t
  let bias: Tensor | null = null
  const activation = parentOf(at, ...UNARY, ...Object.keys(BIASED))
  if (activation) {
    bias = activation.input(1)
    at = activation.input(0)
    if (!usedOnce(at)) return null
  }
  const add: Layer | null = bias ? null : parentOf(at, 'Add')
  if (add) {
    bias = add.getInputs().find((x) => x.isConstant) ?? null
    at = add.getInputs().find((x) => x !== bias) ?? null
    if (!bias || !usedOnce(at)) return null
  }
  const product = parentOf(at, 'MatMul')
  const weights = matrixOf(product)
  if (!product || !weights) return null
  const values = bias && alongLast(bias, product.result().rank, nth(weights.shape, 1))
  return bias && !values ? null : { product, weights, add, activation, bias: values }
}

function toChannelsFirst(transpose: Layer): boolean {
  const perm = permOf(transpose)
  if (!perm || perm.length < 3 || perm.length > 5) return false
  return perm.every((p, i) => p === (i === 0 ? 0 : i === 1 ? perm.length - 1 : i - 1))
}

function pointwise(): PatternRewriter {
  return pattern({
    name: 'Pointwise convolution',
    root: ['Transpose'],
    match: (transpose, decline) => {
      if (!toChannelsFirst(transpose)) return false
      const t = transpose.operand(0)
      const parts = partsOf(t)
      if (!parts) return false
      const { product, weights, add, activation } = parts
      const x = product.operand(0)
      const matched = { transpose, product, ...(add && { add }), ...(activation && { activation }) }
      if (!usedOnce(t)) return decline?.('transpose', t.parent, 'one user', 'several', matched)
      if (x.rank !== t.rank || !x.shape || (x.dtype !== 'float32' && x.dtype !== 'float16'))
        return decline?.('x', x.parent, `float32 or float16 of rank ${t.rank}`, `${x.dtype} of rank ${x.rank}`, matched)
      const [inputs = 0, outputs = 0] = weights.shape
      if (activation && inputs >= outputs)
        return decline?.('x', x.parent, `fewer than ${outputs} channels`, `${inputs}`, matched)
      // Without a bias or a residual to take in, nothing would be won.
      if (
        !activation &&
        !parts.bias &&
        !transpose
          .result()
          .getUsers()
          .some((u) => u.kind === 'Add')
      )
        return false
      return found(transpose, matched, { x }, parts)
    },
    rewrite: (b, m) => {
      const { weights, activation, bias } = m.data as Parts
      const { root } = m
      const y = m.tensor('y').record
      const perm = given(permOf(root))
      const x = m.tensor('x')
      const shape: Shape = perm.map((p) => nth(knownShape(x), p))
      const moved = b.call('Transpose', [x], { perm }, { dtype: y.dtype, shape })
      const operands = [moved, kernel(b, weights, perm.length - 2, m.layer('product').operand(1).name)]
      if (bias) operands.push(b.constant(weights.dtype, [bias.length], bias, 'bias'))
      const conv = b.call('Conv', operands, { kernel_shape: new Array<number>(perm.length - 2).fill(1) }, y)
      if (!activation) return { y: conv }
      const kind = activation.input(1) ? given(BIASED[activation.kind]) : activation.kind
      return { y: b.call(kind, [conv], activation.record.attributes, y) }
    },
  })
}

/** [K, N] as a kernel [N, K, 1, ..]. */
function kernel(b: Builder, w: ConstantValue, space: number, name: string): Tensor {
  const [inputs = 0, outputs = 0] = w.shape
  return b.keep(transposedMatrix(w, [outputs, inputs, ...new Array<number>(space).fill(1)]), name)
}

export const POINTWISE = family('Convolution', { stage: 4 }, [
  {
    label: 'Pointwise convolution',
    equation: 'toChannelsFirst(f(x · W + b)) ⇒ f(Conv(toChannelsFirst(x), Wᵀ, b))',
    benefit: 43,
    make: pointwise,
  },
])

/**
 * Several projections of one value in one product, weights [out, in] each:
 *
 *     x · Waᵀ, x · Wbᵀ, x · Wcᵀ                         =>  SLICEs of x · [Wa; Wb; Wc]ᵀ           (three or more)
 *     silu(x · Waᵀ) · (x · Wbᵀ), silu(h) = h · σ(h)     =>  GemmSwiglu(x, [Wb; Wa])
 *
 * Preconditions: weights are CONSTANTs of one type and width, of rank 2 or with sizes of 1 before; products are not transposed on
 * the left; what is in between is used there only. The products may be taken in float32 between CASTs, as `matmul` makes them of half floats.
 * The plugin of TensorRT-LLM computes in fp8 alone: the second is for engines of that, and is off unless chosen.
 */
import { gemmSwiglu } from '../../dialects/tensorrt'
import { ConstantValue, netGuard } from '../../engine'
import type { Builder, Layer, Match, Tensor } from '../../engine'
import { found, pattern } from '../define'
import type { Outcome } from '../define'
import { family } from '../library'
import { eitherWay, heldBy, onlyMaker, whereUsed } from './values'
import { given, nth } from '../known'

interface Projection {
  readonly x: Tensor
  /** [out, in] */
  readonly weight: ConstantValue
  readonly layers: Readonly<Record<string, Layer>>
}

const FLOATS: ReadonlySet<unknown> = new Set(['float32', 'float16', 'bfloat16'])

/** The projection that a value is; nothing is said of who uses it. */
function projectionOf(t: Tensor | null): Projection | null {
  const cast = t?.parent?.kind === 'CAST' ? t.parent : null
  const product = cast ? onlyMaker(cast.input(0), 'MATRIX_MULTIPLY') : t?.parent
  if (!t || product?.kind !== 'MATRIX_MULTIPLY' || product.attribute('op1') !== 'TRANSPOSE') return null
  if ((product.attribute('op0') ?? 'NONE') !== 'NONE') return null
  const [x, w] = [product.input(0), product.input(1)].map((v) => (cast ? castFrom(v, t) : v))
  const held = heldBy(w ?? null)
  if (!x || !held || held.dtype !== t.dtype || x.dtype !== t.dtype || !FLOATS.has(held.dtype)) return null
  if (held.shape.length < 2 || held.shape.slice(0, -2).some((d) => d !== 1)) return null
  const weight = held.reshaped(held.shape.slice(-2))
  return { x, weight, layers: cast ? { cast, product } : { product } }
}

/** What was cast to float32 from the type that the product is cast back to. */
function castFrom(v: Tensor | null, t: Tensor): Tensor | null {
  const source = v?.parent?.kind === 'CAST' && v.dtype === 'float32' ? v.parent.input(0) : null
  return source?.dtype === t.dtype ? source : null
}

/** Rows of all of them, one behind the other. */
function stacked(weights: readonly ConstantValue[]): ConstantValue {
  const parts = weights.map((w) => given(w.bytes))
  const bytes = new Uint8Array(parts.reduce((n, p) => n + p.length, 0))
  let at = 0
  for (const part of parts) {
    bytes.set(part, at)
    at += part.length
  }
  const [first] = weights
  return new ConstantValue(
    given(first).dtype,
    [weights.reduce((n, w) => n + nth(w.shape, 0), 0), nth(given(first).shape, 1)],
    bytes,
  )
}

/** More than any size: the smaller of both is the size itself. */
const ANY = 2 ** 31 - 1

/** The columns of a product in parts of these sizes, as the match's `y0`, `y1` ... */
function columnsOf(b: Builder, m: Match, product: Tensor, sizes: readonly number[]): Tensor[] {
  const rank = product.rank ?? 2
  const [zeros, ones] = [0, 1].map((n) => new Array<number>(rank - 1).fill(n)) as [number[], number[]]
  const { shape } = product
  const isKnown = shape?.every((d) => typeof d === 'number') ?? false
  const whole = isKnown ? null : b.call('SHAPE', [product])
  let from = 0
  return sizes.map((size, i) => {
    const { dtype, shape: own } = m.tensor(`y${i}`)
    const attributes = { start: [...zeros, from], stride: [...ones, 1] }
    from += size
    if (!whole) return b.call('SLICE', [product], { ...attributes, shape: [...(shape as number[]).slice(0, -1), size] })
    const most = ConstantValue.of('int64', [rank], [...ones.map(() => ANY), size])
    const wanted = b.call('ELEMENTWISE', [whole, b.call('CONSTANT', [], { weights: most })], { op: 'MIN' })
    return b.call('SLICE', [product, null, wanted], attributes, { dtype, shape: own })
  })
}

const MOST_USERS = 64

function matchSiblings(root: Layer): Outcome {
  const own = projectionOf(root.output())
  if (!own || root.kind !== 'MATRIX_MULTIPLY' || own.x.liveUses > MOST_USERS) return false
  const siblings = own.x.getUsers().filter((user) => {
    if (user.kind !== 'MATRIX_MULTIPLY' || user.result().isNetworkOutput() || user.result().liveUses === 0) return false
    const other = projectionOf(user.output())
    return (
      other?.x === own.x && other.weight.dtype === own.weight.dtype && other.weight.shape[1] === own.weight.shape[1]
    )
  })
  root.network.inOrder(siblings)
  if (siblings.length < 3 || siblings[0] !== root) return false
  const layers = Object.fromEntries(siblings.map((l, i) => [`product${i}`, l]))
  const results = Object.fromEntries(siblings.map((l, i) => [`y${i}`, l.output()]))
  const weights = siblings.map((l) => given(projectionOf(l.output())).weight)
  return found(root, layers, { x: own.x, ...results }, weights)
}

function matchGated(root: Layer): Outcome {
  if (root.attribute('op') !== 'PROD') return false
  const gated = eitherWay(root, (t) => siluOf(t))
  const up = gated && projectionOf(gated.other)
  if (!gated || !up || gated.other.liveUses !== 1 || gated.other.isNetworkOutput()) return false
  const gate = gated.found
  if (gate.x !== up.x || gate.weight.dtype !== up.weight.dtype) return false
  if (gate.weight.shape.some((d, i) => d !== up.weight.shape[i])) return false
  const linear = Object.entries(up.layers).map(([name, l]) => [`up_${name}`, l] as const)
  return found(root, { root, ...gate.layers, ...Object.fromEntries(linear) }, { x: up.x }, [up.weight, gate.weight])
}

/** h · σ(h) of a projection h. */
function siluOf(t: Tensor | null): Projection | null {
  const product = onlyMaker(t, 'ELEMENTWISE', 'PROD')
  if (!product) return null
  const sigmoid = eitherWay(product, (v) => {
    const layer = onlyMaker(v, 'ACTIVATION')
    return layer?.attribute('type') === 'SIGMOID' ? layer : null
  })
  const h = sigmoid?.other
  if (!h || sigmoid.found.input(0) !== h || h.liveUses !== 2 || h.isNetworkOutput()) return null
  const projection = projectionOf(h)
  return projection && { ...projection, layers: { silu: product, sigmoid: sigmoid.found, ...projection.layers } }
}

export const projections = family('TensorRT: projections', { stage: 3, exactness: 'rounding' }, [
  {
    label: 'Projections in one product',
    equation: 'x · Waᵀ, x · Wbᵀ, x · Wcᵀ ⇒ SLICEs of x · [Wa; Wb; Wc]ᵀ',
    optIn: true,
    make: () =>
      pattern({
        name: 'merged-projections',
        root: ['MATRIX_MULTIPLY'],
        parts: 3,
        match: matchSiblings,
        rewrite: (b, m) => {
          const weights = m.data as readonly ConstantValue[]
          const x = m.tensor('x')
          const ones = new Array<number>(Math.max(0, (x.rank ?? 2) - 2)).fill(1)
          const all = stacked(weights)
          const weight = b.call('CONSTANT', [], { weights: all.reshaped([...ones, ...all.shape]) })
          const product = b.call('MATRIX_MULTIPLY', [x, weight], { op0: 'NONE', op1: 'TRANSPOSE' })
          const sizes = weights.map((w) => nth(w.shape, 0))
          return Object.fromEntries(columnsOf(b, m, product, sizes).map((part, i) => [`y${i}`, part]))
        },
      }),
  },
  {
    label: 'Gate and up into GemmSwiglu',
    equation: 'silu(x · Waᵀ) · (x · Wbᵀ) ⇒ GemmSwiglu(x, [Wb; Wa])',
    optIn: true,
    make: () =>
      pattern({
        name: 'gemm-swiglu',
        root: ['ELEMENTWISE'],
        needs: ['ACTIVATION'],
        parts: 5,
        match: whereUsed(matchGated),
        rewrite: (b, m) => {
          const weight = b.call('CONSTANT', [], { weights: stacked(m.data as readonly ConstantValue[]) })
          return { y: netGuard(m.root.network, () => gemmSwiglu(m.tensor('x'), weight)) }
        },
      }),
  },
])

/**
 * MATRIX_MULTIPLY(SHUFFLE<the last two swapped>(a), b)  =>  MATRIX_MULTIPLY<op0 = TRANSPOSE>(a, b), and for b
 * MATRIX_MULTIPLY(a, W) · c, or / c                     =>  MATRIX_MULTIPLY(a, W · c), and for a
 *
 * Preconditions of the second: W is a constant, c one number that is moderate, both finite and all products of theirs normal numbers of W's type;
 * the product is used there only. Of the first: the SHUFFLE swaps just the last two dimensions, and at most puts sizes of 1 in front then; the operation there is NONE or TRANSPOSE.
 */
import { ConstantValue } from '../../engine'
import type { Layer, Tensor } from '../../engine'
import { family } from '../library'
import { found, pattern } from '../define'
import type { Outcome } from '../define'
import { eitherWay, heldBy, numberOf, onlyMaker, whereUsed } from './values'
import { given, last, nth } from '../known'

/** What a transposed matrix is the transpose of, and the shape that it then has to be given; null for no other shape. */
interface Transposed {
  readonly x: Tensor
  readonly shape: readonly number[] | null
}

function permOf(layer: Layer, name: string): readonly number[] | null {
  const value = layer.attribute(name)
  return Array.isArray(value) ? (value as number[]) : null
}

/** Null for any other value. */
function untransposed(t: Tensor | null): Transposed | null {
  const layer = t?.parent
  const x = layer?.input(0)
  if (layer?.kind !== 'SHUFFLE' || !x || layer.input(1)) return null
  const dims = permOf(layer, 'reshape_dims')
  const [p, q] = [permOf(layer, 'first_transpose'), permOf(layer, 'second_transpose')]
  if (dims) return !q && p && swapsLast(p) ? underOnes(x, dims) : null
  const perm = p && q ? q.map((d) => nth(p, d)) : (p ?? q)
  return perm && swapsLast(perm) ? { x, shape: null } : null
}

function swapsLast(perm: readonly number[]): boolean {
  const n = perm.length
  return n >= 2 && perm.every((d, i) => d === (i === n - 1 ? n - 2 : i === n - 2 ? n - 1 : i))
}

/** A reshape behind the transposition that only puts sizes of 1 in front. */
function underOnes(x: Tensor, dims: readonly number[]): Transposed | null {
  const { shape } = x
  if (!shape?.every((d) => typeof d === 'number') || dims.length < shape.length) return null
  const ones = dims.slice(0, dims.length - shape.length)
  const turned = [...shape.slice(0, -2), last(shape), nth(shape, shape.length - 2)]
  const fits = ones.every((d) => d === 1) && turned.every((d, i) => d === dims[ones.length + i])
  return fits ? { x, shape: [...ones, ...shape] } : null
}

const TURNED: Readonly<Record<string, string>> = { NONE: 'TRANSPOSE', TRANSPOSE: 'NONE' }

function matchTranspose(layer: Layer): Outcome {
  for (const at of [0, 1]) {
    const turned = untransposed(layer.input(at))
    const op = TURNED[String(layer.attribute(`op${at}`) as string)]
    if (!turned || !op) continue
    const transpose = given(layer.operand(at).parent)
    return found(
      layer,
      { product: layer, transpose },
      { x: turned.x, other: layer.input(1 - at) },
      { at, op, shape: turned.shape },
    )
  }
  return false
}

/** The least normal and the largest number of a type. */
const RANGE: Readonly<Record<string, readonly [number, number]>> = {
  float32: [2 ** -126, 3.4e38],
  float16: [2 ** -14, 65504],
  bfloat16: [2 ** -126, 3.3e38],
}

/** Between 2^-n and 2^n a factor does not decide what overflows among the products that are summed up. */
const MODERATE: Readonly<Record<string, number>> = { float32: 2 ** 60, bfloat16: 2 ** 60, float16: 2 ** 6 }

/** Each element times a moderate number; null where one would overflow, vanish or is no number. */
function scaled(weights: ConstantValue, factor: number): ConstantValue | null {
  const range = RANGE[weights.dtype]
  const most = MODERATE[weights.dtype]
  if (!range || !most || !(Math.abs(factor) <= most && Math.abs(factor) >= 1 / most)) return null
  const values = weights.numbers()
  const out = new Float64Array(values.length)
  for (let i = 0; i < out.length; i++) {
    const v = (out[i] = values[i]! * factor)
    const size = Math.abs(v)
    if (!(size <= range[1]) || (size < range[0] && values[i] !== 0)) return null
  }
  return ConstantValue.of(weights.dtype, weights.shape, out)
}

/** A product or quotient with one number: the value, and what it is multiplied by. */
function factorOf(layer: Layer): { readonly x: Tensor; readonly factor: number } | null {
  const op = layer.attribute('op')
  const number = op === 'PROD' ? eitherWay(layer, numberOf) : null
  if (number) return { x: number.other, factor: number.found }
  const [x, divisor] = [layer.input(0), numberOf(layer.input(1))]
  return op === 'DIV' && x && divisor ? { x, factor: 1 / divisor } : null
}

function matchScale(root: Layer): Outcome {
  const by = factorOf(root)
  const product = by && onlyMaker(by.x, 'MATRIX_MULTIPLY')
  if (!by || !product || by.x.rank !== root.result().rank) return false
  for (const at of [1, 0]) {
    const weights = heldBy(product.input(at))
    const value = weights?.dtype === root.result().dtype ? scaled(weights, by.factor) : null
    if (value) return found(root, { scale: root, product }, { other: product.input(1 - at) }, { at, value })
  }
  return false
}

export const matmuls = family('TensorRT: products', { stage: 1, exactness: 'rounding' }, [
  {
    label: 'Transpose into a matrix multiply',
    equation: 'MATRIX_MULTIPLY(aᵀ, b) ⇒ MATRIX_MULTIPLY<op0 = TRANSPOSE>(a, b)',
    make: () =>
      pattern({
        name: 'transpose-into-matmul',
        root: ['MATRIX_MULTIPLY'],
        parts: 2,
        match: whereUsed(matchTranspose),
        rewrite: (b, m) => {
          const { at, op, shape } = m.data as { at: number; op: string; shape: readonly number[] | null }
          const x = shape ? b.call('SHUFFLE', [m.tensor('x')], { reshape_dims: shape }) : m.tensor('x')
          const operands = at === 0 ? [x, m.tensor('other')] : [m.tensor('other'), x]
          return { y: b.call('MATRIX_MULTIPLY', operands, { ...m.root.record.attributes, [`op${at}`]: op }) }
        },
      }),
  },
  {
    label: 'Scale into a matrix multiply',
    equation: 'MATRIX_MULTIPLY(a, W) · c ⇒ MATRIX_MULTIPLY(a, W · c)',
    make: () =>
      pattern({
        name: 'scale-into-matmul',
        root: ['ELEMENTWISE'],
        needs: ['MATRIX_MULTIPLY'],
        parts: 2,
        match: whereUsed(matchScale),
        rewrite: (b, m) => {
          const { at, value } = m.data as { at: number; value: ConstantValue }
          const weight = b.call('CONSTANT', [], { weights: value })
          const operands = at === 0 ? [weight, m.tensor('other')] : [m.tensor('other'), weight]
          return { y: b.call('MATRIX_MULTIPLY', operands, m.layer('product').record.attributes) }
        },
      }),
  },
])

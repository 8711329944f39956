/**
 * Rotary position embedding (catalogue 51).
 *
 *   x · cos + rotate(x) · sin   =>   RotaryEmbedding(x, cos, sin)        rotate(x) = Concat(-x[half..], x[..half])
 *
 * Preconditions: x [batch, heads, length, size], cos and sin constant over [1|batch, 1, length, size] and the same in both
 * halves, so that the operator's caches are their first halves; halves of exactly size / 2. A head split in front of it moves
 * behind it, where the attention family takes it up.
 */
import { ConstantValue } from '../../engine'
import type { Builder, Layer, PatternRewriter, Tensor } from '../../engine'
import { found, pattern } from '../define'
import type { Decline, Outcome } from '../define'
import { intsOf, isLastAxis, isPerm, parentOf, producerOf, sameDim, usedOnce } from '../values'
import { standing } from './reasons'
import { given, knownShape, nth } from '../known'

const CONCAT = ['Concat']

/** Matches one order of the two products; null where it is not that one. */
function products(add: Layer): { x: Tensor; cos: Tensor; sin: Tensor; layers: Record<string, Layer> } | null {
  for (const [a, c] of [
    [0, 1],
    [1, 0],
  ] as const) {
    const straight = parentOf(add.input(a), 'Mul')
    const turned = parentOf(add.input(c), 'Mul')
    if (!straight || !turned) return null
    const concat = producerOf(turned, CONCAT)
    const sin = turned.getInputs().find((t) => t.isConstant)
    const cos = straight.getInputs().find((t) => t.isConstant)
    const x = straight.getInputs().find((t) => !t.isConstant)
    if (concat && sin && cos && x) return { x, cos, sin, layers: { add, straight, turned, concat } }
  }
  return null
}

/** Whether a slice takes [from, to) of the last axis of x. */
function isSlice(layer: Layer | null, x: Tensor, from: number, to: number): layer is Layer {
  if (!layer || layer.input(0) !== x) return false
  const [starts, ends, axes] = [1, 2, 3].map((i) => intsOf(layer.input(i)))
  const steps = layer.input(4) ? intsOf(layer.input(4)) : [1]
  const size = Number(knownShape(x).at(-1))
  if (starts?.length !== 1 || ends?.length !== 1 || axes?.length !== 1 || steps?.[0] !== 1) return false
  const end = Math.min(nth(ends, 0) < 0 ? nth(ends, 0) + size : nth(ends, 0), size)
  return (
    isLastAxis(nth(axes, 0), x.rank) && (nth(starts, 0) < 0 ? nth(starts, 0) + size : starts[0]) === from && end === to
  )
}

function matchRotary(add: Layer, decline: Decline): Outcome {
  const p = products(add)
  if (!p) return false
  const { x, cos, sin, layers } = p
  const size = x.shape?.at(-1)
  if (x.rank !== 4 || typeof size !== 'number' || size % 2 !== 0)
    return decline?.('x', x.parent, 'x of rank 4 with an even last size', `[${x.shape ?? '…'}]`, layers)
  const concat = given(layers['concat'])
  if (!isLastAxis(Number(concat.attribute('axis')), 4) || concat.numInputs !== 2)
    return decline?.(
      'concat',
      concat,
      'two halves along the last axis',
      `${concat.numInputs} parts along axis ${String(concat.attribute('axis'))}`,
      layers,
    )
  const neg = parentOf(concat.input(0), 'Neg')
  const high = parentOf(neg?.input(0), 'Slice')
  const low = parentOf(concat.input(1), 'Slice')
  if (!neg || !isSlice(high, x, size / 2, size) || !isSlice(low, x, 0, size / 2))
    return decline?.(
      'rotate',
      concat,
      'Concat(-x[half..], x[..half]) of the same x',
      `Concat(${concat.getInputs().map(standing).join(', ')})`,
      layers,
    )
  Object.assign(layers, { neg, high, low })
  const caches = [cos, sin].map((t) => halfOf(t, x))
  const [c, s] = caches
  if (!c || !s)
    return decline?.(
      'cos',
      add,
      `cos and sin [1, 1, length, ${size}] whose halves are equal`,
      `[${cos.shape}] and [${sin.shape}]`,
      layers,
    )
  return found(add, layers, { x, cos, sin }, [c, s])
}

/** The first half of a cos or sin table as a cache [batch, length, size / 2]; null where the halves differ. */
function halfOf(t: Tensor, x: Tensor): ConstantValue | null {
  const value = t.value
  const shape = value?.shape
  const [batch, , length, size] = knownShape(x)
  if (
    !value?.isAvailable ||
    !shape ||
    shape.length < 2 ||
    shape.length > 4 ||
    typeof batch !== 'number' ||
    typeof length !== 'number' ||
    typeof size !== 'number'
  )
    return null
  if (shape.at(-1) !== size || !sameDim(shape.at(-2), length) || (shape.at(-3) ?? 1) !== 1) return null
  const rows = shape.length === 4 ? nth(shape, 0) : 1
  if (rows !== 1 && rows !== batch) return null
  const values = value.numbers()
  const half = size / 2
  const out = new Float64Array(batch * length * half)
  for (let b = 0; b < batch; b++) {
    for (let i = 0; i < length; i++) {
      const from = ((rows === 1 ? 0 : b) * length + i) * size
      for (let j = 0; j < half; j++) {
        if (values[from + j] !== values[from + half + j]) return null
        out[(b * length + i) * half + j] = values[from + j]!
      }
    }
  }
  return ConstantValue.of(value.dtype, [batch, length, half], out)
}

function rewriteRotary(b: Builder, x: Tensor, y: Tensor, caches: readonly ConstantValue[]): Tensor {
  const [cos, sin] = caches.map((c, i) => b.keep(c, i === 0 ? 'cos_cache' : 'sin_cache'))
  const transpose = x.parent
  const reshape = isPerm(transpose, 0, 2, 1, 3) ? parentOf(transpose.input(0), 'Reshape') : null
  const flat = reshape?.input(0)
  const heads = Number(knownShape(x)[1])
  const folds =
    transpose &&
    reshape &&
    flat?.rank === 3 &&
    knownShape(flat)[2] === heads * Number(knownShape(x)[3]) &&
    sameDim(knownShape(flat)[0], knownShape(x)[0]) &&
    sameDim(knownShape(flat)[1], knownShape(x)[2])
  if (!folds) return b.call('RotaryEmbedding', [x, given(cos), given(sin)], {}, y.record)
  const turned = b.call(
    'RotaryEmbedding',
    [flat, given(cos), given(sin)],
    { num_heads: heads },
    { dtype: flat.dtype, shape: flat.shape },
  )
  const split = b.call('Reshape', [turned, reshape.input(1)], reshape.record.attributes, {
    dtype: flat.dtype,
    shape: reshape.result().shape,
  })
  return b.call('Transpose', [split], { perm: [0, 2, 1, 3] }, { dtype: y.dtype, shape: y.shape })
}

export function rotary(): PatternRewriter {
  return pattern({
    name: 'RotaryEmbedding',
    root: ['Add'],
    parts: 7,
    match: (layer, decline) => {
      const m = matchRotary(layer, decline)
      if (layer.network.opsetOf('RotaryEmbedding') >= 23 || typeof m === 'boolean' || !usedOnceInside(layer)) return m
      return decline?.(
        'add',
        layer,
        'opset 23 or newer, which has RotaryEmbedding',
        `opset ${layer.network.opsetOf('RotaryEmbedding')}`,
      )
    },
    rewrite: (b, m) => ({ y: rewriteRotary(b, m.tensor('x'), m.tensor('y'), m.data as ConstantValue[]) }),
  })
}

function usedOnceInside(add: Layer): boolean {
  return add.getInputs().every((t) => usedOnce(t))
}

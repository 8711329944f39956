/**
 * Attention together with the projections in front of it (RULES 46, 47); com.microsoft.
 *
 *   Attention(x·Wq + bq, x·Wk + bk, x·Wv + bv, mask)  =>  com.microsoft.Attention(x, [Wq Wk Wv], [bq bk bv], mask)
 *
 * Preconditions: one x of rank 3 for all three, constant weights of rank 2, constant biases of rank 1 (zeros where absent), as
 * many key as query heads, values of the keys' size. The three may come from one projection by Split. A mask that holds -∞
 * would make fully masked rows NaN here: that form is a pattern of its own, which assumes that there are none.
 */
import { ConstantValue } from '../../engine'
import type { Layer, MatchResult, PatternRewriter, Tensor } from '../../engine'
import { found, pattern } from '../define'
import type { Decline } from '../define'
import { intsOf, isLastAxis, parentOf, sameDim, usedOnce } from '../values'
import { maskFloor, raiseFloor } from './mask'
import { beyondPlain, scaleOf } from './plain'

interface Projection {
  readonly x: Tensor
  readonly weight: ConstantValue
  readonly bias: ConstantValue | null
}

/** x·W + b with constants, whichever side b stands on. */
function projectionOf(t: Tensor, layers: Record<string, Layer>, part: string): Projection | null {
  const add = parentOf(t, 'Add')
  const bias = add?.getInputs().find((i) => i.isConstant && i.rank === 1)
  const product = add && bias ? add.getInputs().find((i) => i !== bias) : t
  const matmul = parentOf(product, 'MatMul')
  const weight = matmul?.input(1)?.value
  const x = matmul?.input(0)
  if (!matmul || !weight?.isAvailable || weight.shape.length !== 2 || x?.rank !== 3 || !product || !usedOnce(product))
    return null
  if (add && bias && (!bias.value!.isAvailable || bias.shape![0] !== weight.shape[1])) return null
  if (add && bias) layers[`${part}Bias`] = add
  layers[part] = matmul
  return { x, weight, bias: bias?.value ?? null }
}

/** The three projections, or the one that is split into three equal parts. */
function projections(attention: Layer, layers: Record<string, Layer>): Projection[] | null {
  const operands = [0, 1, 2].map((i) => attention.input(i)!)
  const split = parentOf(operands[0], 'Split')
  if (!split) {
    const parts = operands.map((t, i) => (usedOnce(t) ? projectionOf(t, layers, ['query', 'key', 'value'][i]!) : null))
    return parts.every((p) => p !== null) ? parts : null
  }
  const sizes = intsOf(split.input(1)) ?? split.results.map((t) => Number(t?.shape?.at(-1)))
  const inOrder =
    operands.every((t, i) => t === split.output(i) && usedOnce(t)) &&
    split.numOutputs === 3 &&
    new Set(sizes).size === 1
  if (!inOrder || !isLastAxis(Number(split.attribute('axis') ?? 0), operands[0]!.rank) || !usedOnce(split.input(0)))
    return null
  const whole = projectionOf(split.input(0)!, layers, 'projection')
  layers['split'] = split
  return whole && [whole]
}

function matchPacked(attention: Layer, decline: Decline, assumes: boolean): MatchResult {
  const layers: Record<string, Layer> = { attention }
  const heads = attention.record.attributes['q_num_heads']
  if (heads === undefined)
    return decline('attention', attention, 'heads merged into the last axis', 'heads on an axis of their own', layers)
  const more = beyondPlain(attention)
  if (more) return decline('attention', attention, 'q, k, v and a mask alone', more, layers)
  if (heads !== attention.record.attributes['kv_num_heads'])
    return decline(
      'attention',
      attention,
      'as many key heads as query heads',
      `${String(heads)} and ${String(attention.record.attributes['kv_num_heads'])}`,
      layers,
    )
  const parts = projections(attention, layers)
  const [first] = parts ?? []
  if (!parts || !first)
    return decline(
      'query',
      attention.input(0)?.parent ?? null,
      'projections x·W + b with constants that nothing else uses',
      attention.input(0)?.parent?.kind ?? 'an input',
      layers,
    )
  const sameX = parts.every(
    (p) => p.x === first.x && p.weight.shape[1] === first.weight.shape[1] && p.weight.dtype === first.weight.dtype,
  )
  if (!sameX) return decline('key', attention, 'projections of one value to one size', 'several', layers)
  const mask = attention.input(3)
  const floor = maskFloor(mask)
  if ((floor === 'infinite' || floor === 'unknown') !== assumes)
    return assumes
      ? false
      : decline(
          'mask',
          mask?.parent ?? null,
          'a mask that is finite',
          floor === 'infinite' ? 'a mask that holds -∞' : 'a mask of unknown values',
          layers,
        )
  const [b, s] = [first.x.shape![0], first.x.shape![1]]
  const fits =
    !mask ||
    (mask.rank === 4 &&
      sameDim(mask.shape![2], s) &&
      sameDim(mask.shape![3], s) &&
      (mask.shape![0] === 1 || sameDim(mask.shape![0], b)))
  if (!fits)
    return decline(
      'mask',
      mask?.parent ?? null,
      'a mask [1 or batch, 1 or heads, length, length]',
      `[${mask?.shape ?? '...'}]`,
      layers,
    )
  return found(attention, layers, { x: first.x, mask }, parts)
}

export function packed(assumes: boolean): PatternRewriter {
  return pattern({
    name: 'Packed attention',
    root: ['Attention'],
    match: (layer, decline) => matchPacked(layer, decline, assumes),
    rewrite: (b, m) => {
      const parts = m.data as Projection[]
      const { root } = m
      const mask = m.tensors.get('mask') ?? null
      const finite = mask && assumes ? raiseFloor(b, mask) : mask
      const heads = Number(root.attribute('q_num_heads'))
      const headSize = Number(root.input(0)!.shape!.at(-1)) / heads
      const attributes = { num_heads: heads, scale: scaleOf(root, headSize) }
      const operands = [
        m.tensor('x'),
        b.keep(joinColumns(parts.map((p) => p.weight)), 'qkv_weight'),
        b.keep(joinBiases(parts), 'qkv_bias'),
        null,
        null,
        finite,
      ]
      return { y: b.call('com.microsoft.Attention', operands, attributes, root.output()!.record) }
    },
  })
}

/** Matrices of equal height side by side. */
export function joinColumns(parts: readonly ConstantValue[]): ConstantValue {
  const [first] = parts
  if (parts.length === 1) return first!
  const rows = first!.shape[0]!
  const widths = parts.map((p) => p.shape[1]!)
  const width = widths.reduce((a, b) => a + b, 0)
  const out = new Float64Array(rows * width)
  let left = 0
  parts.forEach((p, n) => {
    const values = p.numbers()
    for (let r = 0; r < rows; r++)
      for (let c = 0; c < widths[n]!; c++) out[r * width + left + c] = values[r * widths[n]! + c]!
    left += widths[n]!
  })
  return ConstantValue.of(first!.dtype, [rows, width], out)
}

function joinBiases(parts: readonly Projection[]): ConstantValue {
  const values = parts.flatMap((p) =>
    p.bias ? Array.from(p.bias.numbers()) : Array<number>(p.weight.shape[1]!).fill(0),
  )
  return ConstantValue.of(parts[0]!.weight.dtype, [values.length], values)
}

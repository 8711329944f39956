/** The projections x·W + b in front of an attention, and how several become one. */
import { ConstantValue } from '../../engine'
import type { Layer, Tensor } from '../../engine'
import { intsOf, isLastAxis, parentOf, usedOnce } from '../values'
import { knownShape, knownValue, nth } from '../known'

export interface Projection {
  readonly x: Tensor
  readonly weight: ConstantValue
  readonly bias: ConstantValue | null
}

/** x·W + b with constants, whichever side b stands on. */
export function projectionOf(t: Tensor, layers: Record<string, Layer>, part: string): Projection | null {
  const add = parentOf(t, 'Add')
  const bias = add?.getInputs().find((i) => i.isConstant && i.rank === 1)
  const product = add && bias ? add.getInputs().find((i) => i !== bias) : t
  const matmul = parentOf(product, 'MatMul')
  const weight = matmul?.input(1)?.value
  const x = matmul?.input(0)
  if (!matmul || !weight?.isAvailable || weight.shape.length !== 2 || x?.rank !== 3 || !product || !usedOnce(product))
    return null
  if (add && bias && (!knownValue(bias).isAvailable || knownShape(bias)[0] !== weight.shape[1])) return null
  if (add && bias) layers[`${part}Bias`] = add
  layers[part] = matmul
  return { x, weight, bias: bias?.value ?? null }
}

/** The three projections in front of an attention, or the one that is split into three equal parts. */
export function projections(attention: Layer, layers: Record<string, Layer>): Projection[] | null {
  const operands = [0, 1, 2].map((i) => attention.input(i))
  const split = parentOf(operands[0], 'Split')
  if (!split) {
    const parts = operands.map((t, i) =>
      t && usedOnce(t) ? projectionOf(t, layers, nth(['query', 'key', 'value'], i)) : null,
    )
    return parts.every((p) => p !== null) ? parts : null
  }
  const sizes = intsOf(split.input(1)) ?? split.results.map((t) => Number(t?.shape?.at(-1)))
  const inOrder =
    operands.every((t, i) => t === split.output(i) && usedOnce(t)) &&
    split.numOutputs === 3 &&
    new Set(sizes).size === 1
  if (
    !inOrder ||
    !isLastAxis(Number(split.attribute('axis') ?? 0), operands[0]?.rank ?? null) ||
    !usedOnce(split.input(0))
  )
    return null
  const whole = projectionOf(split.operand(0), layers, 'projection')
  layers['split'] = split
  return whole && [whole]
}

/** Biases one behind the other, zeros where one is absent. */
export function joinBiases(parts: readonly Projection[]): ConstantValue {
  const values = parts.flatMap((p) =>
    p.bias ? Array.from(p.bias.numbers()) : Array<number>(nth(p.weight.shape, 1)).fill(0),
  )
  return ConstantValue.of(nth(parts, 0).weight.dtype, [values.length], values)
}

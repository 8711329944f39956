/** Why an attention has no projections in front of it that could go in with it, in words. */
import type { Layer, Tensor } from '../../engine'
import { parentOf, usedOnce } from '../values'
import { projectionOf } from './projections'
import { ONLY_HERE, otherUse, standing } from './reasons'
import { knownShape } from '../known'

const PARTS = ['query', 'key', 'value'] as const

/** What keeps the operands of an attention layer from being projections, where `projections` found none. */
export interface NoProjection {
  readonly part: string
  readonly at: Layer | null
  readonly expected: string
  readonly found: string
  readonly about?: 'use'
}

export function whyNoProjections(attention: Layer): NoProjection {
  const operands = PARTS.map((_, i) => attention.input(i))
  const split = parentOf(operands[0], 'Split')
  if (split) {
    const [part, expected] = ['split', 'one projection, split into three equal parts along its last axis, for q, k, v']
    return { part, at: split, expected, found: `Split of ${standing(split.input(0))} into ${split.numOutputs}` }
  }
  for (const [i, part] of PARTS.entries()) {
    const t = operands[i]
    if (!t) return { part, at: attention, expected: 'an operand of its own', found: 'none' }
    if (!usedOnce(t)) return { part, at: t.parent, expected: ONLY_HERE, found: otherUse(t, attention), about: 'use' }
    if (!projectionOf(t, {}, part)) return { part, ...whyNoProjection(t) }
  }
  return { part: 'query', at: attention, expected: 'projections x·W + b', found: 'others' }
}

function whyNoProjection(t: Tensor): Omit<NoProjection, 'part'> {
  const add = parentOf(t, 'Add')
  const bias = add?.getInputs().find((i) => i.isConstant && i.rank === 1)
  const product = (add && bias && add.getInputs().find((i) => i !== bias)) || t
  const matmul = parentOf(product, 'MatMul')
  if (!matmul) return { at: product.parent, expected: 'MatMul(x, W) + b with constants', found: standing(product) }
  const [x, weight] = [matmul.input(0), matmul.input(1)]
  if (weight?.value?.shape.length !== 2) {
    const found = weight?.value ? `a constant of rank ${weight.value.shape.length}` : standing(weight)
    return { at: matmul, expected: 'a constant weight W of rank 2', found }
  }
  if (x?.rank !== 3) return { at: matmul, expected: 'x [batch, length, width]', found: `x [${x?.shape ?? '…'}]` }
  if (add && !usedOnce(product)) return { at: matmul, expected: ONLY_HERE, found: otherUse(product, add), about: 'use' }
  const found =
    bias?.value?.isAvailable && weight.value.isAvailable ? `${knownShape(bias)[0]} numbers` : 'data that is not here'
  return { at: add ?? matmul, expected: `weights and a bias of ${weight.value.shape[1]} numbers`, found }
}

/** Boundaries of conditionals: what stands between them is computed both ways, and the condition chooses. */
import type { LayerRecord, TensorId } from '../../../engine'
import { cannotRaise } from './error'
import type { Raise } from './raised-layer'

/** The layers, each output of a conditional with its condition, which another layer holds, as a third operand. */
export function withConditions(layers: readonly LayerRecord[]): readonly LayerRecord[] {
  const conditions = new Map<unknown, TensorId>()
  for (const { kind, inputs, attributes, removed } of layers)
    if (kind === 'CONDITION' && !removed) conditions.set(attributes['conditional'], inputs[0]!)
  if (conditions.size === 0) return layers
  return layers.map((layer) => {
    const condition = layer.kind === 'CONDITIONAL_OUTPUT' ? conditions.get(layer.attributes['conditional']) : undefined
    return condition === undefined ? layer : { ...layer, inputs: [...layer.inputs, condition] }
  })
}

/** One of two values of one shape. */
const conditionalOutput: Raise = (l) => {
  const { b } = l
  const [yes, no] = [l.input(0), l.input(1)]
  const condition = l.has(2) ? l.input(2) : cannotRaise(`the condition of ${l.record.name} is not known`)
  const same = yes.rank === no.rank && yes.shape?.every((d, i) => d !== null && d === no.shape?.[i])
  if (!same) return cannotRaise(`both values of ${l.record.name} may have shapes of their own`)
  const dtype = yes.dtype ?? 'float32'
  const narrow = dtype === 'bool' || dtype === 'int8'
  const [p, q] = narrow ? [b.cast(yes, 'int32'), b.cast(no, 'int32')] : [yes, no]
  return b.cast(b.op('Where', [condition, p, q]), dtype)
}

export const controlRaising = {
  ASSERTION: () => [],
  CONDITIONAL_INPUT: (l) => l.b.op('Identity', [l.input(0)]),
  CONDITIONAL_OUTPUT: conditionalOutput,
} satisfies Readonly<Record<string, Raise>>

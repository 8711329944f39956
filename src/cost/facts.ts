/** All of a layer that its cost follows from. */
import type { Category, Layer, LayerRecord, TensorRecord } from '../engine'

export interface LayerFacts {
  readonly record: LayerRecord
  /** null for a kind that nothing is known of. */
  readonly category: Category | null
  /** By position; null for an operand that is not given. */
  readonly inputs: readonly (TensorRecord | null)[]
  readonly outputs: readonly (TensorRecord | null)[]
  /** Which operands are weights: constants, or made by a layer that holds one. */
  readonly weights: readonly boolean[]
}

export function factsOf(layer: Layer): LayerFacts {
  const { network, record } = layer
  const inputs = layer.operands
  return {
    record,
    category: network.schemaOf(record.kind)?.category ?? null,
    inputs: inputs.map((t) => t?.record ?? null),
    outputs: record.outputs.map((id) => network.getTensor(id)?.record ?? null),
    weights: inputs.map((t) => t !== null && (t.isConstant || isHolder(t.getParent()))),
  }
}

/** A layer that has no operands and holds a constant, as TensorRT's CONSTANT does. */
function isHolder(layer: Layer | null): boolean {
  return layer !== null && layer.record.inputs.length === 0 && layer.record.kind === 'CONSTANT'
}

/** A number among a layer's attributes. */
export function numberOf({ record }: LayerFacts, name: string, otherwise: number): number {
  const value = record.attributes[name]
  return typeof value === 'number' ? value : typeof value === 'boolean' ? Number(value) : otherwise
}

/** A text among a layer's attributes; '' for none. */
export function textOf({ record }: LayerFacts, name: string): string {
  const value = record.attributes[name]
  return typeof value === 'string' ? value : ''
}

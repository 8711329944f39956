/** All of a layer that its cost follows from. */
import { ABSENT } from '../engine'
import type { Category, LayerId, LayerRecord, Network, TensorId, TensorRecord } from '../engine'

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

/** A state of a network: as it is, or as it was before a step. */
export interface State {
  layer(id: LayerId): LayerRecord | undefined
  tensor(id: TensorId): TensorRecord | undefined
  categoryOf(kind: string): Category | null
}

export function stateOf(network: Network): State {
  const categories = new Map<string, Category | null>()
  return {
    layer: (id) => network.getLayer(id)?.record,
    tensor: (id) => (id === ABSENT ? undefined : network.getTensor(id)?.record),
    categoryOf: (kind) => {
      let category = categories.get(kind)
      if (category === undefined) categories.set(kind, (category = network.schemaOf(kind)?.category ?? null))
      return category
    },
  }
}

export function factsOf(record: LayerRecord, state: State): LayerFacts {
  const inputs = record.inputs.map((id) => state.tensor(id) ?? null)
  return {
    record,
    category: state.categoryOf(record.kind),
    inputs,
    outputs: record.outputs.map((id) => state.tensor(id) ?? null),
    weights: inputs.map((t) => t !== null && (t.value !== undefined || isHolder(state.layer(t.producer)))),
  }
}

/** A layer that holds a constant, as TensorRT's CONSTANT does. */
const isHolder = (record: LayerRecord | undefined): boolean => record?.kind === 'CONSTANT'

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

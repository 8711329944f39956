/** All of a layer that its cost follows from. */
import { ABSENT } from '../engine'
import type { Category, Layer, LayerId, LayerRecord, Network, TensorId, TensorRecord } from '../engine'

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
    weights: inputs.map((t) => t !== null && isWeight(t, state)),
  }
}

/** Layers that hand a constant on: what comes out of them is there before the network runs. */
const PASSING: ReadonlySet<string> = new Set(['SHUFFLE', 'CAST', 'IDENTITY', 'SQUEEZE', 'UNSQUEEZE'])
const LONGEST = 8

/** A constant, one that a layer holds, as TensorRT's CONSTANT does, or what is made of such a one by its shape alone. */
function isWeight(tensor: TensorRecord, state: State): boolean {
  let t: TensorRecord | undefined = tensor
  for (let n = 0; t && n < LONGEST; n++) {
    if (t.value !== undefined) return true
    const maker: LayerRecord | undefined = state.layer(t.producer)
    if (maker?.kind === 'CONSTANT') return true
    if (!maker || !PASSING.has(maker.kind)) return false
    t = state.tensor(maker.inputs[0] ?? ABSENT)
  }
  return false
}

/** The layers that read what a layer makes, those behind layers that hand it on too: whether it is a weight matters to them. */
export function readersOf(layer: Layer, found: Set<LayerId>): void {
  const stack = [layer]
  for (let n = 0, next = stack.pop(); next && n < LONGEST * LONGEST; n++, next = stack.pop()) {
    if (next.kind !== 'CONSTANT' && !PASSING.has(next.kind)) continue
    for (const t of next.getOutputs())
      t.forEachUse((user) => {
        found.add(user.id)
        stack.push(user)
      })
  }
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

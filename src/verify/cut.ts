import { ABSENT } from '../engine'
import type {
  Layer,
  LayerId,
  LayerRecord,
  Network,
  NetworkSnapshot,
  Tensor,
  TensorId,
  TensorRecord,
  Transaction,
} from '../engine'
import { onSameTokens } from './packed-tokens'
import { changeOf, StateBefore } from './region'
import { isWhole } from './roles'

/** The part of a network that a step touched, before and after it, as two networks with the same inputs and outputs. */
export interface StepRegion {
  readonly before: NetworkSnapshot
  readonly after: NetworkSnapshot
}

/** A region that needs more layers than this around it is not local any more. */
const LARGEST = 400
/** Layers that are taken in so that integers, booleans and values of unknown shape need not be invented. */
const LARGEST_CONE = 96

/**
 * Cuts out what a step touched. Call it right after the transaction, on the network that it was made on; the result does
 * not change with that network. Values that enter the region become inputs, those that leave it outputs. Values that only one
 * side uses are traced back until both sides start from the same ones.
 * @returns null where the step changed no value that is used; a text where the region cannot be cut
 */
export function cutStep(network: Network, transaction: Transaction): StepRegion | string | null {
  const before = new StateBefore(network, transaction)
  const change = changeOf(network, before, transaction)
  if (change.pairs.length === 0) return null
  const around = new Set<LayerId>(change.altered)
  const after: State = {
    layer: (id) => network.getLayer(id)?.record ?? null,
    tensor: (id) => network.getTensor(id)?.record ?? null,
  }
  const sides = [
    { state: before, ends: change.pairs.map(([t]) => t), own: change.gone },
    { state: after, ends: change.pairs.map(([, t]) => t), own: change.made },
  ] as const
  for (;;) {
    const [b, a] = sides.map((s) => walk(network, s.state, s.ends, (id) => s.own.has(id) || around.has(id))) as [
      Cone,
      Cone,
    ]
    const next = nextToTake(network, b, a, around.size)
    if (next === null) {
      const inputs = [...new Set([...b.frontier, ...a.frontier])].sort((x, y) => x - y)
      return onSameTokens({
        before: networkOf(network, before, b.layers, inputs, sides[0].ends),
        after: networkOf(network, after, a.layers, inputs, sides[1].ends),
      })
    }
    around.add(next)
    if (around.size > LARGEST) return `the two sides have no common inputs within ${LARGEST} layers`
  }
}

interface State {
  layer(id: LayerId): LayerRecord | null
  tensor(id: TensorId): TensorRecord | null
}

interface Cone {
  readonly layers: ReadonlySet<LayerRecord>
  /** Values from outside; no constants. */
  readonly frontier: ReadonlySet<TensorId>
}

function walk(network: Network, state: State, ends: readonly TensorId[], inside: (id: LayerId) => boolean): Cone {
  const layers = new Set<LayerRecord>()
  const frontier = new Set<TensorId>()
  const seen = new Set<TensorId>(ends)
  const stack = [...ends]
  for (let id = stack.pop(); id !== undefined; id = stack.pop()) {
    const t = state.tensor(id)
    if (!t || t.value) continue
    const maker = t.producer === ABSENT ? null : state.layer(t.producer)
    // What holds weights is no input: its values need not be invented.
    const layer = maker && (inside(maker.id) || maker.kind === 'CONSTANT') ? maker : null
    if (!layer) {
      frontier.add(id)
      continue
    }
    layers.add(layer)
    const condition = conditionOf(network, layer, state)
    if (condition) layers.add(condition)
    for (const input of [...layer.inputs, ...(condition?.inputs ?? [])]) {
      if (input === ABSENT || seen.has(input)) continue
      seen.add(input)
      stack.push(input)
    }
  }
  return { layers, frontier }
}

/** What chooses between the branches of a conditional of TensorRT: a layer without results, so that no value leads to it. */
function conditionOf(network: Network, { kind, attributes }: LayerRecord, state: State): LayerRecord | undefined {
  if (kind !== 'CONDITIONAL_OUTPUT') return undefined
  const found = network.layersOfKind('CONDITION').map(({ id }) => state.layer(id))
  return found.find((l) => l && !l.removed && l.attributes['conditional'] === attributes['conditional']) ?? undefined
}

/** The producer to take into the region: of the last value that only one side starts from, or that cannot be invented. */
function nextToTake(network: Network, b: Cone, a: Cone, taken: number): LayerId | null {
  let last: LayerId | null = null
  for (const id of new Set([...b.frontier, ...a.frontier])) {
    const t = network.getTensor(id)
    const parent = t?.parent
    if (!t || !parent) continue
    const oneSided = b.frontier.has(id) !== a.frontier.has(id)
    const unknown = isWhole(t.dtype) || t.dtype === null || (t.shape?.includes(null) ?? true)
    if (!oneSided && !((unknown || isMask(parent)) && taken < LARGEST_CONE)) continue
    if (last === null || network.getLayer(last)!.isBefore(parent)) last = parent.id
  }
  return last
}

/**
 * A value of which more is known than its type says, as of attention masks: a condition chooses it from constants, it is bounded
 * by one, or rows that are closed as a whole were adjusted (`m + ThresholdedRelu(ReduceMax(m) · c)`).
 */
function isMask(layer: Layer): boolean {
  if (layer.kind === 'Where' || layer.kind === 'SELECT') return [1, 2].some((i) => isHeld(layer.input(i)))
  if (layer.kind === 'Max' || layer.kind === 'Min') return layer.getInputs().some((t) => t.isConstant)
  return layer.kind === 'Add' ? layer.input(1)?.parent?.kind === 'ThresholdedRelu' : adjusts(layer)
}

/** A constant, or one that a layer of TensorRT holds. */
const isHeld = (t: Tensor | null): boolean => t !== null && (t.isConstant || t.parent?.kind === 'CONSTANT')

/** Whether all that a layer gives ends in a ThresholdedRelu, or is one. */
function adjusts(layer: Layer): boolean {
  if (layer.kind === 'ThresholdedRelu') return true
  if (layer.kind !== 'Mul' && layer.kind !== 'ReduceMax') return false
  const next = layer.output()?.singleUse?.layer
  return !!next && adjusts(next)
}

function networkOf(
  network: Network,
  state: State,
  layers: ReadonlySet<LayerRecord>,
  inputs: readonly TensorId[],
  ends: readonly TensorId[],
): NetworkSnapshot {
  const tensors = new Map<TensorId, TensorRecord>()
  const add = (id: TensorId, producer: LayerId): void => {
    const t = id === ABSENT ? null : state.tensor(id)
    if (t && !tensors.has(id)) tensors.set(id, { ...t, name: `t${id}`, producer: t.value ? ABSENT : producer })
  }
  for (const id of inputs) {
    const t = state.tensor(id) ?? network.getTensor(id)?.record
    if (t) tensors.set(id, { ...t, name: `t${id}`, producer: ABSENT })
  }
  for (const layer of layers) for (const id of layer.outputs) add(id, layer.id)
  for (const layer of layers) for (const id of layer.inputs) add(id, ABSENT)
  for (const id of ends) add(id, ABSENT)
  // What is given is not computed again: a frontier value may be a second result of a layer inside.
  const given = new Set(inputs)
  const kept = [...layers].map((l) => ({
    ...l,
    removed: false,
    outputs: l.outputs.map((id) => (given.has(id) ? ABSENT : id)),
  }))
  return {
    name: network.name,
    dialect: network.dialect.name,
    opsets: network.opsets,
    layers: kept,
    tensors: [...tensors.values()],
    inputs,
    outputs: ends.map((tensor, i) => ({ name: `y${i}`, tensor })),
    ...network.counters,
    properties: functionsOf(network.properties),
  }
}

/** Local functions belong to the region; what the file says about its own inputs does not. */
function functionsOf(properties: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const { functions, irVersion } = (properties['onnx'] ?? {}) as Record<string, unknown>
  return { onnx: { ...(functions ? { functions } : {}), ...(irVersion ? { irVersion } : {}) } }
}

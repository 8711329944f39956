/** What a network costs, layer by layer and as a whole, kept by edits: a step costs what it changes. */
import type { Edit, Layer, LayerId, LayerRecord, Network, TensorRecord } from '../engine'
import { recounted } from './change'
import { factsOf, stateOf } from './facts'
import type { LayerFacts, State } from './facts'
import { layerCost } from './layer-cost'
import type { LayerCost } from './layer-cost'
import { namesInShape, withAssumed } from './sizes'
import type { Sizes } from './sizes'
import { noCost, Running } from './sum'
import type { CostSum } from './sum'

interface Entry {
  readonly facts: LayerFacts
  cost: LayerCost
}

export class CostBook {
  private readonly entries = new Map<LayerId, Entry>()
  /** Of sizes, in the order in which they were found. */
  private readonly names = new Set<string>()
  private sum: CostSum = noCost

  /**
   * @param said sizes that a person gave, by name; what has a usual name is assumed besides
   * @param layers those that are counted at once; `add` counts others
   */
  constructor(
    readonly network: Network,
    private said: Sizes = {},
    layers: Iterable<Layer> = network.getLayers(),
  ) {
    for (const input of network.getInputs()) this.note(input.record)
    this.add(layers)
  }

  /**
   * Counts layers that are there and were not counted: a large network in slices, for a thread that must answer in between and may let
   * the network move on.
   */
  add(layers: Iterable<Layer>): void {
    const running = new Running(this.sum)
    const state = stateOf(this.network)
    for (const { record, isDetached } of layers)
      if (!isDetached && !record.removed && !this.entries.has(record.id)) this.count(record, state, running)
    this.sum = running.sum()
  }

  /** The names of all symbolic sizes that the network has or had. */
  get symbols(): readonly string[] {
    return [...this.names]
  }

  /** The sizes that are counted with: said, or assumed. */
  get counted(): Sizes {
    return withAssumed(this.names, this.said)
  }

  get total(): CostSum {
    return this.sum
  }

  /** What a layer costs; undefined for one that is not there. */
  costOf(layer: LayerId): LayerCost | undefined {
    return this.entries.get(layer)?.cost
  }

  /** Every layer with what it costs, in no particular order. */
  *costs(): Generator<readonly [LayerId, LayerCost]> {
    for (const [id, { cost }] of this.entries) yield [id, cost]
  }

  /** Every kind of layer with what all of that kind cost. */
  byKind(): Map<string, CostSum> {
    const kinds = new Map<string, Running>()
    for (const { facts, cost } of this.entries.values()) {
      const { kind } = facts.record
      const running = kinds.get(kind) ?? new Running()
      running.add(cost, 1)
      kinds.set(kind, running)
    }
    return new Map([...kinds].map(([kind, running]) => [kind, running.sum()]))
  }

  /** Counts anew with other sizes. */
  setSizes(said: Sizes): void {
    this.said = said
    const running = new Running()
    for (const entry of this.entries.values()) {
      if (isSymbolic(entry.facts)) entry.cost = layerCost(entry.facts, said)
      running.add(entry.cost, 1)
    }
    this.sum = running.sum()
  }

  /** @param edits of a transaction, in the direction in which it was just applied to the network */
  follow(edits: readonly Edit[]): void {
    const running = new Running(this.sum)
    const state = stateOf(this.network)
    for (const id of recounted(edits, this.network)) {
      const old = this.entries.get(id)
      if (old) running.add(old.cost, -1)
      this.entries.delete(id)
      const record = state.layer(id)
      if (!record || record.removed) continue
      this.count(record, state, running)
    }
    this.sum = running.sum()
  }

  private count(record: LayerRecord, state: State, running: Running): void {
    const facts = factsOf(record, state)
    for (const tensor of facts.inputs) this.note(tensor)
    for (const tensor of facts.outputs) this.note(tensor)
    const cost = layerCost(facts, this.said)
    this.entries.set(record.id, { facts, cost })
    running.add(cost, 1)
  }

  private note(tensor: TensorRecord | null): void {
    for (const name of namesInShape(tensor?.shape)) this.names.add(name)
  }
}

function isSymbolic({ inputs, outputs }: LayerFacts): boolean {
  const symbolic = (t: TensorRecord | null) => t?.shape?.some((d) => typeof d === 'string') ?? false
  return inputs.some(symbolic) || outputs.some(symbolic)
}

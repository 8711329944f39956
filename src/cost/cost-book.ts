/** What a network costs, layer by layer and as a whole, kept by edits: a step costs what it changes. */
import type { Edit, LayerId, Network, TensorRecord } from '../engine'
import { recounted } from './change'
import { factsOf, stateOf } from './facts'
import type { LayerFacts } from './facts'
import { layerCost } from './layer-cost'
import type { LayerCost } from './layer-cost'
import { namesInShape, withAssumed } from './sizes'
import type { Sizes } from './sizes'
import { noCost, Running } from './sum'
import type { CostSum } from './sum'

interface Entry {
  readonly facts: LayerFacts
  /** null until it is counted, with the sizes that are known then. */
  cost: LayerCost | null
}

export class CostBook {
  private readonly entries = new Map<LayerId, Entry>()
  /** Of sizes, in the order in which they were found. */
  private readonly names = new Set<string>()
  private sum: CostSum = noCost

  /** @param said sizes that a person gave, by name; what has a usual name is assumed besides */
  constructor(
    readonly network: Network,
    private said: Sizes = {},
  ) {
    for (const input of network.getInputs()) this.note(input.record)
    const state = stateOf(network)
    for (const layer of network.getLayers()) {
      if (layer.record.removed) continue
      const facts = factsOf(layer.record, state)
      for (const tensor of facts.inputs) this.note(tensor)
      for (const tensor of facts.outputs) this.note(tensor)
      this.entries.set(layer.id, { facts, cost: null })
    }
    this.setSizes(said)
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
    return this.entries.get(layer)?.cost ?? undefined
  }

  /** Every layer with what it costs, in no particular order. */
  *costs(): Generator<readonly [LayerId, LayerCost]> {
    for (const [id, { cost }] of this.entries) if (cost) yield [id, cost]
  }

  /** Every kind of layer with what all of that kind cost. */
  byKind(): Map<string, CostSum> {
    const kinds = new Map<string, Running>()
    for (const { facts, cost } of this.entries.values()) {
      const { kind } = facts.record
      const running = kinds.get(kind) ?? new Running()
      if (cost) running.add(cost, 1)
      kinds.set(kind, running)
    }
    return new Map([...kinds].map(([kind, running]) => [kind, running.sum()]))
  }

  /** Counts anew with other sizes. */
  setSizes(said: Sizes): void {
    this.said = said
    const running = new Running()
    for (const entry of this.entries.values()) {
      if (entry.cost === null || isSymbolic(entry.facts)) entry.cost = layerCost(entry.facts, said)
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
      if (old?.cost) running.add(old.cost, -1)
      this.entries.delete(id)
      const record = state.layer(id)
      if (!record || record.removed) continue
      const facts = factsOf(record, state)
      for (const tensor of [...facts.inputs, ...facts.outputs]) this.note(tensor)
      const cost = layerCost(facts, this.said)
      this.entries.set(id, { facts, cost })
      running.add(cost, 1)
    }
    this.sum = running.sum()
  }

  private note(tensor: TensorRecord | null): void {
    for (const name of namesInShape(tensor?.shape)) this.names.add(name)
  }
}

function isSymbolic({ inputs, outputs }: LayerFacts): boolean {
  const symbolic = (t: TensorRecord | null) => t?.shape?.some((d) => typeof d === 'string') ?? false
  return inputs.some(symbolic) || outputs.some(symbolic)
}

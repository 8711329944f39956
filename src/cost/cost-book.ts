/** What a network costs, layer by layer and as a whole, kept by edits: a step costs what it changes. */
import { layersTouched } from '../engine'
import type { Edit, LayerId, Network, TensorRecord } from '../engine'
import { factsOf } from './facts'
import type { LayerFacts } from './facts'
import { layerCost } from './layer-cost'
import type { LayerCost } from './layer-cost'
import { namesInShape, withAssumed } from './sizes'
import type { Sizes } from './sizes'
import { noCost, Running } from './sum'
import type { CostSum } from './sum'

/** The layers that a step changed, as they were and as they are. */
export interface CostChange {
  readonly before: readonly LayerFacts[]
  readonly after: readonly LayerFacts[]
}

interface Entry {
  readonly facts: LayerFacts
  /** null until it is counted, with the sizes that are known then. */
  cost: LayerCost | null
}

export class CostBook {
  private readonly entries = new Map<LayerId, Entry>()
  /** Of sizes, in the order in which they were found. */
  private readonly names = new Set<string>()
  private said: Sizes
  private sizes: Sizes = {}
  private sum: CostSum = noCost

  /** @param said sizes that a person gave, by name; what has a usual name is assumed besides */
  constructor(
    readonly network: Network,
    said: Sizes = {},
  ) {
    this.said = said
    for (const input of network.getInputs()) this.note(input.record)
    for (const layer of network.getLayers()) {
      if (layer.record.removed) continue
      const facts = factsOf(layer)
      for (const tensor of [...facts.inputs, ...facts.outputs]) this.note(tensor)
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
    return this.sizes
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
    this.sizes = withAssumed(this.names, said)
    const running = new Running()
    for (const entry of this.entries.values()) {
      if (entry.cost === null || isSymbolic(entry.facts)) entry.cost = layerCost(entry.facts, this.sizes)
      running.add(entry.cost, 1)
    }
    this.sum = running.sum()
  }

  /** @param edits of a transaction, in the direction in which it was just applied to the network */
  follow(edits: readonly Edit[]): CostChange {
    const before: LayerFacts[] = []
    const after: LayerFacts[] = []
    const known = this.names.size
    const running = new Running(this.sum)
    for (const id of this.touched(edits)) {
      const old = this.entries.get(id)
      if (old) {
        before.push(old.facts)
        if (old.cost) running.add(old.cost, -1)
        this.entries.delete(id)
      }
      const layer = this.network.getLayer(id)
      if (!layer || layer.record.removed) continue
      const facts = factsOf(layer)
      after.push(facts)
      for (const tensor of [...facts.inputs, ...facts.outputs]) this.note(tensor)
      const cost = layerCost(facts, this.sizes)
      this.entries.set(id, { facts, cost })
      running.add(cost, 1)
    }
    this.sum = running.sum()
    if (this.names.size > known) this.setSizes(this.said)
    return { before, after }
  }

  /** Layers whose operator, operands or types are other than before. */
  private touched(edits: readonly Edit[]): Set<LayerId> {
    const ids = new Set<LayerId>()
    for (const edit of edits) {
      for (const id of layersTouched(edit)) ids.add(id)
      const tensor = edit.type === 'setTensorType' ? this.network.getTensor(edit.tensor) : undefined
      const parent = tensor?.getParent()
      if (parent) ids.add(parent.id)
      tensor?.forEachUse((layer) => ids.add(layer.id))
    }
    return ids
  }

  private note(tensor: TensorRecord | null): void {
    for (const name of namesInShape(tensor?.shape)) this.names.add(name)
  }
}

function isSymbolic({ inputs, outputs }: LayerFacts): boolean {
  const symbolic = (t: TensorRecord | null) => t?.shape?.some((d) => typeof d === 'string') ?? false
  return inputs.some(symbolic) || outputs.some(symbolic)
}

/** What a step costs, after it less before it. */
export function costOfChange({ before, after }: CostChange, sizes: Sizes): CostSum {
  const running = new Running()
  for (const facts of before) running.add(layerCost(facts, sizes), -1)
  for (const facts of after) running.add(layerCost(facts, sizes), 1)
  return running.sum()
}

import type { Amount } from './arithmetic'
import type { LayerFacts } from './facts'
import { flopsOf } from './flops'
import { Measure } from './sizes'
import type { Sizes } from './sizes'
import { isMetadata, trafficOf } from './traffic'

/** What is counted. `launches`: kernels; `flops`: operations; the others in bytes that are moved. */
export const AMOUNTS = ['launches', 'flops', 'activations', 'weights'] as const
export type AmountName = (typeof AMOUNTS)[number]

/** What one layer costs in one run; null for what cannot be known. */
export type LayerCost = Readonly<Record<AmountName, Amount>> & {
  readonly launches: number
  /** Names of sizes that would tell more. */
  readonly missing: readonly string[]
}

/** One kernel for each layer that does more than look at the same bytes in another way. */
export function layerCost(facts: LayerFacts, sizes: Sizes): LayerCost {
  const measure = new Measure(sizes)
  const free = isMetadata(facts)
  const flops = free ? 0 : flopsOf(facts, measure)
  const { activations, weights } = trafficOf(facts, measure)
  return { launches: free ? 0 : 1, flops, activations, weights, missing: measure.missing }
}

import type { Amount } from './arithmetic'
import { AMOUNTS } from './layer-cost'
import type { AmountName, LayerCost } from './layer-cost'

/** One amount over many layers. */
export interface Part {
  /** Of the layers that it is known of. */
  readonly known: number
  /** How many layers it is not known of. */
  readonly unknown: number
}

/** What several layers cost, or how much more one state costs than another. Plain values. */
export type CostSum = Readonly<Record<AmountName, Part>>

/** Everything that can be shown of a cost. `bytes` are activations and weights, `intensity` is FLOPs per byte. */
export const METRICS = [...AMOUNTS, 'bytes', 'intensity'] as const
export type Metric = (typeof METRICS)[number]

const ZERO: Part = { known: 0, unknown: 0 }
export const noCost: CostSum = { launches: ZERO, flops: ZERO, activations: ZERO, weights: ZERO }

const mapped = (of: (name: AmountName) => Part): CostSum => ({
  launches: of('launches'),
  flops: of('flops'),
  activations: of('activations'),
  weights: of('weights'),
})

/** Adds layers up, and takes them away again. Exact up to 2^53. */
export class Running {
  private readonly known: number[]
  private readonly unknown: number[]

  constructor(from: CostSum = noCost) {
    this.known = AMOUNTS.map((name) => from[name].known)
    this.unknown = AMOUNTS.map((name) => from[name].unknown)
  }

  add(cost: LayerCost, by: 1 | -1): void {
    AMOUNTS.forEach((name, i) => {
      const amount = cost[name]
      if (amount === null) this.unknown[i]! += by
      else this.known[i]! += by * amount
    })
  }

  sum(): CostSum {
    return mapped((name) => {
      const i = AMOUNTS.indexOf(name)
      return { known: this.known[i]!, unknown: this.unknown[i]! }
    })
  }
}

/** @param by -1 for `a` less `b` */
export function addCosts(a: CostSum, b: CostSum, by: 1 | -1 = 1): CostSum {
  return mapped((name) => ({
    known: a[name].known + by * b[name].known,
    unknown: a[name].unknown + by * b[name].unknown,
  }))
}

/** One metric of a sum: of the layers that it is known of, and how many it is not known of. */
export function partOf(sum: CostSum, metric: Metric): Part {
  if (metric === 'bytes') return joined(sum.activations, sum.weights)
  if (metric !== 'intensity') return sum[metric]
  const bytes = joined(sum.activations, sum.weights)
  return { known: bytes.known === 0 ? 0 : sum.flops.known / bytes.known, unknown: bytes.unknown + sum.flops.unknown }
}

function joined(a: Part, b: Part): Part {
  return { known: a.known + b.known, unknown: a.unknown + b.unknown }
}

/** One metric of a sum; null where it is not known of every layer. */
export function amountOf(sum: CostSum, metric: Metric): Amount {
  const { known, unknown } = partOf(sum, metric)
  return unknown === 0 ? known : null
}

/** One metric of one layer; null where it is not known. A layer that moves no bytes has no intensity. */
export function layerAmount(cost: LayerCost, metric: Metric): Amount {
  if (metric !== 'bytes' && metric !== 'intensity') return cost[metric]
  if (cost.activations === null || cost.weights === null) return null
  const bytes = cost.activations + cost.weights
  if (metric === 'bytes') return bytes
  return cost.flops === null || bytes === 0 ? null : cost.flops / bytes
}

/** `counted` as JSON for machines: null for what is not known of every layer. */
export function plainCost(sum: CostSum): Readonly<Record<Metric, Amount>> {
  return Object.fromEntries(METRICS.map((m) => [m, amountOf(sum, m)])) as Record<Metric, Amount>
}

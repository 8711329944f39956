/** What the network costs and how that is shown. */
import type { CostSum, Metric, Sizes } from '../../cost'
import type { HeatChoice } from '../view/heat'

export interface CostSlice {
  /** What one run of the network costs as it is now; null until its layers are counted. */
  readonly cost: CostSum | null
  /** Symbolic sizes that a person gave; what is not said is assumed or unknown. */
  readonly sizes: Sizes
  /** What nodes are tinted by. */
  readonly heat: HeatChoice | null
  /** What the chart over the steps shows; null for no chart. */
  readonly chart: Metric | null
}

/** What a network that is opened now begins with. */
export const freshCost: Omit<CostSlice, 'chart'> = {
  cost: null,
  sizes: {} as Sizes,
  heat: null,
}

export const initialCost: CostSlice = {
  ...freshCost,
  chart: 'launches',
}

/** What layers cost. Reading order: README.md. */
export type { Amount } from './arithmetic'
export { CostBook, costOfChange } from './cost-book'
export type { CostChange } from './cost-book'
export type { AmountName, LayerCost } from './layer-cost'
export { assumedSize } from './sizes'
export type { Sizes } from './sizes'
export { addCosts, amountOf, layerAmount, METRICS, noCost, partOf, plainCost } from './sum'
export type { CostSum, Metric, Part } from './sum'

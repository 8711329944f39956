/** Costs as a person reads them. */
import { METRICS, partOf } from '../../cost'
import type { CostSum, Metric } from '../../cost'

export { METRICS }

/** What each metric is called. */
export const METRIC_NAMES: Readonly<Record<Metric, string>> = {
  launches: 'Kernel launches',
  flops: 'FLOPs',
  activations: 'Activations moved',
  weights: 'Weights moved',
  bytes: 'Bytes moved',
  intensity: 'FLOPs per byte',
}

/** The same where there is little room, beside the names of categories. */
export const SHORT_NAMES: Readonly<Record<Metric, string>> = {
  launches: 'launches',
  flops: 'FLOPs',
  activations: 'activations',
  weights: 'weights',
  bytes: 'bytes',
  intensity: 'FLOPs/byte',
}

const STEPS = ['', 'k', 'M', 'G', 'T', 'P', 'E']

/** A number of a metric with its unit, three digits of it: `20.3 MFLOP`, `5.47 MB`, `395`, `2.58`. */
export function amountText(metric: Metric, value: number): string {
  if (metric === 'launches') return value.toLocaleString('en')
  if (metric === 'intensity') return value.toPrecision(3)
  const unit = metric === 'flops' ? 'FLOP' : 'B'
  const size = Math.abs(value)
  // Rounded first, so that 999,999 is 1.00 M and not 1000 k.
  const rounded = size < 1000 ? size : Number(size.toPrecision(3))
  const power = rounded < 1000 ? 0 : Math.min(STEPS.length - 1, Math.floor(Math.log10(rounded) / 3))
  const scaled = value / 1000 ** power
  return `${power === 0 ? scaled : scaled.toPrecision(3)} ${STEPS[power]!}${unit}`
}

/** A metric of a sum: `≥` before what is only part of it, `?` for what cannot be said at all. */
export function sumText(sum: CostSum, metric: Metric): string {
  const { known, unknown } = partOf(sum, metric)
  if (unknown === 0) return amountText(metric, known)
  return metric === 'intensity' ? '?' : `≥ ${amountText(metric, known)}`
}

/** What a step changes: `−12 launches`, `+1.2 kB`; empty where it changes nothing. */
export function deltaText(cost: CostSum, metric: Metric): string {
  if (metric === 'intensity') return ''
  const { known, unknown } = partOf(cost, metric)
  if (unknown !== 0) return '?'
  if (known === 0) return ''
  const unit = metric === 'launches' ? (Math.abs(known) === 1 ? ' launch' : ' launches') : ''
  return `${known > 0 ? '+' : '−'}${amountText(metric, Math.abs(known))}${unit}`
}

/** All that a step changes, in one line. */
export function stepCostText(cost: CostSum): string {
  const parts = (['launches', 'flops', 'activations', 'weights'] as const).flatMap((metric) => {
    const text = deltaText(cost, metric)
    return text === '' ? [] : [metric === 'launches' ? text : `${text} ${metric === 'flops' ? '' : metric}`.trim()]
  })
  return parts.length > 0 ? parts.join(', ') : 'costs the same'
}

/** What the network costs at every point of the line that the timeline shows. */
import { addCosts, partOf } from '../../cost'
import type { CostSum, Metric } from '../../cost'
import type { Timeline } from '../protocol/timeline'

/**
 * @param now what it costs where the cursor stands; null while that is not known
 * @returns what it costs as it came, and behind each step
 */
export function costLine({ steps, cursor }: Pick<Timeline, 'steps' | 'cursor'>, now: CostSum | null): CostSum[] {
  if (!now) return []
  const at = steps.findIndex((s) => s.node === cursor) + 1
  let sum = now
  for (const { cost } of steps.slice(0, at)) sum = addCosts(sum, cost, -1)
  const line = [sum]
  for (const { cost } of steps) line.push((sum = addCosts(sum, cost)))
  return line
}

/** Points of a chart in a box of 1 by 1, the highest value at the top and 0 at the bottom. */
export function chartPoints(line: readonly CostSum[], metric: Metric): readonly (readonly [x: number, y: number])[] {
  const values = line.map((sum) => partOf(sum, metric).known)
  const top = Math.max(...values, Number.MIN_VALUE)
  return values.map((v, i) => [line.length === 1 ? 0 : i / (line.length - 1), v / top])
}

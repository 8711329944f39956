/** How hot each node of the picture is by a metric or by what an analyzer says: the tints and the legend. */
import { partOf, Running } from '../../cost'
import type { CostBook, Metric } from '../../cost'
import type { LayerId, Network, TensorId } from '../../engine'
import type { Scene } from '../../layout'
import { numberText } from '../text/value-text'
import { amountText } from '../text/cost-text'
import type { MatchInfo } from '../protocol/match-info'
import { timeText } from './engine-view'

/** What nodes are tinted by: a metric, the values of the chosen pattern where that analyzes, how far numbers of two points part, or the times of an engine. */
export type HeatChoice = Metric | 'analyzer' | 'difference' | 'engine'

/** Tints of the scale, from the least to the most: `--heat-1` to `--heat-7`. */
export const LEVELS = 7

export interface HeatMark {
  /** 1 to `LEVELS`; 0 for nothing at all, which has no tint. */
  readonly level: number
  readonly text: string
}

export interface HeatMap {
  /** By node; a closed group has the sum of what is in it. */
  readonly marks: ReadonlyMap<string, HeatMark>
  /** Of what has a tint; empty where nothing has. */
  readonly least: string
  readonly most: string
  /** Each tint is so many times the one before, and not so much more. */
  readonly logarithmic: boolean
  /** Nodes of which some layer is not known. */
  readonly unknown: number
}

type Value = readonly [value: number, complete: boolean]

/** Tints by a metric. */
export function heatOf(scene: Scene, costs: CostBook, metric: Metric): HeatMap {
  const sums = new Map<number, Running>()
  for (const [layer, cost] of costs.costs()) {
    const index = scene.anchors[layer] ?? -1
    if (index < 0) continue
    const running = sums.get(index) ?? new Running()
    running.add(cost, 1)
    sums.set(index, running)
  }
  const values = new Map<number, Value>()
  for (const [index, running] of sums) {
    const { known, unknown } = partOf(running.sum(), metric)
    values.set(index, [known, unknown === 0])
  }
  return mapOf(scene, values, metric !== 'launches' && metric !== 'intensity', (v) => amountText(metric, v))
}

/** What an analyzer says of a layer. */
export const valueText = (value: number): string => String(Math.round(value * 1000) / 1000)

/** Tints by what an analyzer says of layers. */
export function heatOfMatches(scene: Scene, matches: readonly MatchInfo[]): HeatMap {
  const values = new Map<number, Value>()
  for (const { root, value } of matches) {
    const index = scene.anchors[root] ?? -1
    if (index >= 0 && value !== undefined) values.set(index, [(values.get(index)?.[0] ?? 0) + value, true])
  }
  return mapOf(scene, values, false, valueText)
}

/** Tints by how far what layers gave is from what stands for it at another point; a closed group has the largest. */
export function heatOfDifferences(
  scene: Scene,
  network: Network,
  differences: ReadonlyMap<TensorId, { readonly maxAbsolute: number }>,
): HeatMap {
  const values = new Map<number, Value>()
  for (const [tensor, { maxAbsolute }] of differences) {
    const index = scene.anchors[network.getTensor(tensor)?.parent?.id ?? -1] ?? -1
    if (index < 0) continue
    const known = Number.isFinite(maxAbsolute)
    const [most, complete] = values.get(index) ?? [0, true]
    values.set(index, [Math.max(most, known ? maxAbsolute : 0), complete && known])
  }
  return mapOf(scene, values, true, numberText)
}

/** Tints by the times that an engine takes; a kernel of several layers is shared out among them. */
export function heatOfTimes(scene: Scene, times: ReadonlyMap<LayerId, number>): HeatMap {
  const values = new Map<number, Value>()
  for (const [layer, time] of times) {
    const index = scene.anchors[layer] ?? -1
    if (index >= 0) values.set(index, [(values.get(index)?.[0] ?? 0) + time, true])
  }
  return mapOf(scene, values, true, timeText)
}

function mapOf(
  scene: Scene,
  values: ReadonlyMap<number, Value>,
  logarithmic: boolean,
  text: (value: number) => string,
): HeatMap {
  const shown = [...values.values()].flatMap(([v]) => (v > 0 ? [v] : []))
  const [least, most] = [Math.min(...shown), Math.max(...shown)]
  const scaled = logarithmic ? Math.log : (v: number) => v
  const [low, high] = [logarithmic ? scaled(least) : Math.min(0, least), scaled(most)]
  const levelOf = (v: number): number =>
    v <= 0 ? 0 : high === low ? LEVELS : Math.min(LEVELS, 1 + Math.floor(((scaled(v) - low) / (high - low)) * LEVELS))
  const marks = new Map<string, HeatMark>()
  let unknown = 0
  for (const [index, [value, complete]] of values) {
    if (!complete) unknown++
    const words = complete ? text(value) : value > 0 ? `≥ ${text(value)}` : '?'
    marks.set(scene.nodes[index]!.key, { level: levelOf(value), text: words })
  }
  const some = shown.length > 0
  return { marks, least: some ? text(least) : '', most: some ? text(most) : '', logarithmic, unknown }
}

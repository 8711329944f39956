/** What the network costs: its symbolic sizes, the tint of nodes, the chart over the steps. */
import { METRICS } from '../../../cost'
import type { Metric } from '../../../cost'
import type { Editor } from '../../editor'
import { METRIC_NAMES } from '../../text/cost-text'
import type { HeatChoice } from '../../view/heat'
import type { EditorState } from '../../state/store'
import { command, withModel } from '../command'
import type { Command } from '../command'
import { choosePattern } from '../match/patterns'

/** Says what a symbolic size is in numbers; null takes it back to what is assumed. */
export async function setSize(editor: Editor, name: string, size: number | null): Promise<void> {
  const { [name]: _old, ...others } = editor.state.sizes
  const sizes = size === null ? others : { ...others, [name]: size }
  editor.set({ sizes })
  await editor.inTurn(async (session, live) => {
    if (editor.state.sizes !== sizes) return
    const moved = await live(session.engine.call('sizes', { said: sizes }))
    session.costs.setSizes(sizes)
    editor.set({ timeline: session.timelines.read(moved.timeline), cost: session.cost })
    editor.say(size === null ? `${name} is assumed` : `${name} is ${size}`)
  })
}

/** Every choice of what nodes are tinted by: nothing, a metric, an analyzer. */
export interface HeatOption {
  readonly value: string
  readonly name: string
}

const ANALYZER = 'analyzer: '
const DIFFERENCE = 'difference'
const ENGINE = 'engine'
const ENGINE_NAME = 'Time in the engine'
const DIFFERENCE_NAME = 'Difference between two points'

/** The options there are; that of differences once two points of the history have been run, that of times where an engine is laid over that tells them. */
export function heatOptions({ patterns, run, engine }: Pick<EditorState, 'patterns' | 'run' | 'engine'>): HeatOption[] {
  const analyzers = patterns.filter((p) => p.type === 'analyzer')
  return [
    ...METRICS.map((m) => ({ value: m, name: METRIC_NAMES[m] })),
    ...analyzers.map(({ label }) => ({ value: ANALYZER + label, name: label })),
    ...(run.differences ? [{ value: DIFFERENCE, name: DIFFERENCE_NAME }] : []),
    ...(engine?.timed ? [{ value: ENGINE, name: ENGINE_NAME }] : []),
  ]
}

/** The option that is chosen; '' for none. */
export function heatOption({ heat, chosen }: Pick<EditorState, 'heat' | 'chosen'>): string {
  return heat === 'analyzer' ? ANALYZER + (chosen ?? '') : (heat ?? '')
}

export async function chooseHeat(editor: Editor, option: string): Promise<void> {
  if (option.startsWith(ANALYZER)) {
    const label = option.slice(ANALYZER.length)
    if (editor.state.chosen !== label) await choosePattern(editor, label)
    if (editor.state.chosen === label) setHeat(editor, 'analyzer')
  } else if (option === DIFFERENCE || option === ENGINE) setHeat(editor, option)
  else setHeat(editor, METRICS.find((m) => m === option) ?? null)
}

function setHeat(editor: Editor, heat: HeatChoice | null): void {
  editor.set({ heat })
  const name =
    heat === DIFFERENCE
      ? DIFFERENCE_NAME
      : heat === ENGINE
        ? ENGINE_NAME
        : heat === null || heat === 'analyzer'
          ? heat
          : METRIC_NAMES[heat]
  editor.say(name === null ? 'No heat map' : `Heat map: ${name}`)
}

function nextHeat(editor: Editor): void {
  const { heat } = editor.state
  const next =
    heat === 'analyzer' || heat === DIFFERENCE || heat === ENGINE
      ? null
      : METRICS[heat === null ? 0 : METRICS.indexOf(heat) + 1]
  setHeat(editor, next ?? null)
}

export function setChart(editor: Editor, chart: Metric | null): void {
  editor.set({ chart })
}

function nextChart(editor: Editor): void {
  const { chart } = editor.state
  const next = METRICS[chart === null ? 0 : METRICS.indexOf(chart) + 1] ?? null
  setChart(editor, next)
  editor.say(next === null ? 'No chart' : `Chart: ${METRIC_NAMES[next]}`)
}

export const costCommands: readonly Command[] = [
  command('View', 'heat', 'Heat map by the next metric, or none', ['h'], withModel, nextHeat),
  command('Steps', 'chart', 'Chart of the next metric, or none', ['Shift+H'], withModel, nextChart),
]

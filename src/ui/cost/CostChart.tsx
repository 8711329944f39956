import type { KeyboardEvent, MouseEvent } from 'react'
import { useMemo } from 'react'
import { chartPoints, costCommands, METRIC_NAMES, METRICS, stepCommands as moves, sumText } from '../../editor'
import { useEditor, useEditorState } from '../editor-context'
import { useCostLine } from './use-cost-line'

const [WIDTH, HEIGHT] = [1000, 32]

/** One metric over the steps of the line, with a mark at where the network stands. A click goes to the step. */
export function CostChart() {
  const editor = useEditor()
  const chart = useEditorState((s) => s.chart)
  const { line, at, steps } = useCostLine()
  const points = useMemo(() => (chart ? chartPoints(line, chart) : []), [line, chart])
  if (steps.length === 0 || line.length === 0 || !chart) return null
  const name = METRIC_NAMES[chart]
  const [first, now] = [sumText(line[0]!, chart), sumText(line[at]!, chart)]
  const go = (index: number) => void moves.seek(editor, steps[index - 1]?.node ?? 0)
  const onClick = (event: MouseEvent) => {
    const box = event.currentTarget.getBoundingClientRect()
    const share = Math.min(1, Math.max(0, (event.clientX - box.left) / box.width))
    go(Math.round(share * steps.length))
  }
  const onKeyDown = (event: KeyboardEvent) => {
    const to = {
      ArrowLeft: at - 1,
      ArrowDown: at - 1,
      ArrowRight: at + 1,
      ArrowUp: at + 1,
      Home: 0,
      End: steps.length,
    }[event.key]
    if (to === undefined) return
    event.preventDefault()
    event.stopPropagation()
    if (to >= 0 && to <= steps.length && to !== at) go(to)
  }
  const y = (value: number) => HEIGHT - 2 - value * (HEIGHT - 5)
  // A cost holds until the next step changes it.
  const path = points.map(([x, v], i) => (i === 0 ? `M0 ${y(v)}` : `H${x * WIDTH}V${y(v)}`)).join('')
  const [x, value] = points[at]!
  return (
    <div className="cost-chart">
      <select
        aria-label="Metric of the chart"
        value={chart}
        onChange={({ target }) => costCommands.setChart(editor, METRICS.find((m) => m === target.value) ?? null)}
      >
        {METRICS.map((m) => (
          <option key={m} value={m}>
            {METRIC_NAMES[m]}
          </option>
        ))}
        <option value="">No chart</option>
      </select>
      <div
        className="chart"
        role="slider"
        tabIndex={0}
        aria-label={`${name} over the steps`}
        aria-valuemin={0}
        aria-valuemax={steps.length}
        aria-valuenow={at}
        aria-valuetext={`step ${at} of ${steps.length}: ${now}, ${first} originally`}
        onClick={onClick}
        onKeyDown={onKeyDown}
      >
        <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" aria-hidden="true">
          <path className="area" d={`${path}V${HEIGHT}H0Z`} />
          <path className="line" d={path} vectorEffect="non-scaling-stroke" />
        </svg>
        <span className="cursor" style={{ left: `${x * 100}%` }} />
        <span className="dot" style={{ left: `${x * 100}%`, top: `${(y(value) / HEIGHT) * 100}%` }} />
      </div>
      <output className="chart-now">{now}</output>
    </div>
  )
}

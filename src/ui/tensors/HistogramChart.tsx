import { numberText } from '../../editor'
import type { Histogram } from '../../editor'

const [WIDTH, HEIGHT] = [240, 72]

/** How the finite elements are spread over their range. */
export function HistogramChart({ histogram }: { readonly histogram: Histogram }) {
  const { counts, from, to } = histogram
  const most = Math.max(1, ...counts)
  const bar = WIDTH / counts.length
  const peak = counts.indexOf(most)
  const step = (to - from) / counts.length
  const spoken = `Histogram from ${numberText(from)} to ${numberText(to)}, most elements around ${numberText(from + (peak + 0.5) * step)}`
  return (
    <figure className="histogram">
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={spoken}>
        {counts.map((count, i) => {
          const height = count === 0 ? 0 : Math.max(1, (count / most) * HEIGHT)
          return (
            <rect key={i} x={i * bar} y={HEIGHT - height} width={Math.max(0.5, bar - 1)} height={height}>
              <title>
                {numberText(from + i * step)} to {numberText(from + (i + 1) * step)}: {count.toLocaleString('en')}
              </title>
            </rect>
          )
        })}
      </svg>
      <figcaption>
        <span>{numberText(from)}</span>
        <span>{numberText(to)}</span>
      </figcaption>
    </figure>
  )
}

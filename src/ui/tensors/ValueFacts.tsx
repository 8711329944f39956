import { amountText, numberText, typeText, valueCommands } from '../../editor'
import type { ShownValue, Statistics } from '../../editor'
import { useEditor } from '../editor-context'
import { HistogramChart } from './HistogramChart'

/** What the elements are like, as far as they have been read. */
export function ValueFacts({ value }: { readonly value: ShownValue }) {
  const editor = useEditor()
  const { head, statistics, histogram, fraction, problem } = value
  if (!head) return null
  const size = head.bytes === null ? [] : [['size', amountText('bytes', head.bytes)] as const]
  const rows = [['type', typeText(head.dtype, head.shape)] as const, ...size, ...(statistics ? told(statistics) : [])]
  return (
    <section className="value-facts" aria-label="Statistics">
      <dl className="facts">
        {rows.map(([name, text]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd className="mono">{text}</dd>
          </div>
        ))}
      </dl>
      {fraction !== null && (
        <div className="row">
          <progress value={fraction} aria-label="Reading the elements" />
          <button type="button" className="button small" onClick={() => valueCommands.stopReading(editor)}>
            Stop
          </button>
        </div>
      )}
      {histogram && <HistogramChart histogram={histogram} />}
      {head.strings === null && problem === null && (
        <button type="button" className="button" onClick={() => void valueCommands.saveNpy(editor, value)}>
          Save as .npy
        </button>
      )}
    </section>
  )
}

function told(s: Statistics): (readonly [string, string])[] {
  const number = (x: number | null): string => (x === null ? 'none' : numberText(x))
  const share = s.count === 0 ? 0 : s.zeros / s.count
  const zeros = s.zeros.toLocaleString('en') + (share > 0.0005 ? ` (${(100 * share).toFixed(1)} %)` : '')
  const odd = [
    s.nans > 0 && `${s.nans.toLocaleString('en')} NaN`,
    s.infinities > 0 && `${s.infinities.toLocaleString('en')} ∞`,
    s.negativeInfinities > 0 && `${s.negativeInfinities.toLocaleString('en')} −∞`,
  ].filter((t) => t !== false)
  return [
    ['elements', s.count.toLocaleString('en')],
    ['minimum', number(s.min)],
    ['maximum', number(s.max)],
    ['mean', number(s.mean)],
    ['standard deviation', number(s.deviation)],
    ['zeros', zeros],
    ['not finite', odd.length > 0 ? odd.join(', ') : 'none'],
  ]
}

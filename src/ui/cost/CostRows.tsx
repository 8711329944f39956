import { METRICS, SHORT_NAMES, sumText } from '../../editor'
import { useEditorState } from '../editor-context'
import { useCostLine } from './use-cost-line'

/** What one run cost as the network came, and what it costs now. */
export function CostRows() {
  const { line, at } = useCostLine()
  const open = useEditorState((s) => s.model !== null)
  const [before, now] = [line[0], line[at]]
  if (!open || !before || !now) return null
  return (
    <tbody className="cost-rows">
      {METRICS.filter((m) => m !== 'bytes').map((metric) => {
        // The name of the row says what is counted.
        const [old, next] = [before, now].map((sum) => sumText(sum, metric).replace('FLOP', ''))
        return (
          <tr key={metric} className={old === next ? 'same' : ''}>
            <th scope="row">{SHORT_NAMES[metric]}</th>
            <td>{old}</td>
            <td>
              <span aria-hidden="true">→ </span>
              {next}
            </td>
          </tr>
        )
      })}
    </tbody>
  )
}

import { costCommands, LEVELS } from '../../editor'
import type { HeatMap } from '../../editor'
import { useEditor, useEditorState } from '../editor-context'

/** What nodes are tinted by, and what the tints mean. */
export function HeatTools({ heat }: { readonly heat: HeatMap | null }) {
  const editor = useEditor()
  const patterns = useEditorState((s) => s.patterns)
  const run = useEditorState((s) => s.run)
  const engine = useEditorState((s) => s.engine)
  const option = useEditorState(costCommands.heatOption)
  return (
    <>
      <select
        className="heat-select"
        aria-label="Heat map"
        title="Tint layers by what they cost (H)"
        value={option}
        onChange={({ target }) => void costCommands.chooseHeat(editor, target.value)}
      >
        <option value="">No heat map</option>
        {costCommands.heatOptions({ patterns, run, engine }).map(({ value, name }) => (
          <option key={value} value={value}>
            {name}
          </option>
        ))}
      </select>
      {heat && (
        <div className="heat-legend" role="img" aria-label={spoken(heat)}>
          {heat.most === '' ? (
            <span>no values</span>
          ) : (
            <>
              <span>{heat.least}</span>
              {Array.from({ length: LEVELS }, (_, i) => (
                <i key={i} style={{ background: `var(--heat-${i + 1})` }} />
              ))}
              <span>
                {heat.most}
                {heat.logarithmic && <span className="dim"> log</span>}
              </span>
              {heat.unknown > 0 && <span className="dim">{heat.unknown} unknown</span>}
            </>
          )}
        </div>
      )}
    </>
  )
}

function spoken({ least, most, logarithmic, unknown }: HeatMap): string {
  if (most === '') return 'Legend: no layer has a value'
  const scale = logarithmic ? ' on a logarithmic scale' : ''
  return `Legend: from ${least} to ${most}${scale}${unknown > 0 ? `, ${unknown} unknown` : ''}`
}

import { useEditorState } from '../editor-context'

/** How far a film is, with a way out. */
export function FilmProgress() {
  const filming = useEditorState((s) => s.filming)
  if (!filming) return null
  const percent = Math.round(filming.fraction * 100)
  return (
    <div className="opening small">
      <div className="opening-card">
        <div className="row">
          <strong>Film</strong>
          <span className="dim">{filming.stage}</span>
        </div>
        <div
          className="bar"
          role="progressbar"
          aria-label="Making the film"
          aria-valuenow={percent}
          aria-valuemin={0}
          aria-valuemax={100}
        >
          <i style={{ '--done': `${percent}%` }} />
        </div>
        <button type="button" className="button" onClick={filming.cancel}>
          Cancel
        </button>
      </div>
    </div>
  )
}

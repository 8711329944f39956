import { useEditor, useEditorState } from '../editor-context'

/** How far the import is, with a way out. */
export function OpeningProgress() {
  const editor = useEditor()
  const opening = useEditorState((s) => s.opening)
  const hasModel = useEditorState((s) => s.model !== null)
  if (!opening) return null
  const percent = Math.round(opening.fraction * 100)
  return (
    <div className={hasModel ? 'opening small' : 'opening'}>
      <div className="opening-card">
        <div className="row">
          <strong>{opening.name}</strong>
          <span className="dim">{opening.stage}</span>
        </div>
        <div
          className="bar"
          role="progressbar"
          aria-label={`Opening ${opening.name}`}
          aria-valuenow={percent}
          aria-valuemin={0}
          aria-valuemax={100}
        >
          <i style={{ '--done': `${percent}%` }} />
        </div>
        <button type="button" className="button" onClick={() => editor.cancelOpening?.()}>
          Cancel
        </button>
      </div>
    </div>
  )
}

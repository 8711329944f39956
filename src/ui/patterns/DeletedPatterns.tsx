import { deletedAmong, ruleCommands } from '../../editor'
import { useEditor, useEditorState } from '../editor-context'
import { timeText } from '../widgets/time-text'

/** Patterns of one's own that were deleted, and the way to have them back. */
export function DeletedPatterns() {
  const editor = useEditor()
  const versions = useEditorState((s) => s.versions)
  const rules = useEditorState((s) => s.rules)
  const deleted = deletedAmong(versions, rules)
  if (deleted.length === 0) return null
  return (
    <details className="kept-texts">
      <summary>{deleted.length === 1 ? '1 deleted pattern' : `${deleted.length} deleted patterns`}</summary>
      <ul>
        {deleted.map(({ label, time }) => (
          <li key={label}>
            {label} <span className="dim">{timeText(time, Date.now())}</span>
            <button
              type="button"
              className="link"
              aria-label={`Bring back ${label}`}
              onClick={() => void ruleCommands.bringBackRule(editor, label)}
            >
              Bring back
            </button>
          </li>
        ))}
      </ul>
    </details>
  )
}

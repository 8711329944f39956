import { draftCommands } from '../../../editor'
import { useEditor, useEditorState } from '../../editor-context'
import { timeText } from '../../widgets/time-text'

/** What else was written and not saved: opened in place of what stands here, or thrown away. */
export function OtherDrafts() {
  const editor = useEditor()
  const others = useEditorState((s) => s.otherDrafts)
  if (others.length === 0) return null
  return (
    <details className="kept-texts">
      <summary>{others.length === 1 ? '1 other draft' : `${others.length} other drafts`}</summary>
      <ul>
        {others.map(({ id, name, time }) => (
          <li key={id}>
            <button type="button" className="link" onClick={() => void draftCommands.openOther(editor, id)}>
              {name}
            </button>
            {time > 0 && <span className="dim">{timeText(time, Date.now())}</span>}
            <button
              type="button"
              className="link"
              aria-label={`Throw the draft ${name} away`}
              onClick={() => void draftCommands.dropOther(editor, id)}
            >
              Throw away
            </button>
          </li>
        ))}
      </ul>
    </details>
  )
}

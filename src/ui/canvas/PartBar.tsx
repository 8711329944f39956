import { showOnlyCommands, shownPart } from '../../editor'
import { useEditor, useEditorState } from '../editor-context'

/** Says that some layers only are shown, and leads back to all. */
export function PartBar() {
  const editor = useEditor()
  const part = useEditorState(shownPart)
  if (!part) return null
  const count = part.layers.size
  return (
    <div className="part-bar" role="status">
      <span>
        {count.toLocaleString('en')} of {(editor.session?.census.layers ?? 0).toLocaleString('en')} layers shown
      </span>
      <button type="button" className="button small" onClick={() => void showOnlyCommands.showAll(editor)}>
        Show all
      </button>
    </div>
  )
}

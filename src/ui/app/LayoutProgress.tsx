import { groupCommands } from '../../editor'
import { useEditor, useEditorState } from '../editor-context'

/** A layout that takes a while, with a way out. The style sheet shows it late, so that a quick one does not flash. */
export function LayoutProgress() {
  const editor = useEditor()
  const arranging = useEditorState((s) => s.arranging && s.opening === null)
  if (!arranging) return null
  return (
    <div className="opening small late">
      <div className="opening-card row" role="status">
        <span>Laying out…</span>
        <button type="button" className="button" title="Stop (X)" onClick={() => groupCommands.stopLayout(editor)}>
          Stop
        </button>
      </div>
    </div>
  )
}

import { Octagon, X } from 'lucide-react'
import { breakpointCommands, playCommands } from '../../editor'
import { useEditor, useEditorState } from '../editor-context'
import { IconButton } from '../widgets/IconButton'

/** Where a run stopped and why, or how far the one is that is being worked out. */
export function StopLine() {
  const editor = useEditor()
  const stop = useEditorState((s) => s.stop)
  const planning = useEditorState((s) => s.planning)
  const planned = useEditorState((s) => s.planned)
  if (planning)
    return (
      <div className="stop-line">
        <span>Working it out: {planned === 1 ? '1 rewrite' : `${planned} rewrites`}</span>
        <button type="button" className="button small" title="X" onClick={() => playCommands.stop(editor)}>
          Stop
        </button>
      </div>
    )
  if (!stop) return null
  return (
    <div className="stop-line stopped">
      <Octagon size={14} aria-hidden="true" />
      <span>{breakpointCommands.stopText(stop)}</span>
      <button type="button" className="button small" title="Space" onClick={() => void playCommands.play(editor)}>
        Continue
      </button>
      <IconButton label="Dismiss" keys="Esc" icon={X} onClick={() => editor.set({ stop: null })} />
    </div>
  )
}

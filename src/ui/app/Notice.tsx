import { X } from 'lucide-react'
import { useEditor, useEditorState } from '../editor-context'
import { IconButton } from '../widgets/IconButton'

/** What went wrong, over the canvas; the network on the screen stays as it was. */
export function Notice() {
  const editor = useEditor()
  const notice = useEditorState((s) => s.notice)
  if (!notice) return null
  return (
    <div className="notice" role="alert">
      <div>
        <strong>{notice.title}</strong>
        <p>{notice.detail}</p>
      </div>
      <IconButton label="Dismiss" keys="Esc" icon={X} onClick={() => editor.set({ notice: null })} />
    </div>
  )
}

import { ChevronLeft, ChevronRight, X } from 'lucide-react'
import { substepCommands } from '../../editor'
import { useEditor, useEditorState } from '../editor-context'
import { IconButton } from '../widgets/IconButton'

/** What happens at this moment of the step that is walked through. */
export function SubstepBar() {
  const editor = useEditor()
  const inside = useEditorState((s) => s.inside)
  const moment = inside?.moments[inside.at]
  if (!inside || !moment) return null
  return (
    <div className="stop-line inside" role="group" aria-label="Inside the step">
      <IconButton
        label="Back inside the step"
        keys="Shift S"
        icon={ChevronLeft}
        onClick={() => void substepCommands.stepInsideBack(editor)}
      />
      <span>{moment.text}</span>
      <IconButton
        label="On inside the step"
        keys="S"
        icon={ChevronRight}
        onClick={() => void substepCommands.stepInto(editor)}
      />
      <IconButton label="Out of the step" keys="Esc" icon={X} onClick={() => substepCommands.leave(editor)} />
    </div>
  )
}

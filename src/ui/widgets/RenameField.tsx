import { useState } from 'react'
import { historyCommands } from '../../editor'
import { useEditor } from '../editor-context'

interface Props {
  /** What gets the name, in words. */
  readonly what: string
  readonly value: string
}

/** Takes a name: Enter or leaving keeps it, Escape does not. */
export function RenameField({ what, value }: Props) {
  const editor = useEditor()
  const [text, setText] = useState(value)
  return (
    <input
      className="rename"
      value={text}
      maxLength={80}
      placeholder="A name; empty for none"
      aria-label={`Name of ${what}`}
      ref={(element) => {
        if (element && document.activeElement !== element) element.focus()
      }}
      onChange={(e) => setText(e.target.value)}
      onKeyDown={(e) => {
        if (e.key === 'Enter') void historyCommands.endNaming(editor, text)
        if (e.key === 'Escape') void historyCommands.endNaming(editor, null)
        if (e.key === 'Enter' || e.key === 'Escape') e.preventDefault()
      }}
      onBlur={() => void historyCommands.endNaming(editor, text)}
    />
  )
}

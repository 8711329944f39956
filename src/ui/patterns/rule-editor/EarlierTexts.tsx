import { useState } from 'react'
import { draftCommands, ownValue } from '../../../editor'
import type { Version } from '../../../editor'
import { useEditor, useEditorState } from '../../editor-context'
import { timeText } from '../../widgets/time-text'

const NONE: readonly Version[] = []

/** The texts that a pattern had before: looked at, and brought back into the editor, where that can be undone. */
export function EarlierTexts({ label }: { readonly label: string }) {
  const versions = useEditorState((s) => ownValue(s.versions, label) ?? NONE)
  if (versions.length === 0) return null
  return (
    <details className="kept-texts">
      <summary>{versions.length === 1 ? '1 earlier text' : `${versions.length} earlier texts`}</summary>
      <ul>
        {versions.map((version) => (
          <Earlier key={`${version.time} ${version.rule.text}`} version={version} />
        ))}
      </ul>
    </details>
  )
}

function Earlier({ version: { rule, time } }: { readonly version: Version }) {
  const editor = useEditor()
  const isHere = useEditorState((s) => s.draft?.text === rule.text)
  const [open, setOpen] = useState(false)
  const when = timeText(time, Date.now())
  return (
    <li>
      <button type="button" className="link" aria-expanded={open} onClick={() => setOpen(!open)}>
        Until {when}
      </button>
      <button
        type="button"
        className="link"
        disabled={isHere}
        aria-label={`Bring back the text until ${when}`}
        onClick={() => draftCommands.changeDraft(editor, { text: rule.text })}
      >
        Bring back
      </button>
      {open && <pre>{rule.text}</pre>}
    </li>
  )
}

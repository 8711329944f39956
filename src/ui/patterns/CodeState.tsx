import { codeCommands, ownValue, ruleCommands } from '../../editor'
import { useEditor, useEditorState } from '../editor-context'

/** Whether a file of code runs: what it did wrong, or that it waits for the person to agree, and the way to stop and to start it. */
export function CodeState({ label }: { readonly label: string }) {
  const editor = useEditor()
  const fault = useEditorState((s) => ownValue(s.codeFaults, label))
  const foreign = useEditorState((s) => s.rules.find((r) => r.label === label)?.agreed === false)
  const busy = useEditorState((s) => s.codeBusy.includes(label))
  if (busy)
    return (
      <button type="button" className="button small" onClick={() => codeCommands.stopCode(editor, label)}>
        Stop
      </button>
    )
  if (!foreign && !fault) return null
  const start = (): void => void ruleCommands.startAgain(editor, label)
  return (
    <p className="warning code-state">
      {foreign
        ? 'Its code came with a session or a file. It runs nothing until you let it: read it first.'
        : `Switched off: ${fault?.reason}${fault?.line ? ` (line ${fault.line})` : ''}`}{' '}
      <button type="button" className="link" onClick={start}>
        {foreign ? 'Let it run' : 'Start it again'}
      </button>
    </p>
  )
}

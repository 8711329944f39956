import { Dialog } from 'radix-ui'
import { useEffect } from 'react'
import { valueCommands } from '../../editor'
import { useEditor, useEditorState } from '../editor-context'
import { DialogFrame } from '../widgets/DialogFrame'
import { ValueFacts } from './ValueFacts'
import { ValueTable } from './ValueTable'

/** The elements of a tensor: what they are like, and the table of them. */
export function TensorDialog() {
  const editor = useEditor()
  const value = useEditorState((s) => s.value)
  const open = useEditorState((s) => s.dialog === 'tensor')
  useEffect(() => {
    if (!open) valueCommands.closeValue(editor)
  }, [editor, open])
  return (
    <DialogFrame name="tensor" title={value?.name ?? 'Tensor'} className="tensor-dialog">
      <Dialog.Description className="visually-hidden">Statistics and a table of its elements</Dialog.Description>
      {value && (
        <div className="tensor-body">
          <ValueFacts value={value} />
          {value.problem !== null && <p className="hint">This tensor cannot be shown: {value.problem}.</p>}
          {value.head?.strings && <Texts strings={value.head.strings} />}
          {value.head && value.problem === null && !value.head.strings && (
            <ValueTable key={JSON.stringify(value.of)} of={value.of} shape={value.head.shape} />
          )}
        </div>
      )}
    </DialogFrame>
  )
}

/** So many texts are listed. */
const LISTED = 500

function Texts({ strings }: { readonly strings: readonly string[] }) {
  return (
    <ol className="texts mono" start={0} tabIndex={0} aria-label="Elements">
      {strings.slice(0, LISTED).map((text, i) => (
        <li key={i}>{text === '' ? '""' : text}</li>
      ))}
      {strings.length > LISTED && <li>and {strings.length - LISTED} more</li>}
    </ol>
  )
}

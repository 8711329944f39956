import { X } from 'lucide-react'
import { Dialog } from 'radix-ui'
import type { ReactNode } from 'react'
import type { EditorState } from '../../editor'
import { useEditor, useEditorState } from '../editor-context'

interface Props {
  readonly name: NonNullable<EditorState['dialog']>
  readonly title: string
  readonly className: string
  readonly children: ReactNode
}

/** A window over the page; Escape or a click beside it closes it, and the focus goes back where it was. */
export function DialogFrame({ name, title, className, children }: Props) {
  const editor = useEditor()
  const open = useEditorState((s) => s.dialog === name)
  return (
    <Dialog.Root open={open} onOpenChange={(next) => editor.set({ dialog: next ? name : null })}>
      <Dialog.Portal>
        <Dialog.Overlay className="overlay" />
        <Dialog.Content className={`dialog ${className}`}>
          <div className="dialog-head">
            <Dialog.Title>{title}</Dialog.Title>
            <Dialog.Close className="icon-button" aria-label="Close">
              <X size={16} strokeWidth={1.75} aria-hidden="true" />
            </Dialog.Close>
          </div>
          {children}
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  )
}

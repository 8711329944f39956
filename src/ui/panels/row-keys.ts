import type { KeyboardEvent } from 'react'
import { steps } from '../../editor'
import type { Editor } from '../../editor'

/** In a row of patterns or matches Enter applies, Shift-Enter plays all, and Space plays, as they do everywhere. */
export function rowKeys(editor: Editor, event: KeyboardEvent, apply: () => Promise<void>): void {
  if (event.key === ' ') steps.togglePlay(editor)
  else if (event.key === 'Enter') void (event.shiftKey ? steps.applyAll(editor) : apply())
  else return
  event.preventDefault()
  event.stopPropagation()
}

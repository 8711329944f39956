import type { KeyboardEvent } from 'react'
import { previewCommands, playCommands, stepCommands } from '../../editor'
import type { Editor } from '../../editor'

/**
 * In a row of patterns or matches Enter applies, Shift-Enter plays all, Alt-Enter previews, and Space plays, as they do
 * everywhere.
 * @param index of the match that the row stands for
 */
export function rowKeys(editor: Editor, event: KeyboardEvent, index: number): void {
  const apply = () => stepCommands.applyAt(editor, index)
  if (event.key === ' ') playCommands.togglePlay(editor)
  else if (event.key === 'Enter' && event.altKey) void previewCommands.previewMatch(editor, index)
  else if (event.key === 'Enter') void (event.shiftKey ? playCommands.applyAll(editor) : apply())
  else return
  event.preventDefault()
  event.stopPropagation()
}

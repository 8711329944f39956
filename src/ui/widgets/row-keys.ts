import type { KeyboardEvent } from 'react'
import { previews, plays, steps } from '../../editor'
import type { Editor } from '../../editor'

/**
 * In a row of patterns or matches Enter applies, Shift-Enter plays all, Alt-Enter previews, and Space plays, as they do
 * everywhere.
 * @param index of the match that the row stands for
 */
export function rowKeys(editor: Editor, event: KeyboardEvent, index: number): void {
  const apply = () => steps.applyAt(editor, index)
  if (event.key === ' ') plays.togglePlay(editor)
  else if (event.key === 'Enter' && event.altKey) void previews.previewMatch(editor, index)
  else if (event.key === 'Enter') void (event.shiftKey ? plays.applyAll(editor) : apply())
  else return
  event.preventDefault()
  event.stopPropagation()
}

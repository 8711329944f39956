/** A command with a name: for the palette, the keyboard and the list of shortcuts. */
import type { Editor } from '../editor'
import type { EditorState } from '../state/store'

export interface Command {
  readonly id: string
  readonly title: string
  readonly group: 'Model' | 'View' | 'Patterns' | 'Steps' | 'Help'
  /** As `KeyboardEvent.key` with its modifiers: `Ctrl+k`, `Shift+Enter`. */
  readonly keys: readonly string[]
  readonly enabled: (state: EditorState) => boolean
  readonly run: (editor: Editor) => void
}

export const withModel = (s: EditorState): boolean => s.model !== null

export function command(
  group: Command['group'],
  id: string,
  title: string,
  keys: readonly string[],
  enabled: Command['enabled'],
  run: Command['run'],
): Command {
  return { id, title, group, keys, enabled, run }
}

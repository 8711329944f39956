import { breakpointText, breakpointCommands, isSet } from '../../editor'
import type { Breakpoint } from '../../editor'
import { useEditor, useEditorState } from '../editor-context'

/** A red dot where a breakpoint is, and where one could be set. */
export function BreakToggle({ breakpoint, keys }: { readonly breakpoint: Breakpoint; readonly keys: string }) {
  const editor = useEditor()
  const set = useEditorState((s) => isSet(s.breakpoints, breakpoint))
  return (
    <button
      type="button"
      className="break-toggle"
      aria-pressed={set}
      aria-label={`Breakpoint: ${breakpointText(breakpoint)}`}
      title={`${set ? 'Remove the breakpoint' : 'Stop runs before a rewrite of this'} (${keys})`}
      onClick={() => breakpointCommands.toggleBreakpoint(editor, breakpoint)}
    >
      <span className="dot" aria-hidden="true" /> Breakpoint
    </button>
  )
}

import { CircleDot, X } from 'lucide-react'
import { Popover } from 'radix-ui'
import { breakpointKey, breakpointText, breakpointCommands, isSet, selectCommands } from '../../editor'
import type { Breakpoint } from '../../editor'
import { useEditor, useEditorState } from '../editor-context'
import { IconButton } from '../widgets/IconButton'

const ON_VERDICT: Breakpoint = { type: 'verdict' }

/** All breakpoints in a list, to look at, go to and take away. */
export function Breakpoints() {
  const editor = useEditor()
  const breakpoints = useEditorState((s) => s.breakpoints)
  const n = breakpoints.length
  const label = n === 0 ? 'Breakpoints' : `Breakpoints, ${n} set`
  const listed = breakpoints.filter((b) => b.type !== 'verdict')
  return (
    <Popover.Root>
      <Popover.Trigger asChild>
        <button type="button" className="icon-button breakpoints" aria-label={label} title={label} data-set={n > 0}>
          <CircleDot size={16} strokeWidth={1.75} aria-hidden="true" />
          {n > 0 && <span aria-hidden="true">{n}</span>}
        </button>
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Content className="popover breakpoint-list" side="top" align="start" aria-label="Breakpoints">
          <h3>Runs stop before a rewrite</h3>
          <label className="check">
            <input
              type="checkbox"
              checked={isSet(breakpoints, ON_VERDICT)}
              onChange={() => breakpointCommands.toggleBreakpoint(editor, ON_VERDICT)}
            />
            whose numbers differ
          </label>
          <ul>
            {listed.map((b) => (
              <li key={breakpointKey(b)}>
                <span className="dot" aria-hidden="true" />
                <Where breakpoint={b} />
                <IconButton
                  label={`Remove the breakpoint on ${breakpointText(b)}`}
                  icon={X}
                  onClick={() => breakpointCommands.toggleBreakpoint(editor, b)}
                />
              </li>
            ))}
          </ul>
          {listed.length === 0 && (
            <p className="dim">
              of a pattern, at a layer or in a module: choose one and press <kbd>B</kbd>, for the pattern{' '}
              <kbd>Shift B</kbd>.
            </p>
          )}
          {n > 1 && (
            <button type="button" className="link" onClick={() => breakpointCommands.clearBreakpoints(editor)}>
              Remove all
            </button>
          )}
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  )
}

function Where({ breakpoint }: { readonly breakpoint: Breakpoint }) {
  const editor = useEditor()
  const text = breakpointText(breakpoint)
  if (breakpoint.type !== 'layer') return <span className="where">{text}</span>
  return (
    <button
      type="button"
      className="link where"
      title={breakpoint.name}
      onClick={() => void selectCommands.goToLayer(editor, breakpoint.layer)}
    >
      {text}
    </button>
  )
}

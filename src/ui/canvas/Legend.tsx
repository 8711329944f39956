import { Palette } from 'lucide-react'
import { Popover } from 'radix-ui'
import { multiCommands, showOnlyCommands, shownPart } from '../../editor'
import { useEditor, useEditorState } from '../editor-context'

/** What the colours of layers mean, how many there are of each, and the way to show only some of them. */
export function Legend() {
  const editor = useEditor()
  return (
    <Popover.Root>
      <Popover.Trigger asChild>
        <button type="button" className="icon-button" aria-label="Legend" title="What the colours mean">
          <Palette size={16} strokeWidth={1.75} aria-hidden="true" />
        </button>
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Content className="popover legend" side="top" align="start" aria-label="Legend">
          <h3>Colours of layers</h3>
          <Rows />
          <p className="dim">Press one to select its layers, with Shift to add them to the selection.</p>
          <div className="row">
            <button
              type="button"
              className="button small"
              onClick={() => void showOnlyCommands.showOnlySelected(editor)}
            >
              Show only the selected
            </button>
            <ShowAll />
          </div>
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  )
}

function Rows() {
  const editor = useEditor()
  useEditorState((s) => s.version)
  const counts = [...(editor.session?.census.byCategory ?? [])].filter(([, count]) => count > 0)
  counts.sort(([, a], [, b]) => b - a)
  return (
    <ul>
      {counts.map(([category, count]) => (
        <li key={category}>
          <button type="button" onClick={(e) => multiCommands.selectCategory(editor, category, e.shiftKey)}>
            <i style={{ background: `var(--c-${category})` }} />
            <span>{category.replaceAll('-', ' ')}</span>
            <span className="count">{count.toLocaleString('en')}</span>
          </button>
        </li>
      ))}
    </ul>
  )
}

function ShowAll() {
  const editor = useEditor()
  const hidden = useEditorState((s) => shownPart(s) !== null)
  if (!hidden) return null
  return (
    <button type="button" className="button small" onClick={() => void showOnlyCommands.showAll(editor)}>
      Show all
    </button>
  )
}

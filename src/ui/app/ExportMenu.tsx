import { ChevronDown } from 'lucide-react'
import { DropdownMenu } from 'radix-ui'
import { commands } from '../../editor'
import { keyText } from '../widgets/key-text'
import { useEditor, useEditorState, useEnabledCommands } from '../editor-context'

const GROUPS = [
  ['export', 'save-session', 'save-light', 'copy-link'],
  ['save-trace', 'export-svg', 'export-png'],
  ['present', 'film-webm', 'film-gif', 'film-page'],
]

const ALL = ['export', ...GROUPS.flat()]

/** The model as a file at once; everything else that can be handed over in the menu beside it. */
export function ExportMenu() {
  const editor = useEditor()
  const hasModel = useEditorState((s) => s.model !== null)
  const enabled = useEnabledCommands(ALL)
  const export_ = commands.find((c) => c.id === 'export')
  const groups = GROUPS.map((ids) => commands.filter((c) => ids.includes(c.id) && enabled.includes(c.id)))
  if (!hasModel) return null
  return (
    <div className="split-button">
      {export_ && enabled.includes(export_.id) && (
        <button type="button" className="button primary" onClick={() => export_.run(editor)}>
          Export ONNX
        </button>
      )}
      <DropdownMenu.Root modal={false}>
        <DropdownMenu.Trigger asChild>
          <button type="button" className="button primary" aria-label="Save, share or export as …">
            <ChevronDown size={15} strokeWidth={1.75} aria-hidden="true" />
          </button>
        </DropdownMenu.Trigger>
        <DropdownMenu.Portal>
          <DropdownMenu.Content className="popover menu" side="bottom" align="end" sideOffset={4}>
            {groups.map((group, i) => (
              <DropdownMenu.Group key={i} className="menu-group">
                {group.map((c) => (
                  <DropdownMenu.Item key={c.id} onSelect={() => c.run(editor)}>
                    {c.title} {c.keys[0] && <kbd>{keyText(c.keys[0])}</kbd>}
                  </DropdownMenu.Item>
                ))}
              </DropdownMenu.Group>
            ))}
          </DropdownMenu.Content>
        </DropdownMenu.Portal>
      </DropdownMenu.Root>
    </div>
  )
}

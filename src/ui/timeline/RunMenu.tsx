import { FastForward } from 'lucide-react'
import { DropdownMenu } from 'radix-ui'
import { commands } from '../../editor'
import { keyText } from '../widgets/key-text'
import { useEditor, useEditorState, useEnabledCommands } from '../editor-context'

const RUNS = ['run-to-breakpoint', 'run-pattern', 'run-library']

/** Runs without motion: to a breakpoint, or to the end. */
export function RunMenu() {
  const editor = useEditor()
  const hasModel = useEditorState((s) => s.model !== null)
  const enabled = useEnabledCommands(RUNS)
  const runs = commands.filter((c) => RUNS.includes(c.id))
  return (
    <DropdownMenu.Root>
      <DropdownMenu.Trigger asChild>
        <button type="button" className="icon-button" aria-label="Run" title="Run, without motion" disabled={!hasModel}>
          <FastForward size={16} strokeWidth={1.75} aria-hidden="true" />
        </button>
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content className="popover menu" side="top" align="start">
          {runs.map((c) => (
            <DropdownMenu.Item key={c.id} disabled={!enabled.includes(c.id)} onSelect={() => c.run(editor)}>
              {c.title} {c.keys[0] && <kbd>{keyText(c.keys[0])}</kbd>}
            </DropdownMenu.Item>
          ))}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  )
}

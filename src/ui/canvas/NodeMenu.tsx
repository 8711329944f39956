import { DropdownMenu } from 'radix-ui'
import {
  multiCommands,
  showOnlyCommands,
  breakpointCommands,
  explainCommands,
  isSet,
  selectCommands,
  selectionRuleCommands,
} from '../../editor'
import type { Breakpoint } from '../../editor'
import { useEditor, useEditorState } from '../editor-context'

export interface MenuAt {
  readonly key: string
  /** On the screen. */
  readonly x: number
  readonly y: number
}

/** What can be asked of a layer or a group, where the mouse is. The node is selected while its menu is open. */
export function NodeMenu({ at, onClose }: { readonly at: MenuAt | null; readonly onClose: () => void }) {
  const editor = useEditor()
  const chosen = useEditorState((s) => s.patterns.find((p) => p.label === s.chosen && p.type === 'rewriter')?.label)
  const breakpoints = useEditorState((s) => s.breakpoints)
  if (!at) return null
  const breakpoint = breakpointCommands.selectedBreakpoint(editor)
  const why = () => {
    if (chosen !== undefined) void explainCommands.explainSelected(editor, chosen)
    else requestAnimationFrame(() => document.querySelector<HTMLElement>('.why-not select')?.focus())
  }
  return (
    <DropdownMenu.Root open onOpenChange={(open) => open || onClose()}>
      <DropdownMenu.Trigger asChild>
        <span className="menu-anchor" style={{ left: at.x, top: at.y }} />
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content className="popover menu" align="start" onCloseAutoFocus={(e) => e.preventDefault()}>
          {at.key.startsWith('L') && (
            <DropdownMenu.Item onSelect={why}>
              {chosen === undefined ? 'Why does a pattern not match here?' : `Why does ${chosen} not match here?`}{' '}
              <kbd>W</kbd>
            </DropdownMenu.Item>
          )}
          <DropdownMenu.Item onSelect={() => void selectionRuleCommands.ruleOfSelection(editor)}>
            Make a rule of {at.key.startsWith('L') ? 'this layer' : 'these layers'} <kbd>Shift M</kbd>
          </DropdownMenu.Item>
          {breakpoint && (
            <DropdownMenu.Item onSelect={() => breakpointCommands.toggleBreakpoint(editor, breakpoint)}>
              {breakText(breakpoint, breakpoints)} <kbd>B</kbd>
            </DropdownMenu.Item>
          )}
          {at.key.startsWith('L') && (
            <DropdownMenu.Item onSelect={() => multiCommands.selectSameKind(editor)}>
              Select all of this kind <kbd>Shift K</kbd>
            </DropdownMenu.Item>
          )}
          <DropdownMenu.Item onSelect={() => multiCommands.setLight(editor, { way: 'up', depth: null })}>
            Light what it depends on <kbd>(</kbd>
          </DropdownMenu.Item>
          <DropdownMenu.Item onSelect={() => multiCommands.setLight(editor, { way: 'down', depth: null })}>
            Light what depends on it <kbd>)</kbd>
          </DropdownMenu.Item>
          <DropdownMenu.Item onSelect={() => void showOnlyCommands.showOnlySelected(editor)}>
            Show only what is selected <kbd>Shift O</kbd>
          </DropdownMenu.Item>
          <DropdownMenu.Item onSelect={() => void showOnlyCommands.hideSelected(editor)}>
            Hide what is selected <kbd>Shift X</kbd>
          </DropdownMenu.Item>
          <DropdownMenu.Item onSelect={() => selectCommands.zoomToSelection(editor)}>
            Zoom here <kbd>Z</kbd>
          </DropdownMenu.Item>
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  )
}

function breakText(b: Breakpoint, breakpoints: readonly Breakpoint[]): string {
  if (isSet(breakpoints, b)) return 'Remove the breakpoint'
  return b.type === 'scope' ? 'Break before rewrites in this module' : 'Break before this layer is rewritten'
}

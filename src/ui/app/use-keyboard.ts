import { useEffect } from 'react'
import type { Editor } from '../../editor'
import { commandFor } from '../../editor'

const TYPING = 'input:not([type="range"], [type="checkbox"]), textarea, select, [contenteditable="true"]'
/** Elements with a use of their own for some keys: those that are pressed, and those that are also walked in. */
const PRESSED = 'button, a, summary, input[type="checkbox"]'
const WALKED = '[role="option"], [role="tree"], [role="separator"], input[type="range"], .react-flow__node'
const PRESS_KEYS = new Set(['Enter', ' '])
const WALK_KEYS = new Set([...PRESS_KEYS, 'ArrowLeft', 'ArrowRight', 'ArrowUp', 'ArrowDown', 'Home', 'End'])

function wantsItself(target: Element, event: KeyboardEvent): boolean {
  if (event.ctrlKey || event.metaKey || event.shiftKey) return false
  if (target.closest(WALKED)) return WALK_KEYS.has(event.key)
  return target.closest(PRESSED) !== null && PRESS_KEYS.has(event.key)
}

/** Every command by its key, wherever the focus is, unless the focused element wants the key itself. */
export function useKeyboard(editor: Editor): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const target = event.target as Element
      if (event.defaultPrevented || event.isComposing) return
      const command = commandFor(event)
      if (!command) return
      const chord = event.ctrlKey || event.metaKey
      if ((target.closest(TYPING) && !chord) || wantsItself(target, event)) return
      if (editor.state.dialog !== null && command.id !== 'palette') return
      event.preventDefault()
      if (command.enabled(editor.state)) command.run(editor)
    }
    window.addEventListener('keydown', onKey)
    return () => window.removeEventListener('keydown', onKey)
  }, [editor])
}

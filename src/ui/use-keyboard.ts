import { useEffect } from 'react'
import type { Editor } from '../editor'
import { commandFor } from '../editor'

const TYPING = 'input, textarea, select, [contenteditable="true"]'
/** Elements that mean something of their own by Enter, Space or arrows. */
const ACTING = 'button, a, [role="option"], [role="treeitem"], [role="slider"], .react-flow__node, summary'
const OWN_KEYS = new Set(['Enter', ' ', 'ArrowLeft', 'ArrowRight', 'ArrowUp', 'ArrowDown', 'Home', 'End'])
const SHIFTED = 'Shift+Enter'

/** Every command by its key, wherever the focus is, unless the focused element wants the key itself. */
export function useKeyboard(editor: Editor): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const target = event.target as Element
      if (event.defaultPrevented || event.isComposing) return
      const command = commandFor(event)
      if (!command) return
      const chord = event.ctrlKey || event.metaKey
      if (target.closest(TYPING) && !chord) return
      const wantsIt = OWN_KEYS.has(event.key) && !command.keys.includes(chord || event.shiftKey ? SHIFTED : '')
      if (target.closest(ACTING) && wantsIt && !chord) return
      if (editor.state.dialog !== null && command.id !== 'palette') return
      event.preventDefault()
      if (command.enabled(editor.state)) command.run(editor)
    }
    window.addEventListener('keydown', onKey)
    return () => window.removeEventListener('keydown', onKey)
  }, [editor])
}

/** What the browser and the person prefer: colours, and motion or none. */
import type { Editor } from '../../editor'

/** Keeps the page in the colours that are chosen, or that the system has. */
export function followTheme(editor: Editor): void {
  const dark = window.matchMedia('(prefers-color-scheme: dark)')
  const colour = () => {
    const { theme } = editor.state
    document.documentElement.dataset['theme'] = theme === 'system' ? (dark.matches ? 'dark' : 'light') : theme
  }
  // Before any component hears of it, so that whoever paints reads the new colours.
  colour()
  dark.addEventListener('change', colour)
  editor.store.subscribe(({ theme }, before) => theme !== before.theme && colour())
}

export function followReducedMotion(editor: Editor): void {
  const still = window.matchMedia('(prefers-reduced-motion: reduce)')
  editor.player.still = still.matches
  still.addEventListener('change', () => (editor.player.still = still.matches))
}

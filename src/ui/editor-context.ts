import { createContext, useContext } from 'react'
import { useStore } from 'zustand'
import { commands } from '../editor'
import type { Editor, EditorState } from '../editor'

export const EditorContext = createContext<Editor | null>(null)

export function useEditor(): Editor {
  const editor = useContext(EditorContext)
  if (!editor) throw new Error('there is no editor around this component')
  return editor
}

/** One value of the state; the component is drawn again when that value changes. */
export function useEditorState<T>(select: (state: EditorState) => T): T {
  return useStore(useEditor().store, select)
}

/** The ids of those of these commands that can be given now; the component is drawn again when that changes. */
export function useEnabledCommands(ids: readonly string[]): readonly string[] {
  const enabled = useEditorState((s) =>
    commands
      .filter((c) => ids.includes(c.id) && c.enabled(s))
      .map((c) => c.id)
      .join(' '),
  )
  return enabled.split(' ')
}

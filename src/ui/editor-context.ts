import { createContext, useContext } from 'react'
import { useStore } from 'zustand'
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

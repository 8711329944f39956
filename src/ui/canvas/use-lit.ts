import { useMemo } from 'react'
import { litOf } from '../../editor'
import type { Lit } from '../../editor'
import type { Scene } from '../../layout'
import { useEditor, useEditorState } from '../editor-context'

/** What is lit in a picture with the selection; null for nothing. */
export function useLit(scene: Scene): Lit | null {
  const editor = useEditor()
  const selected = useEditorState((s) => s.selected)
  const several = useEditorState((s) => s.several)
  const light = useEditorState((s) => s.light)
  const version = useEditorState((s) => s.version)
  return useMemo(() => {
    void version
    return editor.session ? litOf(editor.session.replica, scene, { selected, several, light }) : null
  }, [editor, scene, selected, several, light, version])
}

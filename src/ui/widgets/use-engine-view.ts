import { useMemo } from 'react'
import { engineViewOf } from '../../editor'
import type { EngineView } from '../../editor'
import { useEditor, useEditorState } from '../editor-context'

/** What the engine that is laid over says of the network as it is now; null where there is none. */
export function useEngineView(): EngineView | null {
  const editor = useEditor()
  const kernels = useEditorState((s) => s.engine?.kernels)
  const version = useEditorState((s) => s.version)
  return useMemo(() => {
    void version
    const network = editor.session?.replica
    return kernels && network ? engineViewOf(network, kernels) : null
  }, [editor, kernels, version])
}

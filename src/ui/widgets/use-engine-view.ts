import { useMemo } from 'react'
import { engineViewOf } from '../../editor'
import type { EngineView } from '../../editor'
import type { Network } from '../../engine'
import { useEditor, useEditorState } from '../editor-context'

interface Known {
  readonly kernels: unknown
  readonly version: number
  readonly view: EngineView
}

/** What was worked out last: the canvas, the inspector and the list ask for the same. */
const known = new WeakMap<Network, Known>()

/** What the engine that is laid over says of the network as it is now; null where there is none. */
export function useEngineView(): EngineView | null {
  const editor = useEditor()
  const kernels = useEditorState((s) => s.engine?.kernels)
  const version = useEditorState((s) => s.version)
  return useMemo(() => {
    const network = editor.session?.replica
    if (!kernels || !network) return null
    const last = known.get(network)
    if (last?.kernels === kernels && last.version === version) return last.view
    const view = engineViewOf(network, kernels)
    known.set(network, { kernels, version, view })
    return view
  }, [editor, kernels, version])
}

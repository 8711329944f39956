import { useMemo } from 'react'
import { heatOf, heatOfDifferences, heatOfMatches, heatOfTimes, timesOf } from '../../editor'
import type { HeatMap } from '../../editor'
import type { Scene } from '../../layout'
import { useEditor, useEditorState } from '../editor-context'
import { useEngineView } from '../widgets/use-engine-view'

/** The tints of a picture by what is chosen; null for none. */
export function useHeat(scene: Scene): HeatMap | null {
  const editor = useEditor()
  const heat = useEditorState((s) => s.heat)
  const cost = useEditorState((s) => s.cost)
  const found = useEditorState((s) => (s.heat === 'analyzer' ? s.found : null))
  const differences = useEditorState((s) => (s.heat === 'difference' ? s.run.differences : null))
  const view = useEngineView()
  return useMemo(() => {
    void cost
    if (heat === 'engine') return view && heatOfTimes(scene, timesOf(view.overlay))
    const network = editor.session?.replica
    if (differences && network) return heatOfDifferences(scene, network, differences)
    if (found) return heatOfMatches(scene, found)
    const costs = editor.session?.costs
    return heat === null || heat === 'analyzer' || heat === 'difference' || !costs ? null : heatOf(scene, costs, heat)
  }, [editor, scene, heat, cost, found, differences, view])
}

import { useMemo } from 'react'
import { costLine } from '../../editor'
import { useEditorState } from '../editor-context'

/** What the network costs as it came and behind each step, and which of these points is now. */
export function useCostLine() {
  const timeline = useEditorState((s) => s.timeline)
  const now = useEditorState((s) => s.cost)
  const line = useMemo(() => costLine(timeline, now), [timeline, now])
  return { line, at: timeline.steps.findIndex((s) => s.node === timeline.cursor) + 1, steps: timeline.steps }
}

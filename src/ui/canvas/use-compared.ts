import { useMemo } from 'react'
import type { Mark } from '../../editor'
import { comparisonMarks, sideOf } from '../../editor'
import type { Scene } from '../../layout'
import { useEditorState } from '../editor-context'

interface Compared {
  readonly shown: Scene
  readonly marks: ReadonlyMap<string, Mark> | null
  /** The other side, where both are shown beside each other. */
  readonly base: Scene | null
  readonly label: string
}

/** What the canvas shows of a comparison: all overlaid, or the side of now with the other beside it. */
export function useCompared(scene: Scene): Compared {
  const compare = useEditorState((s) => s.compare)
  return useMemo(() => {
    if (!compare || compare.scene !== scene) return { shown: scene, marks: null, base: null, label: '' }
    const marks = comparisonMarks(scene, compare)
    const { label } = compare.base
    if (!compare.beside) return { shown: scene, marks, base: null, label }
    return { shown: sideOf(scene, marks, 'now'), marks, base: sideOf(scene, marks, 'base'), label }
  }, [scene, compare])
}

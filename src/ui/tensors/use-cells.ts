import { useEffect, useState } from 'react'
import { valueCommands } from '../../editor'
import type { ShownValue } from '../../editor'
import { useEditor } from '../editor-context'
import type { Slice } from './AxisTools'

export interface Cells {
  readonly rows: readonly [number, number]
  readonly columns: readonly [number, number]
  readonly texts: readonly string[]
  readonly slice: Slice
}

/** The cells of a part of the table; those before, while others are read. */
export function useCells(
  of: ShownValue['of'],
  slice: Slice,
  [r0, r1]: readonly [number, number],
  [c0, c1]: readonly [number, number],
): { readonly cells: Cells | null; readonly problem: string | null } {
  const editor = useEditor()
  const [cells, setCells] = useState<Cells | null>(null)
  const [problem, setProblem] = useState<string | null>(null)
  useEffect(() => {
    let wanted = true
    const [rows, columns] = [[r0, r1] as const, [c0, c1] as const]
    valueCommands.cellsOf(editor, of, { ...slice, rows, columns }).then(
      (texts) => {
        if (!wanted || !texts) return
        setCells({ rows, columns, texts, slice })
        setProblem(null)
      },
      (error: unknown) => wanted && setProblem(error instanceof Error ? error.message : String(error)),
    )
    return () => {
      wanted = false
    }
  }, [editor, of, slice, r0, r1, c0, c1])
  return { cells: cells?.slice === slice ? cells : null, problem }
}

import { useState } from 'react'
import type { DragEvent } from 'react'
import { ruleWords } from '../../../editor'

/** What a dragged operator is called on its way to a board. */
const DRAGGED = 'application/x-graft-operator'

/** Operators that most rules are made of, shown before anything is looked for. */
const USUAL =
  'Add Sub Mul Div Pow Sqrt Sigmoid Tanh Erf Relu Gelu Softmax MatMul Gemm Conv Transpose Reshape Concat Split Slice Gather Cast ReduceMean LayerNormalization'.split(
    ' ',
  )
const MOST = 24

/** Operators to drag onto a board; pressed, one is added to the left side. */
export function BoardPalette({ onAdd }: { readonly onAdd: (kind: string) => void }) {
  const [wish, setWish] = useState('')
  const low = wish.trim().toLowerCase()
  const found =
    low === ''
      ? USUAL
      : ruleWords.operatorWords
          .map((w) => w.word)
          .filter((word) => word.toLowerCase().includes(low))
          .slice(0, MOST)
  return (
    <section className="board-palette" aria-label="Operators">
      <input
        value={wish}
        placeholder="Find an operator"
        aria-label="Find an operator"
        onChange={(e) => setWish(e.target.value)}
      />
      <p className="hint">Drag one onto a board; pressed, it is added to the left side.</p>
      <div className="board-palette-list">
        {found.map((kind) => (
          <button
            key={kind}
            type="button"
            className="board-chip"
            draggable
            onDragStart={(event) => {
              event.dataTransfer.setData(DRAGGED, kind)
              event.dataTransfer.effectAllowed = 'copy'
            }}
            onClick={() => onAdd(kind)}
          >
            {kind}
          </button>
        ))}
        {found.length === 0 && <span className="hint">There is no operator of this name.</span>}
      </div>
    </section>
  )
}

/** What makes a board take operators that are dragged onto it. */
export const dropTarget = (onAdd: (kind: string) => void) => ({
  onDragOver: (event: DragEvent) => {
    if (!event.dataTransfer.types.includes(DRAGGED)) return
    event.preventDefault()
    event.dataTransfer.dropEffect = 'copy' as const
  },
  onDrop: (event: DragEvent) => {
    const kind = event.dataTransfer.getData(DRAGGED)
    if (kind === '') return
    event.preventDefault()
    event.stopPropagation()
    onAdd(kind)
  },
})

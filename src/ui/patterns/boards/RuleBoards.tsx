import { X } from 'lucide-react'
import { useMemo, useState } from 'react'
import type { KeyboardEvent } from 'react'
import { boardEdits, boardsOf, draftCommands, ruleWords } from '../../../editor'
import type { Board, BoardNode, Boards } from '../../../editor'
import { sourceOfRule } from '../../../engine'
import type { RuleSourceText } from '../../../engine'
import { useEditor, useEditorState } from '../../editor-context'
import { IconButton } from '../../widgets/IconButton'
import { BoardFlow } from './BoardFlow'
import { BoardInspector } from './BoardInspector'
import { BoardPalette, dropTarget } from './BoardPalette'
import type { Change } from './change'

interface Read {
  readonly source: RuleSourceText
  readonly boards: Boards
}

/** The rule that is written as two boards. A change on them is a change of its text; a text that cannot be read leaves the last picture. */
export default function RuleBoards() {
  const editor = useEditor()
  const text = useEditorState((s) => s.draft?.text ?? '')
  const [last, setLast] = useState<Read | null>(null)
  const read = useMemo(() => readRule(text), [text])
  if (typeof read !== 'string' && read !== last) setLast(read)
  const shown = typeof read === 'string' ? last : read
  const [chosen, setChosen] = useState<string | null>(null)
  const [refusal, setRefusal] = useState<string | null>(null)
  const change = (how: Change): void => {
    try {
      draftCommands.changeDraft(editor, { text: how(text) })
      setRefusal(null)
    } catch (error) {
      setRefusal(error instanceof Error ? error.message : String(error))
    }
  }
  const onKeyDown = (event: KeyboardEvent): void => {
    if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== 'z') return
    if (event.target instanceof HTMLInputElement) return
    event.preventDefault()
    event.stopPropagation()
    if (event.shiftKey) editor.textHistory?.redo()
    else editor.textHistory?.undo()
  }
  const all = shown ? [shown.boards.left, ...shown.boards.right] : []
  const node = all.flatMap((b) => b.nodes).find((n) => n.id === chosen) ?? null
  const board = all.find((b) => b.nodes.some((n) => n.id === chosen)) ?? null
  return (
    <section className="boards" aria-label="Boards" onKeyDown={onKeyDown}>
      <datalist id="board-operators">
        {ruleWords.operatorWords.map((w) => (
          <option key={w.word} value={w.word} />
        ))}
      </datalist>
      {all.map((b) => (
        <Side
          key={b.outcome ?? 'left'}
          board={b}
          of={all.length}
          onAdd={(kind) => change((t) => boardEdits.addLayer(t, b.outcome, kind))}
        >
          <BoardFlow
            board={b}
            shared={shown?.boards.shared ?? []}
            chosen={chosen}
            onChoose={setChosen}
            change={change}
          />
        </Side>
      ))}
      <div className="board-side-panel">
        <div className="board-head">
          <h3>{node ? headOf(node) : 'Nothing chosen'}</h3>
          <IconButton
            label="Close the boards"
            keys="Shift I"
            icon={X}
            onClick={() => draftCommands.toggleDrawing(editor)}
          />
        </div>
        {typeof read === 'string' && (
          <p className="warning" role="status">
            The text cannot be read, the boards show it as it was: {read}
          </p>
        )}
        {refusal !== null && (
          <p className="warning" role="alert">
            {refusal}
          </p>
        )}
        {shown && (
          <BoardInspector
            key={`${chosen ?? ''} ${text}`}
            source={shown.source}
            board={board}
            node={node}
            change={change}
          />
        )}
        {!node && <BoardPalette onAdd={(kind) => change((t) => boardEdits.addLayer(t, null, kind))} />}
      </div>
    </section>
  )
}

function readRule(text: string): Read | string {
  try {
    const source = sourceOfRule(text)
    return { source, boards: boardsOf(source) }
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

const headOf = ({ type, title }: BoardNode): string =>
  type === 'value'
    ? `Value ${title}`
    : type === 'either'
      ? 'Alternatives'
      : type === 'result'
        ? `Result ${title}`
        : title

interface SideProps {
  readonly board: Board
  /** How many sides there are. */
  readonly of: number
  readonly onAdd: (kind: string) => void
  readonly children: React.ReactNode
}

function Side({ board: { outcome }, of, onAdd, children }: SideProps) {
  const [kind, setKind] = useState('')
  const title = outcome === null ? 'Match' : of > 2 ? `Replace with, ${outcome + 1}` : 'Replace with'
  return (
    <section className="board-side" aria-label={title} {...dropTarget(onAdd)}>
      <div className="board-head">
        <h3>{title}</h3>
        <form
          onSubmit={(event) => {
            event.preventDefault()
            if (kind.trim() === '') return
            onAdd(kind.trim())
            setKind('')
          }}
        >
          <input
            value={kind}
            list="board-operators"
            placeholder="Add a layer"
            aria-label={`Operator to add to ${title}`}
            onChange={(e) => setKind(e.target.value)}
          />
        </form>
      </div>
      {children}
    </section>
  )
}

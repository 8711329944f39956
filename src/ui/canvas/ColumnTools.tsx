import { ArrowDownFromLine, ArrowRightFromLine, FoldVertical, UnfoldVertical } from 'lucide-react'
import { columnCommands, foldCommands } from '../../editor'
import { useEditor, useEditorState } from '../editor-context'
import { IconButton } from '../widgets/IconButton'

/** Which way the network is drawn, and into how many columns or rows its top is put. */
export function ColumnTools() {
  const editor = useEditor()
  const columns = useEditorState((s) => s.columns.length + 1)
  const down = useEditorState((s) => s.scene.direction === 'down')
  const hasRuns = useEditorState((s) => s.runs.length > 0)
  const isFolded = useEditorState((s) => s.runs.length > 0 && s.folded.length === s.runs.length)
  const [one, many] = down ? ['column', 'columns'] : ['row', 'rows']
  return (
    <>
      <IconButton
        label={down ? 'Draw from left to right' : 'Draw from top to bottom'}
        keys=";"
        onClick={() => void columnCommands.turn(editor)}
        icon={down ? ArrowRightFromLine : ArrowDownFromLine}
      />
      {hasRuns && (
        <IconButton
          label={isFolded ? 'Unfold equal blocks' : 'Fold equal blocks into one'}
          keys="*"
          onClick={() => void foldCommands.toggleFolds(editor)}
          icon={isFolded ? UnfoldVertical : FoldVertical}
        />
      )}
      <select
        className="column-select"
        aria-label={down ? 'Columns' : 'Rows'}
        title={`${down ? 'Columns' : 'Rows'} that the network is drawn in ( { and } )`}
        value={columns}
        onChange={({ target }) =>
          void (target.value === 'fit'
            ? columnCommands.columnsForScreen(editor)
            : columnCommands.setColumns(editor, Number(target.value)))
        }
      >
        {Array.from({ length: columnCommands.MOST_COLUMNS }, (_, i) => (
          <option key={i} value={i + 1}>
            {i === 0 ? `1 ${one}` : `${i + 1} ${many}`}
          </option>
        ))}
        <option value="fit">As fit the screen</option>
      </select>
    </>
  )
}

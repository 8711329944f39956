import { columnCommands } from '../../editor'
import { useEditor, useEditorState } from '../editor-context'

/** Into how many columns the top of the network is put. */
export function ColumnTools() {
  const editor = useEditor()
  const columns = useEditorState((s) => s.columns.length + 1)
  return (
    <select
      className="column-select"
      aria-label="Columns"
      title="Columns that the network is drawn in ( { and } )"
      value={columns}
      onChange={({ target }) =>
        void (target.value === 'fit'
          ? columnCommands.columnsForScreen(editor)
          : columnCommands.setColumns(editor, Number(target.value)))
      }
    >
      {Array.from({ length: columnCommands.MOST_COLUMNS }, (_, i) => (
        <option key={i} value={i + 1}>
          {i === 0 ? '1 column' : `${i + 1} columns`}
        </option>
      ))}
      <option value="fit">As fit the screen</option>
    </select>
  )
}

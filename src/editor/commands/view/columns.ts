import { MOST_COLUMNS } from '../../../layout'
import type { Columns } from '../../../layout'
import type { Editor } from '../../editor'
import { command, withModel } from '../command'
import type { Command } from '../command'
import { redraw } from './groups'

export { MOST_COLUMNS }

/** Puts the top of the network into so many columns; what was chosen stays with the model. */
export function setColumns(editor: Editor, wanted: Columns): Promise<void> {
  const columns = typeof wanted === 'number' ? Math.min(MOST_COLUMNS, Math.max(1, wanted)) : wanted
  return redraw(editor, (s) => s.layout.call('setColumns', { columns }), null)
}

const countColumns = ({ state }: Editor): number => state.columns.length + 1

/** As many as fill the screen now. */
export const columnsForScreen = (editor: Editor): Promise<void> =>
  setColumns(editor, { aspect: editor.platform.canvasAspect() })

export const columnCommands: readonly Command[] = [
  command('View', 'columns-more', 'One column more', ['}'], withModel, (e) => void setColumns(e, countColumns(e) + 1)),
  command(
    'View',
    'columns-fewer',
    'One column fewer',
    ['{'],
    withModel,
    (e) => void setColumns(e, countColumns(e) - 1),
  ),
  command('View', 'columns-fit', 'As many columns as fill the screen', [], withModel, (e) => void columnsForScreen(e)),
]

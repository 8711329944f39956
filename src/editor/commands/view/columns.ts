import type { Editor } from '../../editor'
import type { Columns } from '../../protocol/layout-calls'
import { command, withModel } from '../command'
import type { Command } from '../command'
import { redraw } from './groups'

/** A screen shows no more than this at a size that can be read. */
export const MOST_COLUMNS = 16

/** Puts the top of the network into so many columns; what was chosen stays with the model. */
export function setColumns(editor: Editor, wanted: Columns): Promise<void> {
  const columns = typeof wanted === 'number' ? Math.min(MOST_COLUMNS, Math.max(1, wanted)) : wanted
  return redraw(editor, (s) => s.layout.call('setColumns', { columns }), null)
}

/** As many as fill the screen now. */
export const columnsForScreen = (editor: Editor): Promise<void> =>
  setColumns(editor, { aspect: editor.platform.canvasAspect() })

export const columnCommands: readonly Command[] = [
  command('View', 'columns-more', 'One column more', ['}'], withModel, (e) => void setColumns(e, e.state.columns + 1)),
  command(
    'View',
    'columns-fewer',
    'One column fewer',
    ['['],
    withModel,
    (e) => void setColumns(e, e.state.columns - 1),
  ),
  command('View', 'columns-fit', 'As many columns as fill the screen', [], withModel, (e) => void columnsForScreen(e)),
]

import { MOST_COLUMNS } from '../../../layout'
import type { Columns, Direction } from '../../../layout'
import type { Editor } from '../../editor'
import { command, withModel } from '../command'
import type { Command } from '../command'
import { redraw } from './groups'
import { fitAll } from './select'

export { MOST_COLUMNS }

/** Puts the top of the network into so many columns, or rows where it runs to the right; what was chosen stays with the model. */
export function setColumns(editor: Editor, wanted: Columns): Promise<void> {
  const { direction } = editor.state.scene
  const columns = typeof wanted === 'number' ? Math.min(MOST_COLUMNS, Math.max(1, wanted)) : wanted
  return redraw(editor, (s) => s.layout.call('setColumns', { columns, direction }), null)
}

/** Draws the network from top to bottom or from left to right, in as many columns or rows as fill the screen. */
export async function setDirection(editor: Editor, direction: Direction): Promise<void> {
  const columns = { aspect: editor.platform.canvasAspect() }
  await redraw(editor, (s) => s.layout.call('setColumns', { columns, direction }), null)
  fitAll(editor)
}

export const turn = (editor: Editor): Promise<void> =>
  setDirection(editor, editor.state.scene.direction === 'down' ? 'right' : 'down')

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
  command('View', 'direction', 'Left to right, or top to bottom', [';'], withModel, (e) => void turn(e)),
]

import type { Editor } from '../editor'
import { seek } from './steps'

/** How many steps a person wants to have behind them, as long as the way there is not done. */
const wanted = new WeakMap<Editor, number>()

/** Goes to the point behind so many steps. While a move is under way only the last wish counts. */
export async function scrubTo(editor: Editor, done: number): Promise<void> {
  const under = wanted.has(editor)
  wanted.set(editor, done)
  if (under) return
  try {
    for (let goal = done, last = -1; goal !== last; goal = wanted.get(editor)!) {
      await seek(editor, editor.state.timeline.steps[goal - 1]?.node ?? 0)
      last = goal
    }
  } finally {
    wanted.delete(editor)
  }
}

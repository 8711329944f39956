import type { Editor } from '../../editor'
import { seek } from './steps'

/** How many steps a person wants to have behind them, and the way there, as long as it is not done. */
interface Scrub {
  goal: number
  readonly done: Promise<void>
}

const under = new WeakMap<Editor, Scrub>()

/**
 * Goes to the point behind so many steps. While a move is under way only the last goal counts.
 * @returns fulfilled when nothing is under way any more, whoever asked last
 */
export function scrubTo(editor: Editor, goal: number): Promise<void> {
  const known = under.get(editor)
  if (known) {
    known.goal = goal
    return known.done
  }
  // The way begins when it can be found, so that a goal that is set meanwhile counts.
  const scrub: Scrub = { goal, done: Promise.resolve().then(() => walk(editor, scrub)) }
  under.set(editor, scrub)
  return scrub.done
}

async function walk(editor: Editor, scrub: Scrub): Promise<void> {
  try {
    for (let last = -1; scrub.goal !== last;) {
      last = scrub.goal
      await seek(editor, editor.state.timeline.steps[last - 1]?.node ?? 0)
    }
  } finally {
    under.delete(editor)
  }
}
